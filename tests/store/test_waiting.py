"""What people look for: by place, by who asked, by deadline; what was decided lately."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.core.model import State
from bot.ports import AskedBy, DueBy, InPlaces, Look, Page, Store
from bot.store.approvals import RedisStore
from tests.store.samples import changed, created, moved, voted
from tests.store.test_lists import START, ids, pass_a_moment


async def a_few(store: Store) -> None:
    """Four that wait, asked a second apart, and one that is decided."""
    await created(store, "A1", asked_at=START + 1, graph="refund", channel="C1", requester="U0CAT")
    await created(
        store, "A2", asked_at=START + 2, graph="deploy", channel="C1", requester="U0BEN", expires_at=2e9
    )
    await created(
        store, "A3", asked_at=START + 3, graph="refund", channel="C2", requester="U0CAT", expires_at=1.9e9
    )
    await created(store, "A4", asked_at=START + 4, graph="deploy", channel="C2", requester=None)
    gone = await created(store, "A5", asked_at=START, graph="refund", channel="C1", expires_at=1.9e9)
    await moved(store, gone, State.DECIDED)


@pytest.mark.parametrize(
    ("look", "found"),
    [
        (InPlaces(), ["A1", "A2", "A3", "A4"]),
        (InPlaces(newest=True), ["A4", "A3", "A2", "A1"]),
        (InPlaces(graph="refund"), ["A1", "A3"]),
        (InPlaces(channel="C2"), ["A3", "A4"]),
        (InPlaces(graph="refund", channel="C2"), ["A3"]),
        (InPlaces(graph="nothing", channel="C2"), []),
        (InPlaces(before=START + 3), ["A1", "A2"]),
        (InPlaces(before=START + 3, newest=True), ["A2", "A1"]),
        (InPlaces(before=-1.0), []),
        (InPlaces(graph="refund", channel="C2", before=START + 3), []),
        (InPlaces(pairs=frozenset({("refund", "C1"), ("deploy", "C2")})), ["A1", "A4"]),
        (InPlaces(pairs=frozenset({("refund", "C1"), ("deploy", "C2")}), channel="C2"), ["A4"]),
        (InPlaces(pairs=frozenset({("refund", "C1")}), graph="deploy"), []),
        (InPlaces(pairs=frozenset()), []),
        (AskedBy("U0CAT"), ["A1", "A3"]),
        (AskedBy("U0CAT", newest=True), ["A3", "A1"]),
        (AskedBy("U0CAT", before=START + 3), ["A1"]),
        (AskedBy("U0NOBODY"), []),
        (DueBy(1.9e9 - 1), []),
        (DueBy(1.9e9), ["A3"]),
        (DueBy(2e9), ["A3", "A2"]),
    ],
)
async def test_a_look_finds_exactly_what_it_is_for(store: Store, look: Look, found: list[str]) -> None:
    await a_few(store)

    page = await store.waiting(look)

    assert ids(page) == found
    assert (page.total, page.cursor) == (len(found), None)


@pytest.mark.parametrize(
    "look",
    [
        InPlaces(),
        InPlaces(newest=True),
        InPlaces(pairs=frozenset({("refund", "C0REFUNDS")})),
        AskedBy("U0REQ"),
        DueBy(3e9),
    ],
)
async def test_pages_follow_each_other_from_any_record_on(store: Store, look: Look) -> None:
    """Three have the very same moment and the very same deadline."""
    for n in range(7):
        same = min(max(n, 2), 4)
        await created(store, f"A{n}", asked_at=START + same, expires_at=2e9 + same)
    whole = await store.waiting(look, limit=10)

    pages = [await store.waiting(look, limit=2)]
    while pages[-1].cursor:
        pages.append(await store.waiting(look, limit=2, cursor=pages[-1].cursor))
    rests = [await store.waiting(look, cursor=mark) for mark in whole.marks]

    assert [name for page in pages for name in ids(page)] == ids(whole)
    assert len(whole.marks) == 7
    assert [ids(rest) for rest in rests] == [ids(whole)[n + 1 :] for n in range(7)]


async def test_what_is_decided_can_be_found_under_nobody_any_more(store: Store) -> None:
    waiting = await created(store, "A1", requester="U0CAT")

    await moved(store, waiting, State.DECIDED)

    assert (await store.waiting(AskedBy("U0CAT"))).total == 0
    assert await store.places() == frozenset()


@pytest.mark.parametrize("requester", ["billing service", "a|b", "*", "gräph:1", "U0CAT:x"])
async def test_any_requester_can_be_looked_for(store: Store, requester: str) -> None:
    await created(store, "A1", requester=requester)
    await created(store, "A2", requester="b")

    assert ids(await store.waiting(AskedBy(requester))) == ["A1"]


async def test_places_name_the_graph_and_the_channel_of_all_that_waits(store: Store) -> None:
    await created(store, "A1", graph="a|b", channel="C1")
    await created(store, "A2", graph="a|b", channel="C1")
    await created(store, "A3", graph="refund", channel="C2")

    assert await store.places() == {("a|b", "C1"), ("refund", "C2")}


@pytest.mark.parametrize(
    ("look", "cursor"),
    [
        (InPlaces(), "MQ=="),
        (InPlaces(graph="refund", channel="C1"), "A" * 9),
        (AskedBy("U0CAT"), "*"),
        (DueBy(2e9), "*"),
        (DueBy(2e9), "\ud800"),
    ],
)
async def test_a_cursor_of_another_kind_is_refused(client: Redis, look: Look, cursor: str) -> None:
    store = RedisStore(client)

    with pytest.raises(ValueError, match=r"unknown cursor|could not convert"):
        await store.waiting(look, cursor=cursor)


async def test_a_decision_is_remembered_for_who_made_it_and_who_asked(store: Store) -> None:
    for name in ("A1", "A2", "A3"):
        waiting, entry = voted(await created(store, name, requester="U0CAT"))
        first = replace(waiting, version=0, votes=())
        assert await store.swap(first, waiting, [entry]) == "done"
        await moved(store, waiting, State.DECIDED)
        pass_a_moment(store)
    withdrawn = await created(store, "A4", requester="U0CAT")
    await moved(store, withdrawn, State.SUPERSEDED)

    for person in ("U0ANA", "U0CAT"):
        found = [record.approval.id for record in await store.lately(person, limit=2)]
        assert found == ["A3", "A2"]
    assert await store.lately("U0BEN", limit=2) == ()


async def test_what_happens_after_a_decision_does_not_bring_it_to_the_top(store: Store) -> None:
    first = await moved(store, await created(store, "A1"), State.DECIDED)
    pass_a_moment(store)
    await moved(store, await created(store, "A2"), State.DECIDED)
    pass_a_moment(store)

    await moved(store, first, State.APPLIED)

    assert [record.approval.id for record in await store.lately("U0REQ", limit=5)] == ["A2", "A1"]


async def test_only_the_newest_twenty_decisions_are_remembered(store: Store) -> None:
    for n in range(23):
        await moved(store, await created(store, f"A{n:02}"), State.DECIDED)
        pass_a_moment(store)

    found = [record.approval.id for record in await store.lately("U0REQ", limit=50)]

    assert found == [f"A{n:02}" for n in range(22, 2, -1)]


async def test_a_swap_whose_reply_was_lost_is_remembered_once(client: Redis) -> None:
    store = RedisStore(client)
    waiting = await created(store, "A1")
    after, entry = changed(waiting, state=State.DECIDED)

    assert [await store.swap(waiting, after, [entry]) for _ in range(2)] == ["done", "conflict"]

    assert len(await store.lately("U0REQ", limit=5)) == 1


def test_a_page_without_marks_is_an_empty_one() -> None:
    assert Page((), None, 0).marks == ()
