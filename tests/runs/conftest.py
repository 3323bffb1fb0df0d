"""A saver on a real server, a thread of its own for each test, and a runner for the graphs it builds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.loader import Graph
from bot.runs.registry import Registry
from bot.runs.runner import LocalRunner
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from tests.redis_fixture import redis_server  # noqa: F401 (a fixture is used by its name)
from tests.runs.agent_server import agents  # noqa: F401 (a fixture is used by its name)

NewSaver = Callable[[], ApprovalsSaver]
NewRunner = Callable[..., LocalRunner]


@pytest.fixture
async def client(redis_server: EmbeddedRedis) -> AsyncIterator[Redis]:  # noqa: F811 (pytest hands it in)
    client = connect(redis_server.url)
    yield client
    await client.aclose()


@pytest.fixture
async def new_saver(client: Redis) -> NewSaver:
    """Savers that share nothing but the data: another one stands for another process."""

    def make() -> ApprovalsSaver:
        return ApprovalsSaver(client, outages=(RedisError,))

    await make().asetup()
    return make


@pytest.fixture
async def saver(new_saver: NewSaver) -> ApprovalsSaver:
    saver = new_saver()
    await saver.asetup()
    return saver


@pytest.fixture
def runner(saver: ApprovalsSaver) -> NewRunner:
    """`runner(refund=graph, ...)`: a runner for these graphs."""

    def make(**graphs: Graph) -> LocalRunner:
        return LocalRunner(Registry(graphs, saver))

    return make


@pytest.fixture
def thread() -> str:
    return uuid4().hex
