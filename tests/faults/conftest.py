"""A desk with a thread of its own for each test, on one real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.exceptions import RedisError

from bot.approvals import answering
from bot.runs.checkpointer import ApprovalsSaver
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from tests.faults.desk import Desk
from tests.redis_fixture import redis_server  # noqa: F401 (a fixture is used by its name)


@pytest.fixture
async def desk(
    redis_server: EmbeddedRedis,  # noqa: F811 (pytest hands it in)
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Desk]:
    """Automatic retries come at once here; how long they wait is tried elsewhere."""
    monkeypatch.setattr(answering, "BACKOFF", (0.0,) * len(answering.BACKOFF))
    async with connect(redis_server.url) as client:
        saver = ApprovalsSaver(client, outages=(RedisError,))
        await saver.asetup()
        yield Desk(client, saver, uuid4().hex)
