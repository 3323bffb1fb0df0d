"""One real server for all tests of a pytest process; tests keep apart by thread and approval ids."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.store.embedded import EmbeddedRedis


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def redis_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedRedis]:
    """A running server; a test that kills it or changes its settings opens one of its own."""
    async with EmbeddedRedis.open(tmp_path_factory.mktemp("redis")) as server:
        yield server
