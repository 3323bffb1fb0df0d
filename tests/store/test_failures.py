"""When Redis or the wire fails: nothing is done twice or by half, and the caller is told in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from redis import exceptions
from redis.asyncio import Redis

from bot.core.model import Card
from bot.ports import Claim, StoreUnavailable, Swapped
from bot.store.approvals import RedisStore
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from bot.store.idempotency import RedisIdempotency
from bot.store.pace import RedisPace
from bot.store.scripts import sentence
from tests.store.proxy import Wire
from tests.store.samples import asked, created, started, voted

Attempt = Callable[[RedisStore], Awaitable[object]]


@pytest_asyncio.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[Redis]:
    """A server whose settings a test may spoil."""
    async with EmbeddedRedis.open(tmp_path / "redis") as server, connect(server.url) as client:
        yield client


async def test_a_swap_whose_reply_was_lost_is_done_once(wire: Wire, far: Redis) -> None:
    store = RedisStore(far)
    approval = await created(store)
    once, entry = voted(approval, "U0ANA")
    await store.swap(approval, once, [entry])
    twice, entry = voted(once, "U0BOB")

    wire.lose = 1
    word = await store.swap(once, twice, [entry])

    assert wire.lose == 0
    assert word is Swapped.DONE
    assert len(await store.history("A1")) == 3


async def test_a_swap_of_a_run_whose_reply_was_lost_is_done_once(wire: Wire, far: Redis) -> None:
    store = RedisStore(far)
    run = await store.create_run(started())
    once, twice = replace(run, version=1), replace(run, version=2)
    await store.swap_run(run, once)

    wire.lose = 1
    word = await store.swap_run(once, twice)

    assert wire.lose == 0
    assert word is Swapped.DONE
    assert await store.read_run("T1") == twice


async def test_a_swap_that_lost_the_race_is_no_winner_for_being_repeated(wire: Wire, far: Redis) -> None:
    store = RedisStore(far)
    approval = await created(store)
    await store.swap(approval, voted(approval, "U0ANA")[0], [])

    wire.lose = 1
    word = await store.swap(approval, voted(approval, "U0BOB")[0], [])

    assert word is Swapped.CONFLICT


async def test_a_create_whose_reply_was_lost_writes_one_audit_entry(wire: Wire, far: Redis) -> None:
    store = RedisStore(far)
    await created(store, "A0", interrupt="I0")

    wire.lose = 1
    await created(store, "A1", interrupt="I1")

    assert wire.lose == 0
    assert await store.of_thread("T1") == {"I0": "A0", "I1": "A1"}
    assert len(await store.history("A1")) == 1


async def test_a_claim_whose_reply_was_lost_is_mine(wire: Wire, far: Redis) -> None:
    idempotency = RedisIdempotency(far)
    await idempotency.begin("api", "k0", "f")

    wire.lose = 1
    begun = await idempotency.begin("api", "k1", "f")

    assert wire.lose == 0
    assert begun.claim is Claim.MINE


async def test_a_reservation_whose_reply_was_lost_is_found_by_its_repeat(wire: Wire, far: Redis) -> None:
    pace = RedisPace(far)
    await pace.reserve("C1", "m1")

    wire.lose = 1
    wait = await pace.reserve("C1", "m2")

    assert 0.0 < wait <= 1.0


async def test_a_connection_killed_midway_says_that_nothing_is_certain(wire: Wire, far: Redis) -> None:
    store = RedisStore(far)
    approval = await created(store)
    after, entry = voted(approval)

    swap = asyncio.create_task(store.swap(approval, after, [entry]))
    await asyncio.sleep(0)
    wire.cut()

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await swap


@pytest.mark.parametrize(
    "attempt",
    [
        lambda store: store.now(),
        lambda store: store.read("A1"),
        lambda store: store.create(asked(), [], instead_of=None),
        lambda store: store.swap(asked(), voted(asked())[0], []),
        lambda store: store.of_thread("T1"),
        lambda store: store.card_at("C1", "1.1"),
        lambda store: store.intend_card("A1"),
        lambda store: store.save_card("A1", Card("C1", "1.1", shown=0)),
        lambda store: store.pending(),
        lambda store: store.search(),
        lambda store: store.history("A1"),
        lambda store: store.create_run(started()),
        lambda store: store.read_run("T1"),
        lambda store: store.swap_run(started(), replace(started(), version=1)),
        lambda store: store.leftovers(older_than=0, limit=1),
    ],
)
async def test_every_door_of_the_store_says_when_redis_is_away(
    wire: Wire, far: Redis, attempt: Attempt
) -> None:
    wire.cut()

    with pytest.raises(StoreUnavailable, match=r"^Redis cannot be reached$"):
        await attempt(RedisStore(far))


async def test_a_full_redis_changes_nothing_and_says_so(own_server: Redis) -> None:
    store = RedisStore(own_server)
    approval = await created(store)
    after, entry = voted(approval)
    await store.swap(approval, after, [entry])
    await own_server.config_set("maxmemory", 1)

    with pytest.raises(StoreUnavailable, match="out of memory"):
        await store.swap(after, voted(after, "U0BOB")[0], [entry])

    record = await store.read("A1")
    assert record is not None
    assert record.approval == after
    assert len(await store.history("A1")) == 2


async def test_a_replica_is_named_as_one(own_server: Redis) -> None:
    await own_server.replicaof("127.0.0.1", "1")

    with pytest.raises(StoreUnavailable, match="read-only replica"):
        await created(RedisStore(own_server))


async def test_a_wrong_password_is_not_repeated(own_server: Redis) -> None:
    await own_server.config_set("requirepass", "right")
    address = own_server.connection_pool.connection_kwargs
    async with connect(f"redis://:wr0ng-s3cret@127.0.0.1:{address['port']}") as client:
        with pytest.raises(StoreUnavailable, match="check REDIS_URL") as refused:
            await RedisStore(client).now()

    assert "s3cret" not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__cause__}"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (exceptions.BusyLoadingError("Redis is loading the dataset in memory"), "loading its data"),
        (exceptions.TimeoutError("Timeout reading from redis://:s3cret@host"), "did not answer in time"),
        (exceptions.MaxConnectionsError("Too many connections"), "connections to Redis are in use"),
        (exceptions.ResponseError("WRONGTYPE s3cret"), "refused a command (ResponseError)"),
    ],
)
def test_errors_are_told_in_our_own_words(error: exceptions.RedisError, words: str) -> None:
    assert words in sentence(error)
    assert "s3cret" not in sentence(error)
