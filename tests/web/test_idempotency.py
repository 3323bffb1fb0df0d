"""The same Idempotency-Key: one run, one answer."""

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.core.model import JSON, Run
from tests.fakes import FakeIdempotency
from tests.web.conftest import HEADERS, Client, application
from tests.web.desk import SmallDesk

ORDER = {"graph": "refund", "input": {"order_id": "o-1"}}
KEY = {"Idempotency-Key": "order-1"}


async def start(api: Client, body: object = ORDER, **headers: str) -> tuple[int, dict[str, Any]]:
    async with api.post("/api/runs", json=body, headers={**KEY, **headers}) as answer:
        return answer.status, await answer.json()


async def test_a_repeat_gets_the_first_answer_and_starts_nothing(api: Client, desk: SmallDesk) -> None:
    first = await start(api)
    second = await start(api)

    assert first == second
    assert first[0] == 202
    assert len(desk.runs) == 1


async def test_the_order_of_the_keys_does_not_matter(api: Client, desk: SmallDesk) -> None:
    first = await start(api, {"graph": "refund", "input": {"order_id": "o-1"}})
    second = await start(api, {"input": {"order_id": "o-1"}, "graph": "refund"})

    assert first == second
    assert len(desk.runs) == 1


async def test_the_same_key_for_another_request_is_refused(api: Client, desk: SmallDesk) -> None:
    await start(api)
    status, answer = await start(api, {"graph": "refund", "input": {"order_id": "o-2"}})

    assert (status, answer["error"]) == (422, "key_reused")
    assert len(desk.runs) == 1


async def test_another_key_is_another_run(api: Client, desk: SmallDesk) -> None:
    first = await start(api)
    second = await start(api, **{"Idempotency-Key": "order-2"})

    assert first != second
    assert len(desk.runs) == 2


async def test_after_an_error_the_key_is_free_again(api: Client, desk: SmallDesk) -> None:
    refused = await start(api, {"graph": "refnd", "input": {}})
    accepted = await start(api)

    assert refused[0] == 422
    assert accepted[0] == 202


async def test_a_caller_whose_answer_was_lost_finds_its_run(api: Client, desk: SmallDesk) -> None:
    first = await start(api)
    # The process died before the answer was stored, or the stored answer is long gone.
    forgetful = TestServer(application(desk, FakeIdempotency()))
    async with TestClient(forgetful, headers=HEADERS) as later:
        second = await start(later)

    assert first == second
    assert len(desk.runs) == 1


async def test_a_second_caller_waits_for_the_first(
    api: Client, desk: SmallDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(desk)
    monkeypatch.setattr(type(desk), "start", gate.start)

    first = asyncio.create_task(start(api))
    await gate.entered.wait()
    second = asyncio.create_task(start(api))
    gate.open.set()

    assert await first == await second
    assert gate.passed == 1


async def test_a_second_caller_does_not_wait_for_ever(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.once.PATIENCE", 0.1)
    gate = Gate(SmallDesk())
    monkeypatch.setattr(SmallDesk, "start", gate.start)

    first = asyncio.create_task(start(api))
    await gate.entered.wait()
    status, answer = await start(api)
    gate.open.set()

    assert (status, answer["error"]) == (409, "in_progress")
    assert (await first)[0] == 202


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "two words", "é"])
async def test_a_strange_key_is_refused(api: Client, key: str) -> None:
    status, answer = await start(api, **{"Idempotency-Key": key})

    assert (status, answer["error"]) == (400, "invalid_request")


async def test_two_keys_are_refused(api: Client) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]

    async with api.post("/api/runs", json=ORDER, headers=headers) as answer:
        assert answer.status == 400


class Gate:
    """A desk whose `start` stands still until the test opens it."""

    def __init__(self, desk: SmallDesk) -> None:
        self.entered, self.open, self.passed = asyncio.Event(), asyncio.Event(), 0
        self._start = desk.start

    async def start(self, graph: str, input: JSON, **others: str | None) -> Run:  # noqa: A002 (as above)
        self.entered.set()
        await self.open.wait()
        self.passed += 1
        return await self._start(graph, input, **others)
