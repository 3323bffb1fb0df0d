"""A front door to knock at: what comes through is remembered instead of handled."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.front_door import FrontDoor
from bot.slack.signature import sign
from tests.slack.conftest import serving

SECRET = "demo-signing-secret"
JSON_TYPE, FORM = "application/json", "application/x-www-form-urlencoded"
EVENT = {"type": "event_callback", "team_id": "T0DEMO", "event": {"type": "message"}}
PRESS = {"type": "block_actions", "user": {"id": "U0ANA"}, "actions": [{"action_id": "a"}]}
BODY = json.dumps(EVENT).encode()


@dataclass(slots=True)
class Reached(AsyncApp):
    """Bolt's place behind the door: remembers what came through."""

    bodies: list[object] = field(default_factory=list)

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        self.bodies.append(req.body)
        return BoltResponse(status=200, body="reached")


@dataclass(frozen=True, slots=True)
class Door:
    """The door's address and what got through it."""

    url: str
    reached: Reached
    http: aiohttp.ClientSession

    async def knock(self, body: bytes, kind: str = JSON_TYPE, **headers: str) -> tuple[int, str]:
        """A signed request, with any header said differently."""
        sent = signed(body) | {"Content-Type": kind} | headers
        async with self.http.post(self.url, data=body, headers=sent) as answer:
            return answer.status, await answer.text()

    async def raw(self, request: bytes, *, until: float = 5.0) -> bytes:
        """Bytes as they are, and what came back until the door closed the line."""
        host, port = self.url.removeprefix("http://").split("/")[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request)
        async with asyncio.timeout(until):
            answer = await reader.read()
        writer.close()
        return answer


@asynccontextmanager
async def opened() -> AsyncIterator[Door]:
    """Open until the end of the block."""
    reached = Reached()
    async with serving(FrontDoor(SECRET, reached)) as url, aiohttp.ClientSession() as http:
        yield Door(url, reached, http)


def signed(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers Slack would send with these bytes."""
    timestamp = str(int(time.time() if at is None else at))
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret, timestamp, body),
    }
