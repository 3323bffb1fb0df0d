"""Count the commands that clients send to Redis, as the server's own MONITOR sees them.

https://redis.io/docs/latest/commands/monitor/: commands that a script runs inside the server are marked, and
not counted, for they cost no way over the network.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

# What the rows themselves send: the end of a count, and a channel's turn that is taken as passed.
OWN = ("ECHO end-of-count", "DEL approvals:pace:")


@dataclass(slots=True)
class Count:
    """What was sent inside the block, by part of the product."""

    parts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return self.parts.total()

    @property
    def rate(self) -> float:
        return self.total / self.seconds


@asynccontextmanager
async def counting(redis: Redis) -> AsyncIterator[Count]:
    """Count until the end of the block."""
    count = Count()
    async with Redis(connection_pool=redis.connection_pool).monitor() as monitor:
        listening = asyncio.create_task(_listen(monitor.listen(), count))
        began = time.perf_counter()
        yield count
        count.seconds = time.perf_counter() - began
        await redis.echo("end-of-count")
        await listening


async def _listen(commands: AsyncIterator[dict[str, str]], count: Count) -> None:
    async for seen in commands:
        text = seen["command"]
        if text.startswith(OWN[0]):
            return
        if seen["client_type"] != "lua" and not text.startswith(OWN):
            count.parts[_part(text)] += 1


def _part(command: str) -> str:
    if "approvals-queue" in command:
        return "queue"
    if "checkpoint" in command or command in ("MULTI", "EXEC"):
        return "checkpoints"
    return "record"
