"""What is held comes with its record, and goes back with its last write."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.core.audit import Fact
from bot.core.model import Approval, Card, Run, RunState, State
from bot.ports import Change, Lease, LeaseLost, Store, Swapped
from bot.store import keys
from bot.store.approvals import RedisStore
from bot.store.moment import FRESH, QUICK, Moment
from tests.fakes import Clock
from tests.store.proxy import Wire
from tests.store.samples import changed, created, moved, started


async def running(store: Store) -> tuple[Run, Approval]:
    """A run whose question is decided."""
    run = await store.create_run(started())
    return run, await moved(store, await created(store), State.DECIDED)


def applied(approval: Approval) -> Change:
    after, entry = changed(approval, Fact.APPLIED, state=State.APPLIED, closed_at=1_800_000_002.0)
    return Change(approval, after, (entry,))


def ended(run: Run) -> tuple[Run, Run]:
    return run, replace(run, version=run.version + 1, state=RunState.ENDED, output={"done": True})


async def test_a_thread_comes_with_its_run_and_its_open_approvals(store: Store) -> None:
    run, decided = await running(store)
    await created(store, "A2", thread="T2")

    async with store.thread("T1") as held, store.thread("T1") as other:
        assert other is None
        assert held is not None
        assert held.run == run
        assert [record.approval for record in held.records] == [decided]
        assert abs(held.records[0].now - await store.now()) < 10


async def test_a_thread_that_is_not_on_record_has_no_run(store: Store) -> None:
    async with store.thread("T9") as held:
        assert held is not None
        assert (held.run, held.records) == (None, ())


async def test_a_card_comes_with_its_record(store: Store) -> None:
    approval = await created(store)
    await store.intend_card("A1")

    async with store.card("A1") as held, store.card("A1") as other, store.card("A9") as unknown:
        assert other is None
        assert held is not None
        assert held.record is not None
        assert held.record.approval == approval
        assert held.record.card.intended_at is not None
        assert unknown is not None
        assert unknown.record is None


async def test_a_result_comes_with_its_run(store: Store) -> None:
    run, _ = await running(store)

    async with store.result("T1") as held, store.result("T1") as other:
        assert other is None
        assert held is not None
        assert held.run == run


async def test_the_end_of_a_pass_is_one_step_and_gives_the_thread_back(store: Store) -> None:
    run, decided = await running(store)
    change = applied(decided)
    async with store.thread("T1") as held:
        assert held is not None
        word = await store.settle([change], ended(run), lease=held.lease)
        async with store.thread("T1") as next_holder:
            assert next_holder is not None
            assert (next_holder.run, next_holder.records) == (ended(run)[1], ())

    assert word is Swapped.DONE
    record = await store.read("A1")
    assert record is not None
    assert record.approval == change.after
    assert [entry.fact for entry in await store.history("A1")][-1] == Fact.APPLIED


@pytest.mark.parametrize("stale", ["run", "approval", "lease"])
async def test_where_one_part_cannot_be_written_none_is(store: Store, stale: str) -> None:
    run, decided = await running(store)
    change, end = applied(decided), ended(run)
    async with store.thread("T1") as held:
        assert held is not None
        lease: Lease = held.lease
        if stale == "run":
            assert await store.swap_run(run, replace(run, version=1, tries=1)) == "done"
        elif stale == "approval":
            await moved(store, decided, State.FAILED)
        else:
            async with store.thread("T2") as elsewhere:
                assert elsewhere is not None
            lease = elsewhere.lease
        before = await store.read("A1"), await store.read_run("T1"), await store.history("A1")
        word = await store.settle([change], end, lease=_of("T1", lease))
        after = await store.read("A1"), await store.read_run("T1"), await store.history("A1")

    assert word is (Swapped.LEASE_LOST if stale == "lease" else Swapped.CONFLICT)
    assert before[0] is not None
    assert after[0] is not None
    assert (before[0].approval, *before[1:]) == (after[0].approval, *after[1:])


class _of:  # noqa: N801 (it reads as a word)
    """A lease with a token that is not in force, for this thread."""

    overran = False

    def __init__(self, thread_id: str, lease: Lease) -> None:
        self.thread_id, self.token, self.name = thread_id, lease.token, lease.name

    def given_back(self) -> None:
        """Nothing was held."""

    async def check(self) -> None:
        """It does not know better."""


async def test_a_saved_card_is_given_back(store: Store) -> None:
    await created(store)
    async with store.card("A1") as held:
        assert held is not None
        await store.save_card("A1", Card("C0REFUNDS", "1.0", shown=0), release=held.lease)
        async with store.card("A1") as next_holder:
            assert next_holder is not None
            assert next_holder.record is not None
            assert next_holder.record.card == Card("C0REFUNDS", "1.0", shown=0)
        with pytest.raises(LeaseLost):
            await held.lease.check()


async def test_a_card_that_another_had_meanwhile_is_not_saved_but_looked_for(store: Store) -> None:
    await created(store)
    async with store.card("A2") as never:
        assert never is not None
    await store.save_card("A1", Card("C0REFUNDS", "1.0", shown=0))

    with pytest.raises(LeaseLost):
        await store.save_card("A1", Card("C0REFUNDS", "2.0", shown=1), release=_of("A1", never.lease))

    record = await store.read("A1")
    assert record is not None
    assert (record.card.ts, record.card.shown) == ("1.0", 0)
    assert record.card.intended_at is not None


async def test_a_told_result_is_given_back(store: Store) -> None:
    run, _ = await running(store)
    async with store.result("T1") as held:
        assert held is not None
        assert await store.swap_run(*ended(run), release=held.lease) == "done"
        async with store.result("T1") as next_holder:
            assert next_holder is not None


async def test_writes_whose_reply_was_lost_are_done_once_and_give_back_all_the_same(
    client: Redis, far: Redis, wire: Wire
) -> None:
    store = RedisStore(far)
    run, decided = await running(store)
    async with store.thread("T0") as other, store.card("A0") as card:  # these bring the scripts
        assert other is not None
        assert card is not None
        await store.settle([], None, lease=other.lease)
    async with store.thread("T1") as held:
        assert held is not None
        wire.lose = 1
        assert await store.settle([applied(decided)], ended(run), lease=held.lease) is Swapped.DONE
        assert wire.lose == 0
    async with store.card("A1") as drawn:
        assert drawn is not None
        await store.save_card("A0", Card("C0REFUNDS"))
        wire.lose = 1
        await store.save_card("A1", Card("C0REFUNDS", "1.0", shown=2), release=drawn.lease)
        assert wire.lose == 0

    assert [entry.fact for entry in await store.history("A1")].count(Fact.APPLIED) == 1
    assert not [key async for key in client.scan_iter(f"{keys.PREFIX}lease:*")]


async def test_a_pass_reads_and_ends_in_one_round_trip_each(client: Redis, far: Redis, wire: Wire) -> None:
    store = RedisStore(far)
    run, decided = await running(store)
    async with store.thread("T0") as other:
        assert other is not None
        await store.settle([], None, lease=other.lease)
    wire.round_trips = 0

    async with store.thread("T1") as held:
        assert held is not None
        await store.now()
        await store.settle([applied(decided)], ended(run), lease=held.lease)

    assert wire.round_trips == 2


def test_the_clock_is_reckoned_for_a_while_and_then_asked() -> None:
    clock = Clock(0.0)
    moment = Moment(lambda: clock.now)
    assert moment.now() is None

    moment.heard(1_000.0, moment.ask())
    clock.advance(FRESH)
    assert moment.now() == 1_000.0 + FRESH

    clock.advance(0.001)
    assert moment.now() is None


def test_an_answer_that_took_long_says_nothing_of_the_time() -> None:
    clock = Clock(0.0)
    moment = Moment(lambda: clock.now)
    asked = moment.ask()
    clock.advance(QUICK * 1.1)
    moment.heard(1_000.0, asked)

    assert moment.now() is None


async def test_of_a_thousand_moments_none_is_ahead_of_the_server(client: Redis) -> None:
    store = RedisStore(client)
    for _ in range(20):
        reckoned = [await store.now() for _ in range(50)]
        seconds, microseconds = await client.time()
        assert max(reckoned) <= seconds + microseconds / 1e6 + 1e-6
        await asyncio.sleep(0)
