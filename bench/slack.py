"""A Slack that answers at once, checks nothing and notes when each message came: its time is not ours."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Self

from aiohttp import web

ME = {"ok": True, "team_id": "T0BENCH", "user_id": "U0BOT", "bot_id": "B0BOT"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A message, and the moment it came (`time.perf_counter`)."""

    at: float
    ts: str
    channel: str
    raw: Mapping[str, Any]

    @property
    def claim(self) -> Mapping[str, Any]:
        """What the message's metadata says."""
        return dict((self.raw.get("metadata") or {}).get("event_payload") or {})


class QuickSlack:
    """The Web API as far as the bot calls it. `until` waits for what the rows look for."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._events: dict[str, asyncio.Future[Seen]] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 22)
        app.router.add_route("*", "/api/{method}", self._call)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def until(self, event: str, within: float = 60.0) -> Seen:
        """`card:THREAD:REVISION` was posted, `closed:TS` lost its buttons, `result:THREAD` was told."""
        async with asyncio.timeout(within):
            return await asyncio.shield(self._event(event))

    def _event(self, name: str) -> asyncio.Future[Seen]:
        if name not in self._events:
            self._events[name] = asyncio.get_running_loop().create_future()
        return self._events[name]

    def _happened(self, name: str, seen: Seen) -> None:
        event = self._event(name)
        if not event.done():
            event.set_result(seen)

    async def _call(self, request: web.Request) -> web.Response:
        given = json.loads(await request.read() or b"{}") | dict(request.query)
        now, method = time.perf_counter(), request.match_info["method"]
        return web.json_response(self._answers(method, given, now))

    def _answers(self, method: str, given: dict[str, Any], now: float) -> dict[str, Any]:
        match method:
            case "auth.test":
                return ME
            case "bots.info":
                return {"ok": True, "bot": {"id": "B0BOT", "app_id": "A0BENCH"}}
            case "users.info":
                return {"ok": True, "user": {"id": given["user"], "name": "ana", "team_id": "T0BENCH"}}
            case "chat.postMessage":
                return self._post(given, now)
            case "chat.update":
                return self._update(given, now)
            case "chat.getPermalink":
                return {"ok": True, "permalink": f"https://bench.test/{given['message_ts']}"}
            case "conversations.history" | "conversations.replies":
                return {"ok": True, "messages": []}
        return {"ok": True}

    def _post(self, given: dict[str, Any], now: float) -> dict[str, Any]:
        ts = f"{1_700_000_000 + next(self._numbers)}.000100"
        seen = Seen(now, ts, given["channel"], given)
        claim = seen.claim
        if "revision" in claim:
            self._happened(f"card:{claim['thread_id']}:{claim['revision']}", seen)
        elif "thread_id" in claim:
            self._happened(f"result:{claim['thread_id']}", seen)
        return {"ok": True, "ts": ts, "channel": given["channel"]}

    def _update(self, given: dict[str, Any], now: float) -> dict[str, Any]:
        if not any(block["type"] == "actions" for block in given["blocks"]):
            self._happened(f"closed:{given['ts']}", Seen(now, given["ts"], given["channel"], given))
        return {"ok": True, "ts": given["ts"], "channel": given["channel"]}
