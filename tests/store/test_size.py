"""Ten thousand approvals that wait: a page still costs two round trips, and each fits into 2 KiB."""

from __future__ import annotations

import asyncio
from collections import Counter

from redis.asyncio import Redis

from bot.core.model import Card
from bot.store.approvals import RedisStore
from bot.store.codec import to_bytes, to_text
from bot.store.keys import Kind, kind_of
from tests.store.proxy import Wire
from tests.store.samples import PAYLOAD, created

MANY = 10_000


async def crowd(store: RedisStore, count: int, *, shown: bool = False) -> None:
    for start in range(0, count, 100):
        await asyncio.gather(*(wait_in_line(store, n, shown) for n in range(start, start + 100)))


async def wait_in_line(store: RedisStore, n: int, shown: bool) -> None:
    name = f"Zk3v9Qw8Lm2Xy7Rt5{n:05d}"
    thread = f"3f2b8c1e-7d44-4a51-9c0e-{n:012d}"
    await created(
        store, name, thread=thread, interrupt=f"{n:032x}", asked_at=1_800_000_000.0 + n, expires_at=2e9
    )
    if shown:
        await store.save_card(name, Card("C0REFUNDS", f"1800000000.{n:06d}", shown=0, face="f" * 64))


async def test_a_page_of_ten_thousand_costs_two_round_trips(client: Redis, far: Redis, wire: Wire) -> None:
    await crowd(RedisStore(client), MANY)

    store = RedisStore(far)
    first = await store.pending()  # the first call of all also brings the script
    costs = []
    for page in (store.pending(cursor=first.cursor), store.search(graph="refund", channel="C0REFUNDS")):
        wire.round_trips = 0
        costs.append(((await page).total, wire.round_trips))
    await client.flushdb()  # spares the search for leaks among 30,000 keys of three kinds

    assert costs == [(MANY, 2), (MANY, 2)]


async def test_an_approval_that_waits_takes_two_kibibytes_beyond_its_payload(client: Redis) -> None:
    count = 500
    await crowd(RedisStore(client), count, shown=True)

    sizes: Counter[Kind | None] = Counter()
    async for key in client.scan_iter(count=1000):
        sizes[kind_of(to_text(key))] += await client.memory_usage(key, samples=0) or 0

    assert sizes[Kind.APPROVAL] > 0
    assert sizes.total() / count - len(to_bytes(PAYLOAD)) <= 2048, sizes
