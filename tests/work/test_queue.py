"""The wishes of the bot as they stand in a real queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from docket import Docket

from bot.store.embedded import EmbeddedRedis
from bot.work.queue import DocketQueue, docket_at
from tests.redis_fixture import redis_server  # noqa: F401 (a fixture is used by its name)


@pytest_asyncio.fixture
async def docket(redis_server: EmbeddedRedis) -> AsyncIterator[Docket]:  # noqa: F811
    async with Docket(name="test-queue", url=f"{redis_server.url}/8") as docket:

        async def tell(channel: str, user: str, text: str, thread_ts: str | None) -> None:
            """Never run here."""

        docket.register(tell, names=["tell"])
        yield docket
        await docket.clear()


async def test_the_same_words_that_wait_to_be_said_are_said_once(docket: Docket) -> None:
    queue = DocketQueue(docket)
    for _ in range(50):
        await queue.tell("C1", "U0ANA", "You may not decide this.")
    await queue.tell("C1", "U0BEN", "You may not decide this.")
    await queue.tell("C1", "U0ANA", "You were second.", thread_ts="1.2")

    waiting = (await docket.snapshot()).future

    assert sorted(str(one.args[1]) for one in waiting) == ["U0ANA", "U0ANA", "U0BEN"]


async def test_a_restart_of_redis_costs_no_wish_though_it_leaves_dead_connections(tmp_path: Path) -> None:
    async def tell(*args: str | None) -> None:
        """Never run here."""

    async with EmbeddedRedis.open(tmp_path) as server, docket_at(server.url) as docket:
        docket.register(tell, names=["tell"])
        queue = DocketQueue(docket)
        await asyncio.gather(*(queue.tell("C1", "U0ANA", f"before {number}") for number in range(10)))
        server.kill()
        await server.restart()
        await asyncio.gather(*(queue.tell("C1", "U0ANA", f"after {number}") for number in range(10)))
        waiting = (await docket.snapshot()).future

    assert len(waiting) == 20
