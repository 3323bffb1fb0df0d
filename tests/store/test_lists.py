"""Lists: complete, in order, stable while approvals come and go."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from bot.core.approvers import Approvers
from bot.core.audit import Fact
from bot.core.model import Card, Nudge, State
from bot.ports import Page, Record, Store
from bot.store.approvals import RedisStore
from tests.fakes import FakeStore
from tests.store.samples import changed, created, moved, started

START = 1_800_000_000.0


def pass_a_moment(store: Store) -> None:
    """The clock of a real server goes by itself."""
    if isinstance(store, FakeStore):
        store.clock.advance(0.001)


def ids(page: Page) -> list[str]:
    return [record.approval.id for record in page.records]


async def test_pending_lists_the_oldest_first(store: Store) -> None:
    for name, age in (("young", 1.5), ("old", 300.0), ("middle", 2.0)):
        await created(store, name, asked_at=START - age)

    page = await store.pending()

    assert ids(page) == ["old", "middle", "young"]
    assert (page.total, page.cursor) == (3, None)


async def test_what_is_decided_is_pending_no_more(store: Store) -> None:
    await created(store, "A1")
    await moved(store, await created(store, "A2"), State.DECIDED)

    page = await store.pending()

    assert ids(page) == ["A1"]
    assert page.total == 1


async def test_pages_show_each_once_though_all_were_asked_at_the_same_moment(store: Store) -> None:
    names = [f"A{n:02d}" for n in range(23)]
    for name in reversed(names):
        await created(store, name)

    pages = [await store.pending(limit=10)]
    while pages[-1].cursor:
        pages.append(await store.pending(cursor=pages[-1].cursor, limit=10))

    assert [ids(page) for page in pages] == [names[:10], names[10:20], names[20:]]
    assert [page.total for page in pages] == [23, 23, 23]


async def test_a_page_stays_where_it_was_when_those_before_it_leave(store: Store) -> None:
    approvals = [await created(store, f"A{n}", asked_at=START + n) for n in range(6)]
    first = await store.pending(limit=3)

    for approval in approvals[:3]:
        await moved(store, approval, State.DECIDED)
    second = await store.pending(cursor=first.cursor, limit=3)

    assert ids(first) == ["A0", "A1", "A2"]
    assert ids(second) == ["A3", "A4", "A5"]


async def test_what_is_decided_while_the_page_is_read_is_left_out(client: Redis) -> None:
    class Interrupted(RedisStore):
        async def read_many(self, approval_ids: Sequence[str]) -> tuple[Record, ...]:
            await moved(RedisStore(client), second, State.DECIDED)
            return await super().read_many(approval_ids)

    store = Interrupted(client)
    await created(store, "A1")
    second = await created(store, "A2")

    assert ids(await store.pending()) == ["A1"]


async def test_search_lists_the_newest_first_and_filters_by_everything(store: Store) -> None:
    await created(store, "A1", graph="refund", channel="C1", asked_at=START + 1)
    await created(store, "A2", graph="contract", channel="C1", asked_at=START + 2)
    await moved(
        store, await created(store, "A3", graph="refund", channel="C2", asked_at=START + 3), State.EXPIRED
    )

    assert ids(await store.search()) == ["A3", "A2", "A1"]
    assert ids(await store.search(graph="refund")) == ["A3", "A1"]
    assert ids(await store.search(channel="C1")) == ["A2", "A1"]
    assert ids(await store.search(state="expired")) == ["A3"]
    assert ids(await store.search(state="pending", graph="refund", channel="C1")) == ["A1"]
    assert ids(await store.search(state="pending", graph="refund", channel="C2")) == []
    assert (await store.search(graph="refund")).total == 2


async def test_search_pages_backwards_in_time(store: Store) -> None:
    for n in range(5):
        await created(store, f"A{n}", asked_at=START + n, graph=f"g{n % 2}")

    first = await store.search(limit=2)
    second = await store.search(limit=2, cursor=first.cursor)
    third = await store.search(limit=2, cursor=second.cursor)

    assert [ids(page) for page in (first, second, third)] == [["A4", "A3"], ["A2", "A1"], ["A0"]]
    assert third.cursor is None


@pytest.mark.parametrize("graph", ["a|b", "*", "%7C", "gr\u00e4ph:1", " "])
async def test_a_strange_name_filters_like_any_other(store: Store, graph: str) -> None:
    await created(store, "A1", graph=graph)
    await created(store, "A2", graph="b", channel="a")

    assert ids(await store.search(graph=graph)) == ["A1"]


@pytest.mark.parametrize("cursor", ["no cursor\u00e9", "*", "MQ==", "\ud800", "A" * 9, ""])
async def test_a_cursor_that_is_not_ours_is_refused(store: Store, cursor: str) -> None:
    await created(store)

    with pytest.raises(ValueError, match=r"unknown cursor|could not convert"):
        await store.pending(cursor=cursor)


async def test_leftovers_name_what_a_crash_left_half_done(store: Store) -> None:
    await moved(store, await created(store, "A1", thread="T1"), State.DECIDED)
    await store.save_card("A1", Card("C1", "1.1", shown=1))
    await created(store, "A2", expires_at=await store.now() - 1)
    await created(store, "A3", expires_at=await store.now() + 60)
    await store.create_run(started("T9"))

    found = await store.leftovers(older_than=0, limit=10)

    assert found.in_work == (("A1", "T1"),)
    assert found.unshown == ("A2", "A3")
    assert found.overdue == ("A2",)
    assert found.active == ("T9",)
    assert found.unannounced == ()


async def test_what_was_touched_just_now_is_not_left_over(store: Store) -> None:
    await moved(store, await created(store), State.DECIDED)
    await store.create_run(started())

    found = await store.leftovers(older_than=60, limit=10)

    assert (found.in_work, found.unshown, found.active) == ((), (), ())


async def test_leftovers_come_in_turns_so_that_none_hides_another(store: Store) -> None:
    for n in range(6):
        await created(store, f"A{n}")

    turns = []
    for _ in range(3):
        pass_a_moment(store)
        turns.append((await store.leftovers(older_than=0, limit=2)).unshown)

    assert sorted(name for turn in turns for name in turn) == [f"A{n}" for n in range(6)]


async def test_leftovers_that_are_only_looked_at_keep_their_turn(store: Store) -> None:
    for name in ("A1", "A2"):
        await created(store, name)
        pass_a_moment(store)

    seen = [(await store.leftovers(older_than=0, limit=1, take=False)).unshown for _ in range(2)]

    assert seen == [("A1",), ("A1",)]


async def test_a_card_that_is_just_being_posted_is_in_somebodys_hands(store: Store) -> None:
    for name in ("A1", "A2"):
        await created(store, name)
        pass_a_moment(store)

    await store.intend_card("A1")

    assert (await store.leftovers(older_than=0, limit=1)).unshown == ("A2",)


@pytest.mark.parametrize(
    ("states", "in_work"),
    [
        ([State.DECIDED], True),
        ([State.DECIDED, State.FAILED], True),
        ([State.DECIDED, State.FAILED, State.APPLIED], False),
        ([State.DECIDED, State.SUPERSEDED], False),
        ([State.CANCELLED], False),
    ],
)
async def test_an_approval_is_in_work_from_its_decision_to_its_end(
    store: Store, states: list[State], in_work: bool
) -> None:
    await moved(store, await created(store, expires_at=1.0), *states)

    found = await store.leftovers(older_than=0, limit=10)

    assert found.in_work == ((("A1", "T1"),) if in_work else ())
    assert found.overdue == ()


async def test_reminders_are_due_by_the_stores_clock_until_they_are_dealt_with(store: Store) -> None:
    now = await store.now()
    due = await created(store, "due", remind_at=now - 1)
    await created(store, "later", remind_at=now + 60)
    await created(store, "escalates", escalate_at=now - 2)
    sent = await created(store, "sent", nudges=(Nudge("reminder-1", "C1", now - 60, now - 30),))
    pass_a_moment(store)

    names = [(await store.leftovers(older_than=0, limit=10)).nudges for _ in range(2)]
    for before, change in ((due, {"remind_at": now + 60}), (sent, {"nudges": ()})):
        after, entry = changed(before, Fact.REMINDED, **change)
        await store.swap(before, after, [entry])

    assert names == [("sent", "escalates", "due")] * 2
    assert (await store.leftovers(older_than=0, limit=10)).nudges == ("escalates",)


async def test_what_has_ended_is_nudged_no_more(store: Store) -> None:
    now = await store.now()
    await moved(store, await created(store, "A1", remind_at=now - 1), State.DECIDED)
    await moved(store, await created(store, "A2", escalate_at=now - 1), State.EXPIRED)

    assert (await store.leftovers(older_than=0, limit=10)).nudges == ()


async def test_who_was_added_by_an_escalation_is_kept(store: Store) -> None:
    before = await created(store)
    added = Approvers(frozenset({"U0CAT", "U0DAN"}), frozenset({"S0FIN"}))
    after, entry = changed(before, Fact.ESCALATED, added=added, instead=True, escalated_at=5.0)
    await store.swap(before, after, [entry])

    record = await store.read("A1")

    assert record is not None
    assert record.approval == after
