"""Call Slack's Web API: what is safe to repeat is repeated, what is not is never sent blindly twice."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import uniform
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import SlackUnavailable
from bot.slack.scopes import METHODS
from bot.telemetry import SLACK_CALLS, SLACK_LIMITED

# Seconds between tries, when Slack names none; together with its own Retry-After never more than PATIENCE:
# who has more time than that waits on the queue, not in a worker's hands.
PAUSES = (0.25, 0.5, 1.0)
PATIENCE = 5.0

# Slack's own troubles, told as errors of a method: https://docs.slack.dev/reference/methods/chat.postMessage
TROUBLES = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
LIMITED = frozenset({"ratelimited", "rate_limited"})

# What may become a label; another Slack-compatible server may say anything.
WORD = re.compile(r"[a-z0-9_]{1,60}", re.ASCII)

Answer = Mapping[str, Any]


class SlackSays(Exception):
    """Slack took the call and refused it: `error` is Slack's own word, `answer` the whole reply."""

    def __init__(self, method: str, error: str, answer: Answer) -> None:
        super().__init__(f"{method}: {error}")
        self.method = method
        self.error = error
        self.answer = answer


class SlackAsksToWait(SlackUnavailable):
    """Slack is there and limits us (429): the call can be made again after `retry_after` seconds."""


@dataclass(frozen=True, slots=True)
class _Missed:
    """A try that brought no answer from the method itself."""

    reason: str
    sent: bool  # it may have been carried out
    wait: float | None = None  # as Slack asks


class Calls:
    """The way to the Web API, shared by everything that calls it.

    A method that Slack limited (429) is left alone until its time is over, by all callers:
    https://docs.slack.dev/apis/web-api/rate-limits. `granted` are the scopes Slack names with its answers;
    empty where it names none.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._clock = clock
        self._closed_until: dict[str, float] = {}
        self.granted: frozenset[str] = frozenset()

    async def call(self, method: str, **arguments: Any) -> Answer:
        """Slack's answer. Raises SlackSays, or SlackUnavailable (whose `sent` says what it may have done)."""
        left, pauses = PATIENCE, iter(PAUSES)
        while True:
            tried = await self._try(method, arguments)
            if not isinstance(tried, _Missed):
                return tried
            pause = next(pauses, None)
            wait = (tried.wait or pause or 1.0) * uniform(1.0, 1.2)  # a little apart from the others who wait
            if pause is None or wait > left or (tried.sent and not METHODS[method].repeatable):
                kind = SlackUnavailable if tried.wait is None else SlackAsksToWait
                raise kind(f"{method}: {tried.reason}", retry_after=wait, sent=tried.sent)
            left -= wait
            await self._sleep(wait)

    async def _try(self, method: str, arguments: Mapping[str, Any]) -> Answer | _Missed:
        closed = self._closed_until.get(method, 0.0) - self._clock()
        if closed > 0:
            return _Missed("rate limited", sent=False, wait=closed)
        tried, result = await self._send(method, arguments)
        SLACK_CALLS.labels(method, result if WORD.fullmatch(result) else "other").inc()
        if result in LIMITED and isinstance(tried, _Missed) and tried.wait is not None:
            SLACK_LIMITED.labels(method).inc()
            self._closed_until[method] = self._clock() + tried.wait
        if isinstance(tried, SlackSays):
            raise tried
        return tried

    async def _send(
        self, method: str, arguments: Mapping[str, Any]
    ) -> tuple[Answer | _Missed | SlackSays, str]:
        """One request, and one word about it for the metrics."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            if METHODS[method].reads:
                answer = await self._client.api_call(method, http_verb="GET", params=given)
            else:
                answer = await self._client.api_call(method, json=given)
        except SlackApiError as refused:
            return _understood(method, refused)
        except AttributeError:
            # slack_sdk takes any 200 for JSON; a proxy's plain text is a str where it expects a dict.
            return _Missed("the answer is no JSON", sent=True), "no_json"
        except aiohttp.ClientConnectorError:
            return _Missed("cannot connect", sent=False), "unreachable"
        except (aiohttp.ClientError, TimeoutError) as broken:
            return _Missed(f"no answer ({type(broken).__name__})", sent=True), "no_answer"
        self.granted = _scopes(answer.headers) or self.granted
        return answer.data, "ok"  # type: ignore[return-value]  # bytes come from one method we do not call


def _understood(method: str, refused: SlackApiError) -> tuple[_Missed | SlackSays, str]:
    # Where the body was no JSON, the error carries aiohttp's response (`status`), otherwise slack_sdk's.
    response = refused.response
    status: int = response.status_code if isinstance(response, AsyncSlackResponse) else response.status
    data = getattr(response, "data", None)
    answer: Answer = data if isinstance(data, dict) else {}
    error = str(answer.get("error", ""))
    if status == 429 or error in LIMITED:
        return _Missed("rate limited", sent=False, wait=_retry_after(response.headers)), "ratelimited"
    if status >= 500 or error in TROUBLES or not error:
        return _Missed(error or f"HTTP {status}", sent=True), error or f"http_{status}"
    return SlackSays(method, error, answer), error


def _retry_after(headers: Mapping[str, str]) -> float:
    """Whole seconds; one where Slack does not say."""
    told = headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdigit() else 1.0


def _scopes(headers: Mapping[str, str]) -> frozenset[str]:
    """https://docs.slack.dev/authentication/installing-with-oauth (X-OAuth-Scopes)"""
    named = headers.get("X-OAuth-Scopes", "").split(",")
    return frozenset(scope.strip() for scope in named if scope.strip())
