"""An operator's look at the trails that stand apart: what was tampered with in Redis is named."""

from __future__ import annotations

from dataclasses import replace

from redis.asyncio import Redis

from bot.core.absence import Absence, Leave
from bot.core.audit import Fact, faults, trailed
from bot.core.beside import Note, Trail, door, written
from bot.store import keys
from bot.store.approvals import RedisStore
from bot.store.delegations import RedisDelegations
from tests.store.samples import KEY, created

DOOR = door("T1", 1.0)


async def filled(client: Redis) -> RedisStore:
    """Ana was away and came back; three people were turned away."""
    store, known = RedisStore(client), RedisDelegations(client, "T1")
    for version, absence in enumerate((Absence("U0ANA", 1.0, 2e9, "U0BEN"), None)):
        before = await known.read("U0ANA")
        fact = Fact.AWAY if absence else Fact.BACK
        after, entry = trailed(before, KEY, fact, at=1.0, by="U0ANA", data={})
        await known.swap(before, replace(after, absence=absence, version=version + 1), [entry])
    for who in ("U0X", "U0Y", "U0Z"):
        stand, note = await store.stand(DOOR, who), Note(Fact.REFUSED, who, who)
        await store.note(stand, note, written(stand, note, KEY))
    return store


async def found(store: RedisStore) -> list[str]:
    return [
        f"{trail.name}: {fault}"
        async for trail in store.apart()
        for fault in faults(trail.entries, KEY, head=trail.head, name=trail.name)
    ]


async def test_whole_trails_are_silent(client: Redis) -> None:
    store = await filled(client)
    trails: list[Trail] = [trail async for trail in store.apart()]

    assert [(trail.name, len(trail.entries)) for trail in trails] == [("leave:U0ANA", 2), (DOOR, 3)]
    assert await found(store) == []


async def test_an_entry_that_is_gone_is_named(client: Redis) -> None:
    store = await filled(client)
    await client.lpop(keys.trail_entries(DOOR))
    await client.rpop(keys.leave_history("T1", "U0ANA"))

    named = await found(store)

    assert f"{DOOR}: {DOOR}: entry 1 is missing or out of order (found 2)" in named
    assert any(line.startswith("leave:U0ANA: the last entries are missing") for line in named)


async def test_a_record_that_is_gone_leaves_its_entries_behind(client: Redis) -> None:
    store = await filled(client)
    await client.delete(keys.leave("T1", "U0ANA"), keys.trail(DOOR))

    named = await found(store)

    assert [line.split(": ")[0] for line in named] == ["leave:U0ANA", DOOR]


async def test_entries_that_are_gone_with_the_record_left_are_named(client: Redis) -> None:
    store = await filled(client)
    await client.delete(keys.leave_history("T1", "U0ANA"), keys.trail_entries(DOOR))

    assert len(await found(store)) == 2


async def test_an_approval_that_was_deleted_is_named_by_what_is_left_of_it(client: Redis) -> None:
    store = RedisStore(client)
    await created(store)
    await client.delete(keys.approval("A1"))

    strays = [name async for name in store.strays(set())]
    await client.flushdb()

    assert strays == ["A1"]


def test_the_name_of_somebody_without_a_record_is_no_fault() -> None:
    assert faults([], KEY, head=Leave("U0ANA").audit_head) == []
