"""Deliveries over HTTP, signed as Slack signs them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

import aiohttp

from bot.simulator.config import SimulatorConfig
from bot.simulator.model import Json
from bot.simulator.parcel import Answer, Parcel, Problem

MAX_REDIRECTS = 2
FORM = "application/x-www-form-urlencoded"


class HttpTransport:
    """Posts to the app's request URL, each time on a new connection, so that a restarted app is found."""

    def __init__(self, settings: Callable[[], SimulatorConfig]) -> None:
        self._settings = settings
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))

    async def close(self) -> None:
        await self._session.close()

    async def send(self, parcel: Parcel) -> Answer:
        config = self._settings()
        body, content_type = encode(parcel)
        headers = _headers(config.signing_secret, body, content_type, parcel)
        try:
            async with asyncio.timeout(config.timing.answer_within):
                return await self._post(config.events_url or "", body, headers)
        except TimeoutError:
            return Answer(0, problem=Problem.TIMEOUT)
        except aiohttp.TooManyRedirects:
            return Answer(0, problem=Problem.REDIRECTS)
        except aiohttp.ClientError:
            return Answer(0, problem=Problem.UNREACHABLE)

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        async with self._session.post(url, data=body, headers=headers, max_redirects=MAX_REDIRECTS) as got:
            text = await got.text(errors="replace")
            no_retry = got.headers.get("x-slack-no-retry") == "1"
            if got.status // 100 != 2:
                return Answer(got.status, text, Problem.ERROR, no_retry)
            return Answer(got.status, _read(text, got.content_type))


def encode(parcel: Parcel) -> tuple[bytes, str]:
    """The raw body Slack would send: JSON for events, a form for interactions and commands."""
    if parcel.kind == "event":
        return json.dumps(parcel.body).encode(), "application/json"
    if parcel.kind == "interaction":
        return urlencode({"payload": json.dumps(parcel.body)}).encode(), FORM
    return urlencode(parcel.body).encode(), FORM


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _headers(secret: str, body: bytes, content_type: str, parcel: Parcel) -> dict[str, str]:
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret, timestamp, body),
    }
    if parcel.retry_num:
        headers["X-Slack-Retry-Num"] = str(parcel.retry_num)
        headers["X-Slack-Retry-Reason"] = str(parcel.retry_reason)
    return headers


def _read(text: str, content_type: str) -> Json | str | None:
    if not text.strip():
        return None
    if content_type != "application/json":
        return text
    try:
        body = json.loads(text)
    except json.JSONDecodeError:
        return text
    return body if isinstance(body, dict) else text
