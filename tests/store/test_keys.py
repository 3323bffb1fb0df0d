"""The table of keys is complete, and what has ended is forgotten in time, with all its traces."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.core.absence import Absence, Leave
from bot.core.audit import Fact, faults, trailed
from bot.core.batch import Batch
from bot.core.beside import Note, beside, door, written
from bot.core.model import Card, RunState, State
from bot.store import keys
from bot.store.approvals import RedisStore
from bot.store.delegations import RedisDelegations
from bot.store.idempotency import RedisIdempotency
from bot.store.keys import DAY, LIFETIMES, Kind, kind_of
from bot.store.pace import RedisPace
from bot.store.tickets import RedisTickets
from tests.store.leaks import leaks
from tests.store.samples import KEY, created, moved, started


async def everything(client: Redis) -> None:
    """Write a key of every kind."""
    store = RedisStore(client)
    await created(store, "A1", thread="T1", expires_at=2e9)
    await moved(store, await created(store, "A2", thread="T2"), State.DECIDED)
    await moved(store, await created(store, "A3", thread="T3"), State.DECIDED, State.APPLIED)
    await store.save_card("A1", Card("C1", "1.1", shown=0))
    await store.create_batch(Batch("B1", "T1", "refund", "C1", None, ("A1", "A2", "A3")))
    await store.create_run(started("T1"))
    waiting = await store.create_run(started("T4"))
    await store.swap_run(waiting, replace(waiting, version=1, state=RunState.WAITING))
    for thread, announced in (("T2", None), ("T3", "1.2")):
        run = await store.create_run(started(thread))
        await store.swap_run(run, replace(run, version=1, state=RunState.ENDED, announced=announced))
    await created(store, "A4", thread="T5", remind_at=2e9)
    away = Leave("U0ANA", Absence("U0ANA", 1.0, 2e9, "U0BEN"), version=1)
    _, entry = trailed(away, KEY, Fact.AWAY, at=1.0, by="U0ANA", data={})
    await RedisDelegations(client, "T1").swap(Leave("U0ANA"), away, [entry])
    for name in (beside("A1"), beside("A3"), door("T1", 1.0)):
        stand, note = await store.stand(name, "m"), Note(Fact.REFUSED, "U0ANA", "m")
        await store.note(stand, note, written(stand, note, KEY))
    await RedisPace(client).reserve("C1", "card:A1")
    await RedisIdempotency(client).begin("api", "k", "print")
    await RedisTickets(client).put("login a", True)


async def test_every_kind_of_key_is_known_and_lives_as_long_as_the_table_says(client: Redis) -> None:
    await everything(client)
    async with RedisStore(client).lease("T1"), RedisStore(client).card_lease("A1"):
        kinds = {kind_of(key.decode()) async for key in client.scan_iter()}
        found = await leaks(client)

    assert kinds == set(Kind)
    assert found == []


def test_every_kind_has_a_lifetime_and_a_reason() -> None:
    assert LIFETIMES.keys() == set(Kind)
    assert all(lifetime.reason for lifetime in LIFETIMES.values())


@pytest.mark.parametrize(
    "key", ["approvals:mystery:1", "approvals:approval", "mystery", "approvals:idem:a:b", "audit"]
)
async def test_an_unknown_key_is_found_out(client: Redis, key: str) -> None:
    await client.set(key, "x")

    assert await leaks(client) == [f"{key} is not in keys.py"]
    await client.delete(key)


async def test_a_wrong_lifetime_is_found_out(client: Redis) -> None:
    await created(RedisStore(client))
    await client.expire(keys.approval("A1"), 60)
    await client.set(keys.message("C1", "1.1"), "A1")

    found = await leaks(client)
    await client.flushdb()

    assert found == [
        f"approvals:approval:A1 goes in 60 s but should stay: {LIFETIMES[Kind.APPROVAL].reason}",
        f"approvals:message:C1:1.1 lives for -1 s, not {90 * DAY} s",
    ]


async def test_an_ended_approval_is_readable_for_its_retention_and_a_day(client: Redis) -> None:
    store = RedisStore(client, retention=1000)
    await moved(store, await created(store), State.EXPIRED)

    left = [await client.ttl(key) for key in (keys.approval("A1"), keys.history("A1"))]

    assert all(DAY + 990 < seconds <= DAY + 1000 for seconds in left)


async def test_a_run_stays_until_its_result_was_told(client: Redis) -> None:
    store = RedisStore(client, retention=1000)
    run = await store.create_run(started())
    ended = replace(run, version=1, state=RunState.ENDED)
    told = replace(ended, version=2, announced="1.1")

    await store.swap_run(run, ended)
    untold = await client.ttl(keys.run("T1"))
    await store.swap_run(ended, told)

    assert untold == -1
    assert 990 < await client.ttl(keys.run("T1")) <= 1000


async def test_a_run_that_goes_on_after_its_failure_stays(client: Redis) -> None:
    store = RedisStore(client)
    run = await store.create_run(started())
    failed = replace(run, version=1, state=RunState.FAILED, announced="1.1")
    await store.swap_run(run, failed)

    await store.swap_run(failed, replace(failed, version=2, state=RunState.RUNNING))

    assert await client.ttl(keys.run("T1")) == -1


async def test_what_ended_long_ago_is_forgotten_with_all_its_traces(client: Redis) -> None:
    store = RedisStore(client, retention=1000)
    await moved(store, await created(store, "old"), State.DECIDED, State.APPLIED)
    await moved(store, await created(store, "fresh"), State.DECIDED, State.APPLIED)
    waiting = await created(store, "waiting")
    await client.zincrby(keys.ENDED, -1001, f"applied|refund|C0REFUNDS|{keys.place(waiting.asked_at, 'old')}")

    await store.leftovers(older_than=0, limit=10)

    traces = {key.decode() async for key in client.scan_iter() if b"old" in key}
    listed = await store.search()
    indexed = [
        member
        async for index in client.scan_iter(_type="zset")
        for member in await client.zrange(index, 0, -1)
    ]
    assert traces == set()
    assert [record.approval.id for record in listed.records] == ["waiting", "fresh"]
    assert listed.total == 2
    assert not any(b"old" in member for member in indexed)
    assert await client.xlen(keys.AUDIT) == 4
    assert faults(await store.history("waiting"), KEY, head=waiting.audit_head) == []
