"""The HTTP side of the Web API: tokens, scopes, arguments, faults; and the app's other doors."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.simulator.api import METHODS
from bot.simulator.api.call import Call, Method, SlackError
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.log import Entry
from bot.simulator.model import Json
from bot.simulator.response_urls import respond
from bot.simulator.world import World


@dataclass(frozen=True, slots=True)
class WebApi:
    world: World

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self.call),
            web.post("/actions/{team}/{name:.+}", self.respond),
            web.post("/commands/{team}/{name:.+}", self.respond),
            web.get("/link/", self.world.sockets.connect),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args = await _arguments(request)
        token = _token(request, args)
        fault = self.world.faults.strike(name)
        started = self.world.config.clock()
        response = await self._with_fault(request, name, args, token, fault)
        self._note(started, "api", name, args, response, fault)
        return response

    async def respond(self, request: web.Request) -> web.Response:
        """A response_url: answers `ok` as text, or an error with status 404."""
        started = self.world.config.clock()
        body = await _arguments(request)
        error = respond(self.world, request.match_info["name"], body)
        response = (
            web.json_response({"ok": False, "error": error}, status=404) if error else web.Response(text="ok")
        )
        self._note(started, "response_url", "response_url", body, response, None)
        return response

    async def _with_fault(
        self, request: web.Request, name: str, args: Json, token: str | None, fault: Fault | None
    ) -> web.Response:
        match fault.kind if fault else None:
            case FaultKind.RATE_LIMITED if fault:
                late = {"Retry-After": str(int(fault.seconds))}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=late)
            case FaultKind.SERVER_ERROR if fault:
                return web.Response(status=fault.status, text="upstream connect error")
            case FaultKind.DROP:
                return _hang_up(request)
            case FaultKind.LOSE_REPLY:
                self._run(name, args, token)
                return _hang_up(request)
            case FaultKind.HANG if fault:
                answer = self._run(name, args, token)
                await asyncio.sleep(fault.seconds)
                return self._response(answer)
        return self._response(self._run(name, args, token))

    def _run(self, name: str, args: Json, token: str | None) -> Json:
        method = METHODS.get(name)
        if method is None:
            return {"ok": False, "error": "unknown_method", "req_method": name}
        try:
            self._admit(method, token)
            return method.run(Call(self.world, args))
        except SlackError as refused:
            return refused.answer

    def _admit(self, method: Method, token: str | None) -> None:
        config = self.world.config
        if token is None:
            raise SlackError("not_authed")
        if token not in (config.bot_token, config.app_token):
            raise SlackError("invalid_auth")
        if token != (config.bot_token if method.token == "bot" else config.app_token):  # noqa: S105 - a kind
            raise SlackError("not_allowed_token_type")
        if method.needs and not set(method.needs) & set(config.bot_scopes):
            raise SlackError(
                "missing_scope", needed=",".join(method.needs), provided=",".join(config.bot_scopes)
            )

    def _response(self, answer: Json) -> web.Response:
        return web.json_response(answer, headers={"X-OAuth-Scopes": ",".join(self.world.config.bot_scopes)})

    def _note(
        self, at: float, kind: str, name: str, args: Json, response: web.Response, fault: Fault | None
    ) -> None:
        took = self.world.config.clock() - at
        lost = fault is not None and fault.kind in (FaultKind.DROP, FaultKind.LOSE_REPLY)
        status = 0 if lost else response.status
        entry = Entry(at, kind, name, args, status, took, _error(response), fault.kind if fault else None)
        self.world.log.add(entry)


async def _arguments(request: web.Request) -> Json:
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            sent = json.loads(await request.text() or "{}")
        except json.JSONDecodeError:
            return args
        return args | (sent if isinstance(sent, dict) else {})
    return args | dict(await request.post())


def _token(request: web.Request, args: Json) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    sent = args.pop("token", None)
    if kind.lower() == "bearer" and token:
        return token
    return str(sent) if sent else None


def _hang_up(request: web.Request) -> web.Response:
    # Nothing more is written once the transport is gone: the client sees a dropped connection.
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


def _error(response: web.Response) -> str | None:
    if response.content_type != "application/json" or not response.text:
        return None
    error = json.loads(response.text).get("error")
    return str(error) if error else None
