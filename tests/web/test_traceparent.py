"""Who calls the API within a trace of their own is followed in it, and nobody else is."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.core.model import Run
from bot.ports import caller
from tests.fakes import FakeIdempotency
from tests.web.conftest import Client, application
from tests.web.desk import SmallDesk

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BODY = {"graph": "refund", "input": {"order_id": "O1"}}


class Heard(SmallDesk):
    """A desk that notes who its caller is followed by."""

    def __init__(self) -> None:
        super().__init__()
        self.callers: list[str | None] = []

    async def start(self, *args: object, **more: object) -> Run:
        self.callers.append(caller.get())
        return await super().start(*args, **more)  # type: ignore[arg-type]

    async def run(self, thread_id: str) -> Run | None:
        self.callers.append(caller.get())
        return await super().run(thread_id)


@pytest.fixture
def desk() -> Heard:
    return Heard()


async def test_the_trace_of_a_request_is_that_of_its_caller(api: Client, desk: Heard) -> None:
    await api.post("/api/runs", json=BODY, headers={"traceparent": CALLER})
    await api.post("/api/runs", json=BODY, headers={"traceparent": CALLER, "Idempotency-Key": "k1"})

    assert desk.callers == [CALLER, CALLER]


async def test_the_next_request_of_a_connection_is_not_followed(api: Client, desk: Heard) -> None:
    """A proxy sends many people's requests through one connection."""
    await api.post("/api/runs", json=BODY, headers={"traceparent": CALLER})
    await api.get("/api/runs/thread-0000000001")
    await api.post("/api/runs", json=BODY)

    assert desk.callers == [CALLER, None, None]


async def test_who_has_no_token_is_not_followed(desk: Heard, idempotency: FakeIdempotency) -> None:
    async with (
        TestClient(TestServer(application(desk, idempotency))) as stranger,
        stranger.post("/api/runs", json=BODY, headers={"traceparent": CALLER}) as answer,
    ):
        assert answer.status == 401

    assert desk.callers == []
