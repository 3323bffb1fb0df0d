"""/healthz, /readyz and /metrics, and the checks behind them."""

import asyncio
import math
from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.core.finding import Finding, Level
from bot.ports import SlackUnavailable, StoreUnavailable
from bot.web.checks import Check, Readiness, look_at
from bot.web.errors import middlewares
from bot.web.health import health_routes
from tests.web.desk import SmallDesk, an_approval


def finds(level: Level, code: str = "code") -> Check:
    async def look() -> list[Finding]:
        return [Finding(Level.OK, "also", "A sentence."), Finding(level, code, "A sentence.")]

    return Check(f"a check that says {level}", look)


def raises(error: Exception) -> Check:
    async def look() -> list[Finding]:
        raise error

    return Check("redis", look)


async def get(path: str, checks: Sequence[Check] = (), desk: SmallDesk | None = None) -> tuple[int, Any]:
    app = web.Application(middlewares=middlewares(lambda: "R0001"))
    app.add_routes(health_routes(checks, (desk or SmallDesk()).census))
    async with TestClient(TestServer(app)) as client, client.get(path) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await (answer.json() if is_json else answer.text())


async def test_a_living_process_is_alive_whatever_is_down() -> None:
    assert await get("/healthz", [finds(Level.ERROR)]) == (200, {"status": "ok"})


async def test_ready_when_no_check_failed() -> None:
    status, answer = await get("/readyz", [finds(Level.OK), finds(Level.WARNING)])

    assert (status, answer) == (200, {"status": "ready", "warnings": {"a check that says warning": ["code"]}})


async def test_not_ready_names_the_checks_that_failed() -> None:
    status, answer = await get("/readyz", [finds(Level.OK), finds(Level.ERROR, "aof_off")])

    assert status == 503
    assert answer["error"] == "not_ready"
    assert answer["failed"] == {"a check that says error": ["aof_off"]}


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), SlackUnavailable("gone")])
async def test_a_check_that_cannot_reach_its_subject_has_failed(error: Exception) -> None:
    status, answer = await get("/readyz", [raises(error)])

    assert (status, answer["failed"]) == (503, {"redis": ["unavailable"]})


async def test_a_check_that_does_not_answer_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.checks.DEADLINE", 0.01)

    async def look() -> list[Finding]:
        await asyncio.Event().wait()
        raise AssertionError

    found = await look_at([Check("slack", look), finds(Level.OK)])

    assert {name: [each.code for each in findings] for name, findings in found.items()} == {
        "slack": ["no_answer"],
        "a check that says ok": ["also", "code"],
    }


async def test_one_look_serves_all_who_ask_at_the_same_time() -> None:
    clock, looks = [100.0], []

    async def look() -> list[Finding]:
        looks.append(clock[0])
        return [Finding(Level.OK, "ok", "Fine.")]

    readiness = Readiness([Check("slack", look)], clock=lambda: clock[0])

    await asyncio.gather(*(readiness.look() for _ in range(5)))
    clock[0] += 2.0
    await readiness.look()

    assert looks == [100.0, 102.0]


async def test_metrics_tell_how_many_approvals_wait() -> None:
    desk = SmallDesk()
    desk.add(an_approval())

    status, text = await get("/metrics", desk=desk)

    assert status == 200
    assert samples(text, "approvals_pending") == {("under_1h", "refund"): 1.0}
    assert samples(text, "approvals_in_work") == {("refund", "decided"): 2.0}
    assert samples(text, "approvals_oldest_in_work_seconds") == {(): 7.5}
    assert samples(text, "approvals_redis_up") == {(): 1.0}


async def test_what_is_unknown_is_not_zero() -> None:
    await get("/metrics", desk=SmallDesk())

    status, text = await get("/metrics", desk=SmallDesk(down=True))

    assert status == 200
    assert samples(text, "approvals_pending") == samples(text, "approvals_in_work") == {}
    assert math.isnan(samples(text, "approvals_oldest_in_work_seconds")[()])
    assert samples(text, "approvals_redis_up") == {(): 0.0}


def samples(text: str, name: str) -> dict[tuple[str, ...], float]:
    """The values of one metric by its labels, in the order of their names."""
    families = text_string_to_metric_families(text)
    [family] = [family for family in families if family.name == name]
    return {tuple(sample.labels.values()): float(sample.value) for sample in family.samples}
