"""What is sent again, how long it waits, and what is never sent again: walked by hand, without a clock."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest

from bot.client import (
    ApprovalsError,
    AsyncClient,
    Client,
    InvalidRequest,
    StillRunning,
    Unavailable,
    UnexpectedAnswer,
    steps,
)
from bot.client.steps import Answer, Call, Pause, Steps

RUN = {
    "thread_id": "t",
    "graph": "refund",
    "state": "running",
    "channel": "C0REFUNDS",
    "requester": None,
    "started_at": "2026-11-21T12:00:00.000+00:00",
    "output": None,
    "result": None,
    "failure": None,
    "reference": None,
    "last_approval": None,
    "news": "of a newer bot",
}
AWAY = Answer(503, json.dumps({"error": "store_unavailable", "message": "Try again."}))
NOTHING = Answer(None, "ConnectError")


def start(key: str | None = "k-1") -> Steps[Any]:
    return steps.start("refund", None, channel=None, requester=None, thread_id=None, idempotency_key=key)


def walk(going: Steps[Any], *answers: Answer) -> tuple[list[Call], list[float], Any]:
    """What was sent, how long it paused, what it came to."""
    calls, pauses, left = list[Call](), list[float](), list(answers)
    came: Answer | None = None
    while True:
        try:
            step = going.send(came)
        except StopIteration as end:
            return calls, pauses, end.value
        except ApprovalsError as error:
            return calls, pauses, error
        if isinstance(step, Pause):
            pauses.append(step.seconds)
            came = None
        else:
            calls.append(step)
            came = left.pop(0)


def told(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value))


def test_the_very_same_start_is_sent_again_while_nobody_answers() -> None:
    calls, pauses, started = walk(start(None), NOTHING, AWAY, told({"thread_id": "t"}, 202))

    assert [calls[0]] * 3 == calls
    assert calls[0].key == started.idempotency_key
    assert json.loads(calls[0].body or b"") == {"graph": "refund", "input": None}
    assert len(pauses) == 2
    assert pauses[0] < pauses[1]


@pytest.mark.parametrize("status", [408, 409, 429, 502, 503, 504])
def test_it_comes_back_when_it_is_told_to(status: int) -> None:
    later = Answer(status, '{"error": "later", "message": "Later."}', "7")

    _, pauses, run = walk(steps.run("t"), later, told(RUN))

    assert (pauses, run.graph) == ([7.0], "refund")


def test_no_header_makes_it_wait_for_hours() -> None:
    _, pauses, _ = walk(steps.run("t"), Answer(503, "", "86400"), Answer(503, "", "soon"), told(RUN))

    assert pauses[0] == 30.0
    assert pauses[1] < 1


def test_after_four_times_the_last_sentence_is_told() -> None:
    calls, pauses, error = walk(steps.run("t"), NOTHING, NOTHING, NOTHING, AWAY)

    assert (len(calls), len(pauses)) == (4, 3)
    assert isinstance(error, Unavailable)
    assert str(error) == "Try again."


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "invalid_request"),
        (401, "unauthorized"),
        (404, "x"),
        (422, "x"),
        (500, "x"),
        (503, "api_disabled"),
    ],
)
def test_what_does_not_go_away_is_sent_once(status: int, code: str) -> None:
    calls, _, error = walk(start(), told({"error": code, "message": "A sentence."}, status))

    assert len(calls) == 1
    assert (str(error), error.code, error.status) == ("A sentence.", code, status)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, "<html>a proxy's page</html>"),
        Answer(200, "[" * 100_000),
        Answer(302, ""),
        Answer(404, "no such page"),
        told({}),
        told([]),
        told({**RUN, "started_at": "noon"}),
        told({**RUN, "state": "running"} | {"started_at": 7}),
    ],
)
def test_an_answer_of_something_else_is_no_answer(answer: Answer) -> None:
    calls, _, error = walk(steps.run("t"), answer)

    assert len(calls) == 1
    assert isinstance(error, UnexpectedAnswer)


def test_waiting_looks_seldom_and_seldomer_until_its_time_is_over() -> None:
    now = [0.0]
    going = steps.wait("t", 60.0, "over", clock=lambda: now[0])
    pauses, step = list[float](), going.send(None)

    def look() -> None:
        nonlocal step
        while True:
            if isinstance(step, Pause):
                pauses.append(step.seconds)
                now[0] += step.seconds
            step = going.send(None if isinstance(step, Pause) else told(RUN))

    with pytest.raises(StillRunning, match="After 60 seconds the run t is running"):
        look()

    assert pauses == sorted(pauses[:-1]) + pauses[-1:]
    assert (pauses[0], max(pauses)) == (0.2, 5.0)
    assert sum(pauses) == pytest.approx(60)


def test_waiting_goes_on_while_the_bot_is_away() -> None:
    calls, _, run = walk(
        steps.wait("t", 60.0, "over"), AWAY, NOTHING, told(RUN), NOTHING, told({**RUN, "state": "ended"})
    )

    assert (len(calls), run.state) == (5, "ended")


def test_waiting_ends_where_the_api_is_off() -> None:
    calls, _, error = walk(
        steps.wait("t", 60.0, "over"), told({"error": "api_disabled", "message": "Off."}, 503)
    )

    assert (len(calls), error.code) == (1, "api_disabled")


def pages(cursors: list[str | None]) -> httpx.MockTransport:
    """One approval twice on every page, and a cursor from the list each time."""
    left = list(cursors)
    approval: dict[str, Any] = dict.fromkeys(("requester", "expires_at", "closed_at", "verdict"))
    approval |= {"revision": 1, "asked_at": "2026-11-21T12:00:00+00:00"}
    approval |= dict.fromkeys(("state", "graph", "thread_id", "interrupt_id", "node", "channel"), "x")

    def page(request: httpx.Request) -> httpx.Response:
        number = len(left)
        ids = [f"a{number}", f"a{number + 1}"]  # the last one of the page before comes again
        each = [
            {"id": one, "revision": 1, "asked_at": "2026-11-21T12:00:00+00:00", **approval} for one in ids
        ]
        return httpx.Response(200, json={"approvals": each, "cursor": left.pop(0), "total": 9})

    return httpx.MockTransport(page)


async def test_all_pages_are_read_and_nothing_comes_twice() -> None:
    with Client("http://bot", "a-token", transport=pages(["one", "two", None])) as client:
        one_by_one = [approval.id for approval in client.pending(graph="refund")]
    async with AsyncClient("http://bot", "a-token", transport=pages(["one", "two", None])) as on_asyncio:
        awaited = [approval.id async for approval in on_asyncio.pending(graph="refund")]

    assert one_by_one == awaited == ["a3", "a4", "a2", "a1"]


def test_a_cursor_that_leads_nowhere_new_ends_the_list() -> None:
    with Client("http://bot", "a-token", transport=pages(["same", "same", "same"])) as client:
        assert len(list(client.pending())) == 3


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("bot:3000", "t"),
        ("ftp://bot", "t"),
        ("http://", "t"),
        ("http://bot:99999", "t"),
        ("http://bot?x=1", "t"),
        ("http://me:secret-word@bot", "t"),
        ("http://bot", ""),
        ("http://bot", "secret-word\n"),
        ("http://bot", "secret word"),
        ("http://bot", "секрет"),
    ],
)
def test_an_address_or_a_token_that_is_none_is_refused_and_not_quoted(
    kind: Any, url: str, token: str
) -> None:
    with pytest.raises(ValueError, match="must") as refused:
        kind(url, token)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_the_token_is_in_no_repr(kind: Any) -> None:
    client = kind("http://bot", "secret-word")

    assert repr(client) == f"{kind.__name__}('http://bot')"
    assert "secret-word" not in repr(vars(client))


def test_an_input_that_is_no_json_is_not_sent() -> None:
    with Client("http://bot", "t", transport=httpx.MockTransport(_nobody)) as client:
        with pytest.raises(InvalidRequest, match="JSON"):
            client.start("refund", {"amount": float("nan")})
        with pytest.raises(InvalidRequest, match="JSON"):
            client.start("refund", {"when": object()})  # type: ignore[dict-item]


def _nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url} was asked")


def test_the_client_needs_nothing_else_of_the_bot_and_no_server() -> None:
    """Services import it: it must not bring the bot along."""
    script = "import bot.client, sys; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = run.stdout.split()

    own = {name for name in loaded if name.startswith("bot")}
    heavy = {"aiohttp", "redis", "langgraph", "slack_sdk", "pydantic", "structlog", "jsonschema"}
    assert {name for name in own if not name.startswith("bot.client")} == {"bot"}
    assert heavy & set(loaded) == set()
