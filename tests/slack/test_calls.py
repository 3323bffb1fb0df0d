"""What is repeated and what is not, when Slack limits us, breaks off or does not answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from bot.ports import SlackUnavailable
from bot.simulator.local import LocalSlack
from bot.slack.calls import Calls, SlackSays
from bot.slack.client import is_loopback, web_client
from bot.telemetry import REGISTRY


@dataclass(slots=True)
class Time:
    """A clock that sleeping turns."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.5)) as opened:
        yield opened


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def calls(slack: LocalSlack, session: aiohttp.ClientSession, time: Time) -> Calls:
    client = web_client(slack.config.bot_token, slack.api_url, session)
    return Calls(client, sleep=time.sleep, clock=time.clock)


async def posts(slack: LocalSlack) -> int:
    return len(await slack.log("api", "chat.postMessage"))


async def test_a_short_limit_is_waited_for_even_with_a_post(
    slack: LocalSlack, calls: Calls, time: Time
) -> None:
    await slack.fault("rate_limited", "chat.postMessage", times=2, seconds=1)

    answer = await calls.call("chat.postMessage", channel="C0REFUNDS", text="x")

    assert answer["ok"]
    assert all(1.0 <= slept <= 1.2 for slept in time.slept)
    assert len(time.slept) == 2


async def test_a_long_limit_is_handed_back(slack: LocalSlack, calls: Calls, time: Time) -> None:
    await slack.fault("rate_limited", "chat.postMessage", seconds=30)

    with pytest.raises(SlackUnavailable) as limited:
        await calls.call("chat.postMessage", channel="C0REFUNDS", text="x")

    assert not limited.value.sent
    assert 30 <= limited.value.retry_after <= 36
    assert time.slept == []


async def test_a_limited_method_is_left_alone_until_its_time_is_over(
    slack: LocalSlack, calls: Calls, time: Time
) -> None:
    await slack.fault("rate_limited", "chat.postMessage", seconds=30)
    for _ in range(5):
        with pytest.raises(SlackUnavailable):
            await calls.call("chat.postMessage", channel="C0REFUNDS", text="x")
    asked = await posts(slack)
    other = await calls.call("users.info", user="U0ANA")
    time.now += 30

    answer = await calls.call("chat.postMessage", channel="C0REFUNDS", text="x")

    assert asked == 1
    assert other["ok"]
    assert answer["ok"]


async def test_waiting_never_takes_more_than_five_seconds(
    slack: LocalSlack, calls: Calls, time: Time
) -> None:
    await slack.fault("rate_limited", "users.info", times=None, seconds=2)

    with pytest.raises(SlackUnavailable):
        await calls.call("users.info", user="U0ANA")

    assert 0 < sum(time.slept) <= 5


async def test_a_read_is_repeated_through_every_kind_of_trouble(slack: LocalSlack, calls: Calls) -> None:
    for fault in ("server_error", "drop", "lose_reply"):
        await slack.fault(fault, "users.info")

    answer = await calls.call("users.info", user="U0ANA")

    assert answer["user"]["id"] == "U0ANA"
    assert len(await slack.log("api", "users.info")) == 4


async def test_trouble_without_end_is_given_up(slack: LocalSlack, calls: Calls) -> None:
    await slack.fault("server_error", "users.info", times=None)

    with pytest.raises(SlackUnavailable, match=r"users.info: HTTP 503"):
        await calls.call("users.info", user="U0ANA")

    assert len(await slack.log("api", "users.info")) == 4


async def test_silence_is_trouble_too(slack: LocalSlack, calls: Calls) -> None:
    await slack.fault("hang", "chat.postMessage", seconds=1)

    with pytest.raises(SlackUnavailable, match="no answer") as silent:
        await calls.call("chat.postMessage", channel="C0REFUNDS", text="x")

    history = await calls.call("conversations.history", channel="C0REFUNDS")
    assert silent.value.sent
    assert [message["text"] for message in history["messages"]] == ["x"]


async def test_a_slack_that_cannot_be_reached_got_nothing(session: aiohttp.ClientSession, time: Time) -> None:
    calls = Calls(web_client("xoxb-1", "http://127.0.0.1:9/api/", session), sleep=time.sleep)

    with pytest.raises(SlackUnavailable, match="cannot connect") as unreachable:
        await calls.call("chat.postMessage", channel="C0REFUNDS", text="x")

    assert not unreachable.value.sent


async def test_what_slack_refuses_is_not_asked_again(slack: LocalSlack, calls: Calls) -> None:
    with pytest.raises(SlackSays) as refused:
        await calls.call("users.info", user="U0NOBODY")

    assert refused.value.error == "user_not_found"
    assert len(await slack.log("api", "users.info")) == 1


async def test_slacks_scopes_are_remembered(slack: LocalSlack, calls: Calls) -> None:
    await calls.call("auth.test")

    assert calls.granted == frozenset(slack.config.bot_scopes)


Answering = Callable[[], web.Response]

ODD: dict[str, tuple[Answering, bool]] = {
    "a page of a proxy": (lambda: web.Response(text="<html>", content_type="text/html"), True),
    "plain text of a proxy": (lambda: web.Response(text="hello"), True),
    "no JSON": (lambda: web.Response(body=b"{", content_type="application/json"), True),
    "an error of Slack's own": (lambda: web.json_response({"ok": False, "error": "internal_error"}), True),
    "a limit in words": (lambda: web.json_response({"ok": False, "error": "ratelimited"}), False),
    "a limit without a time": (lambda: web.Response(status=429), False),
    "a limit with an odd time": (lambda: web.Response(status=429, headers={"Retry-After": "soon"}), False),
}


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_answer_is_trouble(session: aiohttp.ClientSession, time: Time, name: str) -> None:
    answering, may_be_sent = ODD[name]
    async with stand_in(answering) as url:
        calls = Calls(web_client("xoxb-1", url, session), sleep=time.sleep, clock=time.clock)

        with pytest.raises(SlackUnavailable) as odd:
            await calls.call("chat.postMessage", channel="C0REFUNDS", text="x")

    assert odd.value.sent is may_be_sent


def stand_in(answering: Answering) -> Server:
    return Server(answering)


class Server:
    """A Slack that answers everything the same way."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    async def __aenter__(self) -> str:
        async def answer(request: web.Request) -> web.Response:
            return self._answering()

        app = web.Application()
        app.router.add_route("*", "/api/{method}", answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/"

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()


async def test_calls_are_counted_by_method_and_result(slack: LocalSlack, calls: Calls) -> None:
    def count(result: str) -> float:
        labels = {"method": "users.info", "result": result}
        return REGISTRY.get_sample_value("approvals_slack_calls_total", labels) or 0.0

    before = count("ok"), count("user_not_found")
    await calls.call("users.info", user="U0ANA")
    with pytest.raises(SlackSays):
        await calls.call("users.info", user="U0NOBODY")

    assert (count("ok"), count("user_not_found")) == (before[0] + 1, before[1] + 1)


async def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    slack: LocalSlack, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    here = Calls(web_client(slack.config.bot_token, slack.api_url, session))
    elsewhere = web_client("xoxb-1", "https://slack.example/api/", session)

    assert (await here.call("auth.test"))["ok"]
    assert elsewhere.proxy == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:4500/api/", True),
        ("http://127.0.0.2/api/", True),
        ("http://[::1]:80/api/", True),
        ("https://slack.com/api/", False),
        ("http://127.evil.example/api/", False),
    ],
)
def test_what_this_machine_is(url: str, here: bool) -> None:
    assert is_loopback(url) is here
