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
        mine.check()

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
            first.check()


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


async def test_a_holder_that_slept_too_long_stops_before_its_lease_runs_out(client: Redis) -> None:
    clock = Clock()
    async with hold(Server(client), KEY, "T1", ttl=30.0, clock=lambda: clock.now) as lease:
        assert lease is not None
        clock.advance(26.9)
        lease.check()
        clock.advance(0.1)

        assert int(await client.pttl(KEY)) > 0  # it still stands: the holder is the more careful one
        with pytest.raises(LeaseLost):
            lease.check()


async def test_a_dead_holders_lease_runs_out(client: Redis) -> None:
    async with RedisStore(client, lease_ttl=30.0).lease("T1"):
        left = int(await client.pttl(KEY))

    assert 29_000 < left <= 30_000


async def test_a_lease_lives_on_while_it_is_held(client: Redis) -> None:
    async with hold(Server(client), KEY, "T1", ttl=0.3) as lease:
        assert lease is not None
        await renewals(client, 4)

        lease.check()
        assert await client.get(KEY) == lease.token.encode()


async def renewals(client: Redis, wanted: int) -> None:
    """Wait until the server has seen so many renewals."""
    seen = 0
    async with client.monitor() as monitor:
        async for command in monitor.listen():
            seen += "PEXPIRE" in command["command"].upper()
            if seen >= wanted:
                return


async def test_a_lease_that_another_took_is_not_taken_back(client: Redis) -> None:
    async with hold(Server(client), KEY, "T1", ttl=0.15) as lease:
        await client.set(KEY, "another", px=20_000)
        await until_lost(lease)

    assert await client.get(KEY) == b"another"


async def test_a_lease_outlives_one_renewal_that_did_not_get_through(
    client: Redis, far: Redis, wire: Wire
) -> None:
    async with hold(Server(far), KEY, "T1", ttl=0.6) as lease:
        assert lease is not None
        wire.lose = 2  # the renewal and its repeat
        await renewals(client, 3)

        lease.check()


async def test_a_lease_is_lost_when_the_server_is(far: Redis, wire: Wire) -> None:
    async with hold(Server(far), KEY, "T1", ttl=0.3) as lease:
        wire.cut()
        started = time.monotonic()
        await until_lost(lease)

        assert time.monotonic() - started < 0.3


async def until_lost(lease: HeldLease | None) -> None:
    """Ask until the holder itself says that it has lost the lease."""
    assert lease is not None
    with suppress(LeaseLost):
        while True:
            lease.check()
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
            assert await client.get(KEY) == lease.token.encode()


async def test_nobody_works_without_a_lease_when_the_server_is_away(far: Redis, wire: Wire) -> None:
    wire.cut()

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        async with RedisStore(far).lease("T1"):
            raise AssertionError("nobody may work without a lease")
