"""A batch is recorded once; its card is behind from every change of what it lists until that is shown."""

from __future__ import annotations

from dataclasses import replace

from redis.asyncio import Redis

from bot.core.batch import Batch
from bot.core.model import Card
from bot.ports import Store
from bot.store import keys
from bot.store.approvals import RedisStore
from tests.store.samples import created

BATCH = Batch("B" * 32, "T1", "refund", "C1", "U0CAT", ("A1", "A2", "A3"))
TS = "1800000000.000100"


async def behind(store: Store) -> tuple[str, ...]:
    return (await store.leftovers(older_than=0, limit=10)).batches


async def card(store: Store) -> Card:
    known = await store.read_batch(BATCH.id)
    assert known is not None
    return known.card


async def test_a_batch_is_recorded_once(store: Store) -> None:
    first = await store.create_batch(BATCH)
    again = await store.create_batch(replace(BATCH, approvals=("A9",)))
    known = await store.read_batch(BATCH.id)

    assert (first, again) == (True, False)
    assert known is not None
    assert (known.batch, known.version, known.card) == (BATCH, 0, Card("C1"))
    assert abs(known.now - await store.now()) < 10
    assert await store.read_batch("nobody knows this one") is None


async def test_a_new_batch_is_behind_until_it_is_shown(store: Store) -> None:
    await store.create_batch(BATCH)
    before = await behind(store)

    await store.save_batch(BATCH.id, Card("C1", TS, shown=0, face="f"))

    assert before == (BATCH.id,)
    assert await behind(store) == ()
    assert await card(store) == Card("C1", TS, shown=0, face="f")


async def test_each_card_that_is_shown_leaves_the_card_of_its_batch_behind(store: Store) -> None:
    await created(store)
    await store.create_batch(BATCH)
    await store.save_batch(BATCH.id, Card("C1", TS, shown=0))

    await store.save_card("A1", Card("C1", "1.1", shown=0), batch=BATCH.id)
    changed = await behind(store)
    await store.save_batch(BATCH.id, Card("C1", TS, shown=0))  # drawn before that change
    still = await behind(store)
    await store.save_batch(BATCH.id, Card("C1", TS, shown=1))

    assert (changed, still, await behind(store)) == ((BATCH.id,), (BATCH.id,), ())


async def test_a_card_never_shows_an_older_version_again(store: Store) -> None:
    await created(store)
    await store.create_batch(BATCH)
    await store.save_card("A1", Card("C1", "1.1", shown=0), batch=BATCH.id)
    await store.save_batch(BATCH.id, Card("C1", TS, shown=1, face="new"))

    await store.save_batch(BATCH.id, Card("C1", TS, shown=0, face="old"))

    assert (await card(store)).face == "new"


async def test_a_post_that_was_begun_is_on_record_until_the_card_is_saved(store: Store) -> None:
    await store.create_batch(BATCH)
    known = await store.intend_batch(BATCH.id)
    later = await store.intend_batch(BATCH.id)

    await store.save_batch(BATCH.id, Card("C1", TS, shown=0), seen=known)
    kept = (await card(store)).intended_at
    waiting = await behind(store)
    await store.save_batch(BATCH.id, Card("C1", TS, shown=0), seen=later)

    assert kept == later
    assert waiting == (BATCH.id,)
    assert (await card(store)).intended_at is None
    assert await behind(store) == ()


async def test_an_unknown_batch_costs_nothing(store: Store) -> None:
    await created(store)

    await store.save_card("A1", Card("C1", "1.1", shown=0), batch="gone")
    await store.intend_batch("gone")

    assert await store.read_batch("gone") is None
    assert await behind(store) == ()


async def test_a_batch_that_was_forgotten_is_not_shown_for_ever(client: Redis) -> None:
    store = RedisStore(client)
    await store.create_batch(BATCH)
    await client.delete(keys.batch(BATCH.id))

    await store.save_batch(BATCH.id, Card(""))

    assert await behind(store) == ()
