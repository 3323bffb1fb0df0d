"""The clients at the API on a real port, with a small desk behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer

from tests.client.callers import KINDS, Caller, calling
from tests.fakes import FakeIdempotency
from tests.web.conftest import TOKEN, application
from tests.web.desk import SmallDesk


@pytest.fixture
def desk() -> SmallDesk:
    return SmallDesk()


@pytest.fixture
async def bot(desk: SmallDesk) -> AsyncIterator[str]:
    """The address of a bot."""
    async with TestServer(application(desk, FakeIdempotency())) as server:
        yield str(server.make_url("/"))


@pytest.fixture(params=KINDS)
async def client(request: pytest.FixtureRequest, bot: str) -> AsyncIterator[Caller]:
    """Somebody who holds the token."""
    async with calling(request.param, bot, TOKEN) as caller:
        yield caller
