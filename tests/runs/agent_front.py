"""What may stand between the bot and an Agent Server: it checks headers, answers itself, or loses replies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web

from tests.bot_process import free_port

# What an Agent Server says of itself, as far as the bot asks.
INFO = {"version": "0.16.7", "langgraph_py_version": "1.2.22"}


class Front:
    """A small proxy. `needs`: a header and its value; `answers`: path -> status and body, instead of passing
    it on; `loses`: how many replies to POSTs that start a run get lost after the server did the work."""

    def __init__(self, target: str | None = None) -> None:
        self.target = target
        self.url = f"http://127.0.0.1:{free_port()}"
        self.needs: tuple[str, str] | None = None
        self.answers: dict[str, tuple[int, Any]] = {}
        self.loses = 0
        self.headers: list[dict[str, str]] = []

    @staticmethod
    @asynccontextmanager
    async def open(target: str | None = None) -> AsyncIterator[Front]:
        front = Front(target)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", front.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(front.url.rpartition(":")[2])).start()
        try:
            yield front
        finally:
            await runner.cleanup()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if self.needs is not None and request.headers.get(self.needs[0]) != self.needs[1]:
            return web.json_response({"detail": "Who are you?"}, status=401)
        if request.path in self.answers:
            status, body = self.answers[request.path]
            return web.json_response(body, status=status)
        return await self._passed_on(request)

    async def _passed_on(self, request: web.Request) -> web.Response:
        if self.target is None:
            return web.Response(status=404, text="<html>Nothing here</html>", content_type="text/html")
        async with (
            ClientSession() as session,
            session.request(
                request.method,
                self.target + request.path_qs,
                data=await request.read(),
                headers={"Content-Type": request.headers.get("Content-Type", "")},
            ) as answer,
        ):
            body = await answer.read()
        if self.loses and request.method == "POST" and request.path.endswith("/runs"):
            self.loses -= 1
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=answer.status, body=body, content_type="application/json")
