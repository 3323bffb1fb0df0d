"""The floor of a run: LangGraph on its own, unmodified AsyncRedisSaver, nothing around it.

As a process (`python -m bench.floor THREADS AT_ONCE`) it starts threads, waits for a line, and resumes all.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.redis.aio import AsyncRedisSaver
from langgraph.types import Command
from redis.asyncio import Redis

from bench.graph.plan import graph

ANSWER = {"decision": "approve", "approved": True, "feedback": None, "edits": None, "by": "U0ANA"}


class Floor:
    """The graph, started and resumed directly."""

    def __init__(self, saver: AsyncRedisSaver) -> None:
        self._graph = graph.copy(update={"checkpointer": saver})

    async def start(self, thread: str) -> tuple[float, str]:
        """Seconds until it asks, and the id of its question."""
        began = time.perf_counter()
        state: Any = await self._graph.ainvoke({"goal": "the move"}, _config(thread), durability="sync")
        return time.perf_counter() - began, state["__interrupt__"][0].id

    async def resume(self, thread: str, interrupt: str) -> float:
        """Seconds until it ended."""
        began = time.perf_counter()
        answer: Any = Command(resume={interrupt: ANSWER})
        state = await self._graph.ainvoke(answer, _config(thread), durability="sync")
        assert state["result"] == "Done."
        return time.perf_counter() - began


def _config(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread}}


@asynccontextmanager
async def open_floor(redis_url: str) -> AsyncIterator[Floor]:
    """Connected inside the block."""
    async with Redis.from_url(redis_url) as client:
        saver = AsyncRedisSaver(redis_client=client)
        await saver.asetup()
        yield Floor(saver)


async def _resume_all(redis_url: str, many: int, at_once: int) -> None:
    async with open_floor(redis_url) as floor:
        threads = [f"floor-{os.getpid()}-{number}" for number in range(many)]
        asked = [(await floor.start(thread))[1] for thread in threads]
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        left = iter(list(zip(threads, asked, strict=True)))

        async def work() -> None:
            for thread, interrupt in left:
                await floor.resume(thread, interrupt)

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(at_once)))
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    asyncio.run(_resume_all(os.environ["REDIS_URL"], int(sys.argv[1]), int(sys.argv[2])))
