"""Bytes in Redis for each approval that waits, beyond its checkpoint, by kind of key."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import aiohttp

from bench import seed
from bench.figures import Figure, Target, counted
from bench.place import Place, open_place
from bench.plan import Plan
from bot.store import keys
from bot.store.codec import to_bytes, to_text
from bot.store.keys import kind_of

LIMIT = 2048
CHANNEL = "C0BENCH000000"  # one for all: what each channel costs once is not to be counted for each approval
CHECKPOINT, QUEUE = "checkpoint", "queue"


async def measure(plan: Plan) -> list[Figure]:
    """Real runs with real cards; whatever Redis holds for them is weighed."""
    many = plan.count(200)
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(open_place(plan.folder / "memory"))
        bot = await stack.enter_async_context(place.bot("serve"))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        empty = await weighed(place)
        for _ in range(many):
            await place.card(await place.start(session, bot, CHANNEL))
        await asyncio.sleep(keys.TURN + 1.0)  # what is kept of each post for so long is gone then
        sizes = await weighed(place)
    sizes.subtract(empty)
    each = {kind: size / many for kind, size in sizes.items()}
    checkpoint, queue = each.pop(CHECKPOINT, 0.0), each.pop(QUEUE, 0.0)
    parts = ", ".join(
        f"{kind} {size:.0f}" for kind, size in sorted(each.items(), key=lambda kv: -kv[1]) if size >= 1
    )
    payload = len(to_bytes(seed.PAYLOAD))
    return [
        counted(
            "Redis memory per pending approval beyond checkpoint and payload",
            "bytes",
            [sum(each.values()) - payload],
            Target(LIMIT),
            f"payload {payload}; in all: {parts}",
        ),
        counted("the same with the payload", "bytes", [sum(each.values())], None),
        counted("its checkpoint", "bytes", [checkpoint], None, "without the search index"),
        counted("what the queue remembers of its tasks for five minutes", "bytes", [queue], None),
    ]


async def weighed(place: Place) -> Counter[str]:
    """Bytes by kind of key."""
    sizes: Counter[str] = Counter()
    async for raw in place.redis.scan_iter(count=1000):
        key = to_text(raw)
        sizes[_kind(key)] += await place.redis.memory_usage(key, samples=0) or 0
    return sizes


def _kind(key: str) -> str:
    if "checkpoint" in key or key.startswith("write_keys_zset"):
        return CHECKPOINT
    kind = kind_of(key)
    return kind.value if kind is not None else QUEUE
