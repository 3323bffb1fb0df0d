"""Every promise of the record is tried on the one in memory and on the one in a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.ports import Idempotency, Store, Tickets
from bot.store.approvals import RedisStore
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from bot.store.idempotency import RedisIdempotency
from bot.store.tickets import RedisTickets
from tests.fakes import FakeIdempotency, FakeStore, FakeTickets
from tests.redis_fixture import redis_server  # noqa: F401 (a fixture is used by its name)
from tests.store.leaks import leaks
from tests.store.proxy import Wire, wire_to

DATABASE = "/9"  # of our own: what these tests count and flush is theirs alone

both = pytest.fixture(params=["memory", "redis"])


@pytest.fixture
def url(redis_server: EmbeddedRedis) -> str:  # noqa: F811 (pytest hands the fixture in)
    return redis_server.url + DATABASE


@pytest_asyncio.fixture
async def client(url: str) -> AsyncIterator[Redis]:
    """A client on an empty database; what a test leaves behind must be as `keys.py` says."""
    async with connect(url) as client:
        await client.flushdb()
        yield client
        assert await leaks(client) == []


@pytest_asyncio.fixture
async def wire(url: str, client: Redis) -> AsyncIterator[Wire]:
    """A wire to the same database that the test may spoil."""
    async with wire_to(url) as wire:
        yield wire


@pytest_asyncio.fixture
async def far(wire: Wire) -> AsyncIterator[Redis]:
    """A client behind the wire: it repeats a command once, as in production."""
    async with connect(f"redis://127.0.0.1:{wire.port}{DATABASE}") as client:
        yield client


@both
def tickets(request: pytest.FixtureRequest) -> Tickets:
    if request.param == "memory":
        return FakeTickets()
    return RedisTickets(request.getfixturevalue("client"))


@both
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return FakeStore()
    return RedisStore(request.getfixturevalue("client"))


@both
def idempotency(request: pytest.FixtureRequest) -> Idempotency:
    if request.param == "memory":
        return FakeIdempotency()
    return RedisIdempotency(request.getfixturevalue("client"))
