"""The one door for Slack's requests: nothing behind it sees a byte that Slack did not sign."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from enum import Enum

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.slack.body import Malformed, read_body
from bot.slack.signature import wrong_with
from bot.telemetry import CLICK_ACK

log = structlog.get_logger("approvals.slack")

# Bytes. The click that turns a page of the full text brings the whole page with it: up to 200,000 bytes of
# JSON (`blocks/modal.py`), of which percent-encoding makes three times as many.
LARGEST = 1024 * 1024

# Seconds for the whole body: Slack itself gives up after three.
SLOWEST = 2.5


class Refusal(Enum):
    """The status and the one word a sender may learn; the log has the reason."""

    UNAUTHORIZED = (401, "unauthorized")
    MALFORMED = (400, "malformed")
    TOO_SLOW = (408, "too_slow")
    TOO_LARGE = (413, "too_large")


class Refused(Exception):
    """Ends a request; `reason` is for the log."""

    def __init__(self, refusal: Refusal, reason: str) -> None:
        super().__init__(reason)
        self.refusal = refusal
        self.reason = reason


class FrontDoor:
    """Handles `POST /slack/events`. Raises ValueError for an empty secret: anybody could sign with that."""

    def __init__(self, signing_secret: str, app: AsyncApp, *, clock: Callable[[], float] = time.time) -> None:
        if not signing_secret:
            raise ValueError("the signing secret is empty; copy it from the app's Basic Information page")
        self._secret = signing_secret
        self._app = app
        self._clock = clock

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request: read, verify, parse, and only then hand it to Bolt."""
        try:
            body = await self._read(request)
            began = time.perf_counter()
            self._verify(request, body)
            parsed = self._parse(request, body)
        except Refused as refused:
            return await _turn_away(request, refused)
        answer = await to_aiohttp_response(await self._app.async_dispatch(parsed))
        CLICK_ACK.observe(time.perf_counter() - began)
        return answer

    async def _read(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > LARGEST:
            raise Refused(Refusal.TOO_LARGE, "too_large")
        if "Content-Encoding" in request.headers:
            raise Refused(Refusal.MALFORMED, "encoded")  # Slack compresses nothing
        try:
            async with asyncio.timeout(SLOWEST):
                return await _all_of(request.content)
        except TimeoutError as late:
            raise Refused(Refusal.TOO_SLOW, "too_slow") from late
        except (aiohttp.ClientPayloadError, web.RequestPayloadError, ConnectionError) as broken:
            raise Refused(Refusal.MALFORMED, "broken_off") from broken

    def _verify(self, request: web.Request, body: bytes) -> None:
        timestamps = request.headers.getall("X-Slack-Request-Timestamp", [])
        signatures = request.headers.getall("X-Slack-Signature", [])
        wrong = wrong_with(self._secret, timestamps, signatures, body, now=self._clock())
        if wrong is not None:
            raise Refused(Refusal.UNAUTHORIZED, wrong)

    def _parse(self, request: web.Request, body: bytes) -> AsyncBoltRequest:
        try:
            return bolt_request(read_body(request.content_type, body))
        except Malformed as malformed:
            raise Refused(Refusal.MALFORMED, str(malformed)) from malformed


def bolt_request(body: dict[str, object]) -> AsyncBoltRequest:
    """A request Bolt neither parses nor verifies again, as it would not one from a web socket."""
    try:
        return AsyncBoltRequest(mode="socket_mode", body=body)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError) as odd:
        # Bolt looks for team, user and channel right away and takes their types for granted.
        raise Malformed("wrong_part") from odd


async def _all_of(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for piece in content.iter_any():
        body += piece
        if len(body) > LARGEST:
            raise Refused(Refusal.TOO_LARGE, "too_large")
    return bytes(body)


async def _turn_away(request: web.Request, refused: Refused) -> web.StreamResponse:
    status, word = refused.refusal.value
    log.warning("request refused", reason=refused.reason, status=status)
    answer = web.json_response({"error": word}, status=status)
    if not request.content.is_eof():
        # Otherwise aiohttp would go on reading what nobody will look at.
        answer.force_close()
        await answer.prepare(request)
        await answer.write_eof()
        request.protocol.force_close()
    return answer
