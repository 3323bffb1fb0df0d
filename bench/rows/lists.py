"""A page of what waits, with a hundred and with a million waiting."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack

from redis.asyncio import Redis

from bench import seed
from bench.figures import MS, Figure, Target, beside, percentile
from bench.people import looked_at
from bench.plan import Plan
from bot.approvals.home import show_home
from bot.approvals.listing import find
from bot.core.filters import Filters
from bot.core.model import State
from bot.ports import Found, Page
from bot.store import keys
from bot.store.approvals import RedisStore
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from bot.store.packed import RECORD, packed, unpacked

SIZES = (100, 10_000, 100_000, 1_000_000)
BATCH = 2_000

# What people look at, by the cursor of a page in the middle. A list of another kind (the App Home, what one
# person may decide) is one more line: whatever reads ten of the store's records.
Looks = Mapping[str, Callable[[RedisStore, str | None], Awaitable[Page | Found | None]]]
LOOKS: Looks = {
    "first page": lambda store, middle: store.pending(),
    "page in the middle": lambda store, middle: store.pending(cursor=middle),
    "page of one graph and channel": lambda store, middle: store.search(
        state="pending", graph="bench", channel="C0BENCH000000", limit=10
    ),
    "`/approvals mine`": lambda store, middle: find(looked_at(store), "U0ANA", Filters(mine=True)),
    "page of one requester": lambda store, middle: find(
        looked_at(store), "U0ANA", Filters(requester="U0CAT")
    ),
    "App Home": lambda store, middle: show_home(looked_at(store), "U0ANA"),
}


async def measure(plan: Plan) -> list[Figure]:
    """A server for each size, so that the sizes can take turns."""
    sizes = [size for size in SIZES if size <= plan.largest]
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        stores = {size: await _crowd(plan, size, stack) for size in sizes}
        middles = {size: await _middle(store, size) for size, store in stores.items()}
        for turn in plan.turns([str(size) for size in sizes]):
            size = int(turn)
            times = await _times(stores[size], middles[size], plan.count(100))
            for name, each in times.items():
                found[name, size].append(percentile(each, 0.5) * MS)
    return [
        beside(
            f"{name} with {size:,} pending, p50",
            "ms",
            found[name, size],
            f"the same with {SIZES[0]}",
            found[name, SIZES[0]],
            Target(2),
        )
        for name in LOOKS
        for size in sizes[1:]
    ]


async def _times(store: RedisStore, middle: str | None, many: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in LOOKS}
    for _ in range(many):
        for name, look in LOOKS.items():
            began = time.perf_counter()
            got = await look(store, middle)
            times[name].append(time.perf_counter() - began)
            assert got is None or len(got.records) == 10
    return times


async def _middle(store: RedisStore, size: int) -> str | None:
    """The cursor of a page half way: what the page before it would have given out."""
    page = await store.search(state="pending", limit=min(size // 2, 50_000))
    return page.cursor


async def _crowd(plan: Plan, size: int, stack: AsyncExitStack) -> RedisStore:
    """So many approvals that wait: one made by the store itself, the others its copies under other ids."""
    server = await stack.enter_async_context(EmbeddedRedis.open(plan.folder / f"lists-{size}"))
    client = await stack.enter_async_context(connect(server.url))
    await client.config_set("appendonly", "no")
    store = RedisStore(client)
    await seed.cards(store, [0])
    first = seed.waiting(0)
    record = await client.hgetall(keys.approval(first.id))
    shelf = keys.shelf(keys.shelf_name(State.PENDING, "bench", first.channel))
    for start in range(1, size, BATCH):
        await _copy(client, shelf, record, range(start, min(start + BATCH, size)))
    return store


async def _copy(client: Redis, shelf: str, record: Mapping[bytes | str, bytes | str], numbers: range) -> None:
    first = seed.waiting(0)
    plain = unpacked(record[b"request"])
    assert isinstance(plain, bytes)
    async with client.pipeline(transaction=False) as pipe:
        for number in numbers:
            other_id = f"Zk3v9Qw8Lm2Xy7Rt5{number:07d}"
            asked_at = 1_700_000_000.0 + number / 1000
            request = packed(plain.replace(first.id.encode(), other_id.encode()), RECORD)
            pipe.hset(keys.approval(other_id), items=[part for pair in record.items() for part in pair])
            pipe.hset(keys.approval(other_id), "request", request)
            pipe.zadd(shelf, {keys.place(asked_at, other_id): 0})
            pipe.zadd(keys.asked(first.requester or ""), {keys.place(asked_at, other_id): 0})
        await pipe.execute()
