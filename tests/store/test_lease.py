"""A lease: one holder at a time, renewed while it lives; a holder that stood still knows it may be gone."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest
from redis.asyncio import Redis

from bot.ports import Lease, LeaseLost, Store, StoreUnavailable
from bot.store import keys
from bot.store.approvals import RedisStore
from bot.store.lease import HeldLease, hold
from bot.store.scripts import Server
from tests.fakes import Clock
from tests.store.proxy import Wire

KEY = keys.thread_lease("T1")


async def test_a_second_taker_learns_at_once_that_it_is_taken(store: Store) -> None:
    async with store.lease("T1") as mine, store.lease("T1") as other, store.lease("T2") as elsewhere:
        assert mine is not None
        assert elsewhere is not None
        await mine.check()

        assert mine.thread_id == "T1"
        assert other is None


async def test_a_released_lease_is_free(store: Store) -> None:
    async with store.lease("T1") as first:
        pass
    async with store.lease("T1") as second:
        assert first is not None
        assert second is not None
        assert first.token != second.token

        with pytest.raises(LeaseLost, match="T1"):
            await first.check()


async def test_a_lease_is_released_when_its_work_fails(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.lease("T1"):
            raise ZeroDivisionError

    async with store.lease("T1") as lease:
        assert lease is not None


async def test_a_card_and_a_thread_of_one_name_are_two_leases(store: Store) -> None:
    async with store.lease("X") as thread, store.card_lease("X") as card, store.card_lease("X") as again:
        assert thread is not None
        assert card is not None
        assert again is None


async def test_of_many_takers_one_gets_it(store: Store) -> None:
    async def take() -> Lease | None:
        async with store.lease("T1") as lease:
            await asyncio.gather(*(asyncio.sleep(0) for _ in range(100)))
            await everybody.wait()
            return lease

    everybody = asyncio.Barrier(8)
    leases = await asyncio.gather(*(take() for _ in range(8)))

    assert len([lease for lease in leases if lease is not None]) == 1


async def test_a_holder_that_slept_too_long_asks_and_goes_on_if_nobody_came(client: Redis) -> None:
    clock = Clock()
    async with hold(Server(client), KEY, "T1", ttl=0.1, clock=lambda: clock.now) as lease:
        assert lease is not None
        clock.advance(50.0)
        await lease.check()

        assert await holder(client) == lease.token


async def test_a_holder_that_slept_too_long_learns_that_another_took_its_place(client: Redis) -> None:
    clock = Clock()
    slow = HeldLease(Server(client), KEY, "T1", ttl=0.05, clock=lambda: clock.now)
    await slow.take()
    await ran_out(client)
    async with hold(Server(client), KEY, "T1", ttl=30.0) as quick:
        clock.advance(1.0)

        assert quick is not None
        with pytest.raises(LeaseLost, match="another drives it"):
            await slow.check()


async def test_a_slow_holder_does_not_take_back_what_was_held_and_released_since(client: Redis) -> None:
    clock = Clock()
    slow = HeldLease(Server(client), KEY, "T1", ttl=0.05, clock=lambda: clock.now)
    await slow.take()
    await ran_out(client)
    async with hold(Server(client), KEY, "T1", ttl=30.0):
        pass
    clock.advance(1.0)

    with pytest.raises(LeaseLost):
        await slow.check()


async def holder(client: Redis) -> str:
    """Whose lease it is, as the server has it."""
    value = await client.get(KEY)
    assert isinstance(value, bytes)
    return value.split()[0].decode()


async def ran_out(client: Redis) -> None:
    """Wait until the server's clock is past the end of the lease."""
    ends = int((await client.get(KEY) or b"").split()[1])
    while True:
        seconds, micros = await client.time()
        if seconds * 1000 + micros // 1000 > ends:
            return


async def test_a_dead_holders_lease_runs_out_and_who_takes_it_learns_that(client: Redis) -> None:
    dead = HeldLease(Server(client), KEY, "T1", ttl=0.05, clock=time.monotonic)
    await dead.take()
    await ran_out(client)

    async with hold(Server(client), KEY, "T1", ttl=30.0) as after_it:
        assert after_it is not None
        assert after_it.overran
    async with hold(Server(client), KEY, "T1", ttl=30.0) as later:
        assert later is not None
        assert not later.overran


async def test_a_lease_lives_on_while_it_is_held(client: Redis) -> None:
    async with hold(Server(client), KEY, "T1", ttl=0.3) as lease:
        assert lease is not None
        await renewals(client, 4)

        await lease.check()
        assert await holder(client) == lease.token


async def renewals(client: Redis, wanted: int) -> None:
    """Wait until the server has seen so many renewals."""
    seen = 0
    async with client.monitor() as monitor:
        async for command in monitor.listen():
            seen += command["command"].upper().startswith("SET APPROVALS:LEASE")
            if seen >= wanted:
                return


async def test_a_lease_that_another_took_is_not_taken_back(client: Redis) -> None:
    async with hold(Server(client), KEY, "T1", ttl=0.15) as lease:
        await client.set(KEY, "another 99999999999999", px=20_000)
        await until_lost(lease)

    assert await holder(client) == "another"


async def test_a_lease_outlives_one_renewal_that_did_not_get_through(
    client: Redis, far: Redis, wire: Wire
) -> None:
    async with hold(Server(far), KEY, "T1", ttl=0.6) as lease:
        assert lease is not None
        wire.lose = 2  # the renewal and its repeat
        await renewals(client, 3)

        await lease.check()


async def test_a_lease_is_lost_when_the_server_is(far: Redis, wire: Wire) -> None:
    async with hold(Server(far), KEY, "T1", ttl=0.3) as lease:
        wire.cut()
        started = time.monotonic()
        await until_lost(lease)

        assert time.monotonic() - started < 3.0


async def until_lost(lease: HeldLease | None) -> None:
    """Ask until the holder itself says that it has lost the lease."""
    assert lease is not None
    with suppress(LeaseLost):
        while True:
            await lease.check()
            await asyncio.sleep(0.01)


async def test_a_lease_whose_first_reply_was_lost_is_mine_all_the_same(
    client: Redis, far: Redis, wire: Wire
) -> None:
    store = RedisStore(far)
    async with store.lease("T0"):
        wire.lose = 1
        async with store.lease("T1") as lease:
            assert lease is not None
            assert wire.lose == 0
            assert await holder(client) == lease.token


async def test_nobody_works_without_a_lease_when_the_server_is_away(far: Redis, wire: Wire) -> None:
    wire.cut()

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        async with RedisStore(far).lease("T1"):
            raise AssertionError("nobody may work without a lease")
