"""Deliveries over WebSockets the app has opened: Slack's Socket Mode.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from bot.simulator.config import SimulatorConfig
from bot.simulator.document import Document
from bot.simulator.model import Json
from bot.simulator.parcel import Answer, Parcel, Problem

ENVELOPES = {"event": "events_api", "interaction": "interactive", "command": "slash_commands"}
MOST_CONNECTIONS = 10


class SocketMode:
    """The app's open connections. Each envelope goes to one of them, in turn, and waits for its ack."""

    def __init__(self, settings: Callable[[], SimulatorConfig], document: Document) -> None:
        self._settings = settings
        self._document = document
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = 0

    def new_ticket(self) -> str | None:
        """A ticket for one connection, or None when the app holds as many as Slack allows."""
        if len(self._open) >= MOST_CONNECTIONS:
            return None
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until the app or a disconnect request ends it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._open.append(socket)
        try:
            await socket.send_json(self._hello())
            self._count()
            await self._listen(socket)
        finally:
            self._forget(socket)
        return socket

    async def send(self, parcel: Parcel) -> Answer:
        if not self._open:
            return Answer(0, problem=Problem.UNREACHABLE)
        self._turn += 1
        socket = self._open[self._turn % len(self._open)]
        envelope = _envelope(parcel)
        acked = self._waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._settings().timing.answer_within):
                await socket.send_json(envelope)
                ack = await acked
        except TimeoutError:
            return Answer(0, problem=Problem.TIMEOUT)
        except ConnectionError:
            return Answer(0, problem=Problem.UNREACHABLE)
        finally:
            del self._waiting[envelope["envelope_id"]]
        return Answer(200, ack.get("payload") or None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to reconnect, as Slack does every few hours, then close; `link_disabled` ends it."""
        for socket in tuple(self._open):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "simulator"}}
            )
            self._forget(socket)
            await socket.close()

    async def close(self) -> None:
        for socket in tuple(self._open):
            await socket.close()

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type != WSMsgType.TEXT:
                continue
            try:
                ack = json.loads(message.data)
            except json.JSONDecodeError:
                continue  # slack_sdk sends bare words as its own ping
            waiting = self._waiting.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
            if waiting and not waiting.done():
                waiting.set_result(ack)

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
            self._count()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": self._settings().app_id},
            "debug_info": {"host": "simulator", "approximate_connection_time": 18060},
        }

    def _count(self) -> None:
        self._document.set(("connections",), len(self._open))


def _envelope(parcel: Parcel) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "envelope_id": secrets.token_hex(16),
        "type": ENVELOPES[parcel.kind],
        "accepts_response_payload": parcel.kind != "event",
        "payload": parcel.body,
    }
    if parcel.kind == "event":
        envelope |= {"retry_attempt": parcel.retry_num, "retry_reason": parcel.retry_reason or ""}
    return envelope
