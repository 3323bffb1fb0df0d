"""How much there is of each kind, by graph and by how long it waits."""

from __future__ import annotations

from itertools import pairwise

from bot.core.model import State
from bot.ports import AGES, Store
from tests.store.samples import created, moved

HOUR = 3600.0


async def test_what_waits_is_counted_by_graph_and_age(store: Store) -> None:
    now = await store.now()
    waited = {"A1": 60.0, "A2": 2 * HOUR, "A3": 5 * HOUR, "A4": 30 * HOUR, "A5": 200 * HOUR, "A6": 61.0}
    for name, age in waited.items():
        await created(store, name, asked_at=now - age, channel=f"C{name}")
    await created(store, "B1", asked_at=now - 90.0, graph="a|b graph", channel="C1")

    census = await store.census()

    assert census.pending == {
        ("refund", "under_1h"): 2,
        ("refund", "1h_to_4h"): 1,
        ("refund", "4h_to_1d"): 1,
        ("refund", "1d_to_7d"): 1,
        ("refund", "over_7d"): 1,
        ("a|b graph", "under_1h"): 1,
    }
    assert (census.in_work, census.oldest_in_work) == ({}, 0.0)


async def test_each_age_begins_where_the_one_before_ends(store: Store) -> None:
    now = await store.now()
    begins = [seconds for _, seconds in AGES if seconds]
    for number, seconds in enumerate(begins):
        await created(store, f"before{number}", asked_at=now - seconds - 30)
        await created(store, f"after{number}", asked_at=now - seconds + 30)

    census = await store.census()

    names = [name for name, _ in AGES]
    assert [census.pending["refund", name] for name in names] == [1, 2, 2, 2, 1]
    assert all(older > younger for older, younger in pairwise(seconds for _, seconds in AGES))


async def test_a_question_from_the_future_is_young(store: Store) -> None:
    """The store's clock went back after a restart, say."""
    await created(store, asked_at=await store.now() + HOUR)

    assert (await store.census()).pending == {("refund", "under_1h"): 1}


async def test_decisions_that_were_not_taken_are_counted_until_they_are(store: Store) -> None:
    decided = await moved(store, await created(store, "A1"), State.DECIDED)
    await moved(store, await created(store, "A2"), State.DECIDED, State.FAILED)
    await moved(store, await created(store, "A3"), State.EXPIRED)

    before = await store.census()
    await moved(store, decided, State.APPLIED)
    after = await store.census()

    assert before.in_work == {("refund", "decided"): 1, ("refund", "failed"): 1}
    assert after.in_work == {("refund", "failed"): 1}
    assert before.pending == after.pending == {}
    assert 0.0 <= before.oldest_in_work < 60.0
