"""A page of what waits, with a hundred and with a million waiting."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
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
from bot.ports import Page
from bot.store import keys
from bot.store.approvals import RedisStore
from bot.store.codec import to_text
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis

SIZES = (100, 10_000, 100_000, 1_000_000)
BATCH = 2_000
FIRST, MIDDLE, FILTERED = "first page", "page in the middle", "page of one graph and channel"
MINE, ASKED, HOME = "`/approvals mine`", "page of one requester", "App Home"


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
        for name in (FIRST, MIDDLE, FILTERED, MINE, ASKED, HOME)
        for size in sizes[1:]
    ]


async def _times(store: RedisStore, middle: str | None, many: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {FIRST: [], MIDDLE: [], FILTERED: []}
    for _ in range(many):
        for name, page in (
            (FIRST, store.pending()),
            (MIDDLE, store.pending(cursor=middle)),
            (FILTERED, store.search(state="pending", graph="bench", channel="C0BENCH000000", limit=10)),
        ):
            began = time.perf_counter()
            got: Page = await page
            times[name].append(time.perf_counter() - began)
            assert len(got.records) == 10
    return times | await _of_people(store, many)


async def _of_people(store: RedisStore, many: int) -> dict[str, list[float]]:
    """Ana may decide everything, Cat has asked for all of it."""
    world = looked_at(store)
    times: dict[str, list[float]] = {MINE: [], ASKED: [], HOME: []}
    for _ in range(many):
        for name, look in (
            (MINE, find(world, "U0ANA", Filters(mine=True))),
            (ASKED, find(world, "U0ANA", Filters(requester="U0CAT"))),
            (HOME, show_home(world, "U0ANA")),
        ):
            began = time.perf_counter()
            found = await look
            times[name].append(time.perf_counter() - began)
            assert found is None or len(found.records) == 10
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
    async with client.pipeline(transaction=False) as pipe:
        for number in numbers:
            other_id = f"Zk3v9Qw8Lm2Xy7Rt5{number:07d}"
            asked_at = 1_700_000_000.0 + number / 1000
            request = to_text(record[b"request"]).replace(first.id, other_id)
            pipe.hset(keys.approval(other_id), items=[part for pair in record.items() for part in pair])
            pipe.hset(keys.approval(other_id), "request", request)
            pipe.zadd(shelf, {keys.place(asked_at, other_id): 0})
            pipe.zadd(keys.asked(first.requester or ""), {keys.place(asked_at, other_id): 0})
        await pipe.execute()
