"""The API on a real port, with a small desk behind it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web.errors import middlewares
from bot.web.routes import routes
from tests.fakes import FakeIdempotency
from tests.web.desk import SmallDesk

TOKEN = "api-token-of-ours"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def desk() -> SmallDesk:
    return SmallDesk()


@pytest.fixture
def idempotency() -> FakeIdempotency:
    return FakeIdempotency()


@pytest.fixture
async def api(desk: SmallDesk, idempotency: FakeIdempotency) -> AsyncIterator[Client]:
    """Somebody who holds the token."""
    async with TestClient(TestServer(application(desk, idempotency)), headers=HEADERS) as client:
        yield client


def application(desk: SmallDesk, idempotency: FakeIdempotency, token: str | None = TOKEN) -> web.Application:
    app = web.Application(middlewares=middlewares(lambda: "R0001"))
    app.add_routes(routes(desk, idempotency, [], token))
    return app
