"""Trails beside the record: chained like the others, bounded, and the same in memory and in Redis."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from redis.asyncio import Redis

from bot.core.audit import Entry, Fact, faults
from bot.core.beside import MOST, Note, Noted, beside, door, written
from bot.core.model import State
from bot.ports import Store
from bot.store import keys
from bot.store.approvals import RedisStore
from tests.store.proxy import Wire
from tests.store.samples import KEY, created, moved

NAME = beside("A1")


async def noted(store: Store, note: Note, name: str = NAME) -> Noted:
    stand = await store.stand(name, note.mark)
    return await store.note(stand, note, written(stand, note, KEY))


def refused(who: str, why: str = "stranger") -> Note:
    return Note(Fact.REFUSED, who, f"refused {why} {who}", {"why": why})


async def test_entries_are_chained_and_the_trail_remembers_its_end(store: Store) -> None:
    await created(store)
    for who in ("U0ANA", "U0BEN", "U0CAT"):
        assert await noted(store, refused(who)) is Noted.DONE

    trail = await store.read_trail(NAME)

    assert [entry.by for entry in trail.entries] == ["U0ANA", "U0BEN", "U0CAT"]
    assert faults(trail.entries, KEY, head=trail.head, name=NAME) == []


@pytest.mark.parametrize("place", [0, 1, -1])
async def test_what_somebody_took_out_is_missed_after_the_next_was_written(client: Redis, place: int) -> None:
    """The next entry takes the number that is free, and follows on one that is not there."""
    store = RedisStore(client)
    await created(store)
    for who in ("U0ANA", "U0BEN", "U0CAT"):
        await noted(store, refused(who))
    await client.lset(keys.trail_entries(NAME), place, "gone")
    await client.lrem(keys.trail_entries(NAME), 1, "gone")
    await noted(store, refused("U0DAN"))

    trail = await store.read_trail(NAME)

    assert [entry.seq for entry in trail.entries][-1] == 3
    assert faults(trail.entries, KEY, head=trail.head, name=NAME) != []


async def test_a_thousand_presses_are_one_entry_and_a_number(store: Store) -> None:
    await created(store)
    words = [await noted(store, refused("U0ANA")) for _ in range(1000)]

    trail = await store.read_trail(NAME)

    assert words.count(Noted.DONE) == 1
    assert len(trail.entries) == 1
    assert (await store.stand(NAME, refused("U0ANA").mark)).more == 999


async def test_the_next_entry_tells_how_many_were_only_counted(store: Store) -> None:
    """Somebody who reads the trail learns of every press."""
    await created(store)
    for _ in range(5):
        await noted(store, refused("U0ANA"))
    stand = replace(await store.stand(NAME, refused("U0ANA").mark), now=9e9)

    entry = written(stand, refused("U0ANA"), KEY)

    assert entry.data == {"why": "stranger", "left_out": 4}


async def test_another_reason_is_another_entry(store: Store) -> None:
    await created(store)

    assert await noted(store, refused("U0ANA")) is Noted.DONE
    assert await noted(store, refused("U0ANA", "malformed")) is Noted.DONE


async def test_a_full_trail_only_counts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast(dict[Fact, int], MOST), Fact.REFUSED, 3)
    await created(store)
    words = [await noted(store, refused(f"U0N{number}")) for number in range(5)]

    trail = await store.read_trail(NAME)

    assert words == [Noted.DONE] * 3 + [Noted.COUNTED] * 2
    assert (len(trail.entries), trail.uncounted) == (3, 2)


async def test_what_is_noted_once_is_never_noted_again(store: Store) -> None:
    await created(store)
    note = Note(Fact.VIEWED, "U0ANA", "viewed U0ANA", once=True)

    assert [await noted(store, note), await noted(store, note)] == [Noted.DONE, Noted.COUNTED]
    assert (await store.stand(NAME, note.mark)).until > 9e9


async def test_the_first_look_stands_with_the_record(store: Store) -> None:
    """Read with the approval itself: who measures it asks nothing more."""
    await created(store)
    for who in ("U0ANA", "U0BEN"):
        await noted(store, Note(Fact.VIEWED, who, f"viewed {who}", once=True))

    record, trail = await store.read("A1"), await store.read_trail(NAME)

    assert record is not None
    assert record.viewed_at == trail.entries[0].at


async def test_who_read_before_another_wrote_reads_again(store: Store) -> None:
    await created(store)
    stand = await store.stand(NAME, refused("U0ANA").mark)
    await noted(store, refused("U0BEN"))

    entry = written(stand, refused("U0ANA"), KEY)

    assert await store.note(stand, refused("U0ANA"), entry) is Noted.CONFLICT


async def test_nothing_is_kept_of_an_approval_that_is_not_on_record(store: Store) -> None:
    assert await noted(store, refused("U0ANA"), beside("nobody")) is Noted.GONE
    assert (await store.read_trail(beside("nobody"))).entries == ()


async def test_nothing_of_the_approval_changes(store: Store) -> None:
    before = await created(store)

    await noted(store, refused("U0ANA"))
    record = await store.read("A1")

    assert record is not None
    assert record.approval == before


async def test_a_repeat_after_a_lost_reply_is_done_once(far: Redis, wire: Wire, client: Redis) -> None:
    store = RedisStore(far)
    await created(store)
    stand = await store.stand(NAME, refused("U0ANA").mark)
    await store.note(stand, refused("U0BEN"), written(stand, refused("U0BEN"), KEY))
    stand = await store.stand(NAME, refused("U0ANA").mark)
    entry = written(stand, refused("U0ANA"), KEY)

    wire.lose = 1

    assert await store.note(stand, refused("U0ANA"), entry) is Noted.DONE
    assert len((await RedisStore(client).read_trail(NAME)).entries) == 2


async def test_it_goes_with_its_approval(client: Redis) -> None:
    store = RedisStore(client, retention=1000)
    made = await created(store)
    await noted(store, refused("U0ANA"))
    alive = await client.ttl(keys.trail(NAME))
    await moved(store, made, State.DECIDED, State.APPLIED)
    await noted(store, refused("U0BEN"))

    left = [await client.ttl(key) for key in (keys.trail(NAME), keys.trail_entries(NAME))]

    assert alive == -1
    assert all(keys.DAY < seconds <= keys.DAY + 1000 for seconds in left)


async def test_what_is_forgotten_leaves_no_trail_beside(client: Redis) -> None:
    store = RedisStore(client, retention=1000)
    made = await created(store)
    await noted(store, refused("U0ANA"))
    await moved(store, made, State.DECIDED, State.APPLIED)
    await client.zincrby(keys.ENDED, -1001, f"applied|refund|C0REFUNDS|{keys.place(made.asked_at, 'A1')}")

    await store.leftovers(older_than=0, limit=10)

    assert not await client.exists(keys.trail(NAME), keys.trail_entries(NAME))


async def test_the_door_keeps_a_trail_for_each_day(client: Redis) -> None:
    store = RedisStore(client, retention=1000)
    today, tomorrow = door("T1", 86_399.0), door("T1", 86_400.0)
    for name in (today, tomorrow):
        await noted(store, refused("U0ANA"), name)

    assert (today, tomorrow) == ("door:T1:1970-01-01", "door:T1:1970-01-02")
    assert 0 < await client.ttl(keys.trail_entries(today)) <= 1000
    assert len((await store.read_trail(tomorrow)).entries) == 1


async def test_what_must_not_be_written_is_cut_out_before(client: Redis) -> None:
    def cut(entry: Entry) -> Entry:
        return replace(entry, data={})

    await created(RedisStore(client))
    await noted(RedisStore(client, redact=cut), refused("U0ANA"))

    assert (await RedisStore(client).read_trail(NAME)).entries[0].data == {}
