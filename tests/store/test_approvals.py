"""The record of approvals: one change at a time, whoever comes first, and never a change half done."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.core.audit import Fact, chained, faults, redact
from bot.core.model import Card, State
from bot.ports import LeaseLost, Store, Swapped
from bot.store.approvals import RedisStore
from tests.store.samples import KEY, asked, changed, created, moved, started, voted


async def test_an_approval_is_read_as_it_was_written(store: Store) -> None:
    approval = await created(store, payload={"text": "¢ 😀 \u202e \ud800", "deep": [[{}], None, 1.5, 10**20]})

    record = await store.read("A1")

    assert record is not None
    assert record.approval == approval
    assert record.card == Card("C0REFUNDS")
    assert 0 <= await store.now() - record.now < 10


async def test_any_text_comes_back_from_every_list(client: Redis) -> None:
    store = RedisStore(client)
    approval = await created(store, payload="¢ 😀 \ud800")
    after = await moved(store, approval, State.DECIDED)
    await store.intend_card("A1")
    page, left = await store.search(state="decided"), await store.leftovers(older_than=0, limit=1)

    assert [record.approval for record in page.records] == [after]
    assert page.records[0].card.intended_at is not None
    assert left.in_work == (("A1", "T1"),)


async def test_an_unknown_approval_reads_as_none(store: Store) -> None:
    assert await store.read("nobody") is None


async def test_several_are_read_in_the_order_asked_for(store: Store) -> None:
    for name in ("A1", "A2", "A3"):
        await created(store, name)

    records = await store.read_many(["A3", "gone", "A1"])

    assert [record.approval.id for record in records] == ["A3", "A1"]


async def test_an_interrupt_has_one_approval_whoever_creates_it(store: Store) -> None:
    ids = [f"A{n}" for n in range(5)]

    held = await asyncio.gather(
        *(store.create(asked(name, interrupt="I1"), [], instead_of=None) for name in ids)
    )

    assert len(set(held)) == 1
    assert await store.of_thread("T1") == {"I1": held[0]}
    assert [record.approval.id for record in await store.read_many(ids)] == [held[0]]


async def test_a_repeated_create_answers_the_same_id_and_writes_nothing_twice(store: Store) -> None:
    approval = await created(store)
    again, entry = changed(approval)

    held = await store.create(again, [entry], instead_of=None)

    assert held == "A1"
    assert len(await store.history("A1")) == 1


async def test_a_successor_takes_the_interrupt_from_the_one_it_knows(store: Store) -> None:
    await created(store, "A1", interrupt="I1")

    held = await store.create(asked("A2", interrupt="I1"), [], instead_of="A1")

    assert held == "A2"
    assert await store.of_thread("T1") == {"I1": "A2"}


async def test_a_successor_of_somebody_else_is_told_who_holds(store: Store) -> None:
    await created(store, "A1", interrupt="I1")

    held = await store.create(asked("A2", interrupt="I1"), [], instead_of="A0")

    assert held == "A1"
    assert await store.read("A2") is None


async def test_a_field_that_must_not_be_kept_is_not_written_and_the_chain_holds(client: Redis) -> None:
    store = RedisStore(client, redact=lambda entry: redact(entry, ["text"], KEY))
    approval = await created(store)
    after, entry = chained(
        replace(approval, version=1), KEY, Fact.COMMENTED, at=1.0, by="U0ANA", data={"text": "her IBAN"}
    )

    await store.swap(approval, after, [entry])

    entries = await store.history("A1")
    assert entries[1].data == {"text": None}
    assert faults(entries, KEY, head=after.audit_head) == []
    assert "IBAN" not in str([await client.dump(key) for key in await client.keys()])


async def test_a_swap_writes_the_life_and_the_trail(store: Store) -> None:
    approval = await created(store)
    after, entry = voted(approval)

    assert await store.swap(approval, after, [entry]) is Swapped.DONE

    record = await store.read("A1")
    assert record is not None
    assert record.approval == after
    history = await store.history("A1")
    assert [entry.fact for entry in history] == [Fact.ASKED, Fact.VOTED]
    assert faults(history, KEY, head=after.audit_head) == []


async def test_of_two_swaps_that_race_one_is_done_and_one_learns_of_it(store: Store) -> None:
    approval = await created(store)
    ana, bob = voted(approval, "U0ANA"), voted(approval, "U0BOB")

    words = await asyncio.gather(*(store.swap(approval, after, [entry]) for after, entry in (ana, bob)))

    assert sorted(words) == [Swapped.CONFLICT, Swapped.DONE]
    record = await store.read("A1")
    winner = ana if words[0] is Swapped.DONE else bob
    assert record is not None
    assert record.approval == winner[0]
    assert (await store.history("A1"))[1:] == (winner[1],)


async def test_two_equal_swaps_are_not_taken_for_one(store: Store) -> None:
    approval = await created(store)
    after, entry = voted(approval)

    words = await asyncio.gather(*(store.swap(approval, after, [entry]) for _ in range(2)))

    assert sorted(words) == [Swapped.CONFLICT, Swapped.DONE]


async def test_an_approval_that_does_not_exist_cannot_be_swapped(store: Store) -> None:
    after, entry = voted(asked("ghost"))

    assert await store.swap(asked("ghost"), after, [entry]) is Swapped.CONFLICT
    assert await store.read("ghost") is None


async def test_a_version_that_skips_one_is_our_own_mistake(store: Store) -> None:
    approval = await created(store)

    with pytest.raises(ValueError, match="version 2 cannot follow 0"):
        await store.swap(approval, replace(approval, version=2), [])


@pytest.mark.parametrize(
    ("not_after", "not_before", "word"),
    [
        (-0.001, None, Swapped.LATE),
        (0.0, None, Swapped.LATE),  # at the very moment of the deadline it is too late
        (60.0, None, Swapped.DONE),
        (None, 60.0, Swapped.EARLY),
        (None, -0.001, Swapped.DONE),
        (None, 0.0, Swapped.DONE),
    ],
)
async def test_deadlines_are_judged_by_the_clock_of_the_store(
    store: Store, not_after: float | None, not_before: float | None, word: Swapped
) -> None:
    approval = await created(store)
    after, entry = voted(approval)
    now = await store.now()

    got = await store.swap(
        approval,
        after,
        [entry],
        not_after=None if not_after is None else now + not_after,
        not_before=None if not_before is None else now + not_before,
    )

    assert got is word
    assert len(await store.history("A1")) == (2 if word is Swapped.DONE else 1)


async def test_a_swap_under_the_lease_is_done(store: Store) -> None:
    approval = await created(store)
    after, entry = voted(approval)

    async with store.lease("T1") as lease:
        assert lease is not None
        word = await store.swap(approval, after, [entry], lease=lease)

    assert word is Swapped.DONE


async def test_who_holds_the_lease_creates(store: Store) -> None:
    async with store.lease("T1") as lease:
        held = await store.create(asked("A1"), [], instead_of=None, lease=lease)

    assert held == "A1"


async def test_a_zombie_asks_nothing_that_was_answered_meanwhile(store: Store) -> None:
    async with store.lease("T1") as old:
        pass

    async with store.lease("T1"):
        with pytest.raises(LeaseLost):
            await store.create(asked("A1"), [], instead_of=None, lease=old)

    assert await store.read("A1") is None
    assert await store.of_thread("T1") == {}


async def test_a_zombie_whose_lease_another_holds_changes_nothing(store: Store) -> None:
    approval = await created(store)
    run = await store.create_run(started())
    after, entry = voted(approval)
    async with store.lease("T1") as old:
        pass

    async with store.lease("T1") as new:
        assert old is not None
        assert new is not None
        words = [
            await store.swap(approval, after, [entry], lease=old),
            await store.swap_run(run, replace(run, version=1), lease=old),
        ]

    assert words == [Swapped.LEASE_LOST, Swapped.LEASE_LOST]
    record = await store.read("A1")
    assert record is not None
    assert record.approval == approval


async def test_a_whole_life_is_one_unbroken_chain(store: Store) -> None:
    approval = await created(store)

    end = await moved(store, approval, State.DECIDED, State.FAILED, State.APPLIED)

    history = await store.history("A1")
    assert [entry.fact for entry in history] == [Fact.ASKED, Fact.DECIDED, Fact.FAILED, Fact.APPLIED]
    assert faults(history, KEY, head=end.audit_head) == []


async def test_an_answered_question_is_no_longer_of_the_thread(store: Store) -> None:
    """Long runs ask often: each pass reads what is open, not what was."""
    await moved(store, await created(store, "A1", interrupt="I1"), State.DECIDED, State.APPLIED)
    await moved(store, await created(store, "A2", interrupt="I2"), State.EXPIRED)

    assert await store.of_thread("T1") == {"I2": "A2"}
