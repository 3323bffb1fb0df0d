"""The HTTP API: start a run, see how it goes, read approvals."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.core.model import JSON, State
from bot.ports import Idempotency, caller
from bot.web import encode
from bot.web.auth import guarded
from bot.web.checks import Check
from bot.web.desk import ApiDesk
from bot.web.errors import ApiError
from bot.web.health import health_routes
from bot.web.once import once
from bot.web.reading import StartRequest, idempotency_key, start_request

# Anything else is no id of ours, and never becomes part of a key.
ID = re.compile(r"[A-Za-z0-9_-]{1,128}")

FILTERS = ("state", "graph", "channel", "cursor")


def routes(
    desk: ApiDesk, idempotency: Idempotency, checks: Sequence[Check], token: str | None
) -> list[web.RouteDef]:
    """Every route but Slack's. The application also needs `errors.middlewares`."""
    api = Api(desk, idempotency)
    return [
        *health_routes(checks, desk.census),
        web.post("/api/runs", guarded(api.start_run, token)),
        web.get("/api/runs/{thread_id}", guarded(api.read_run, token)),
        web.get("/api/approvals", guarded(api.list_approvals, token)),
        web.get("/api/approvals/{id}", guarded(api.read_approval, token)),
    ]


@dataclass(frozen=True, slots=True)
class Api:
    """The handlers."""

    desk: ApiDesk
    idempotency: Idempotency

    async def start_run(self, request: web.Request) -> web.Response:
        """202 with the run's thread id, as soon as the run is on record."""
        caller.set(request.headers.get("traceparent"))  # each request has a context of its own
        key = idempotency_key(request)
        asked = await start_request(request)
        if key is None:
            return web.json_response(await self._start(asked, asked.thread_id), status=202)

        async def work() -> JSON:
            return await self._start(asked, asked.thread_id or thread_for(key, asked.fingerprint))

        answer = await once(self.idempotency, "runs", key, asked.fingerprint, work)
        return web.json_response(answer, status=202)

    async def _start(self, asked: StartRequest, thread_id: str | None) -> JSON:
        run = await self.desk.start(
            asked.graph,
            asked.input,
            channel=asked.channel,
            requester=asked.requester,
            thread_id=thread_id,
        )
        return {"thread_id": run.thread_id}

    async def read_run(self, request: web.Request) -> web.Response:
        """The run as it stands."""
        thread_id = request.match_info["thread_id"]
        run = await self.desk.run(thread_id) if ID.fullmatch(thread_id) else None
        if run is None:
            raise ApiError(404, "unknown_run", "No run has this thread id.")
        return web.json_response(encode.run(run))

    async def list_approvals(self, request: web.Request) -> web.Response:
        """Approvals newest first, filtered."""
        wanted = _filters(request)
        try:
            page = await self.desk.search(**wanted)
        except ValueError:
            raise ApiError(400, "invalid_request", "cursor is none that this API gave out") from None
        return web.json_response(encode.page(page))

    async def read_approval(self, request: web.Request) -> web.Response:
        """One approval with its votes, its decision and its neighbours."""
        approval_id = request.match_info["id"]
        record = await self.desk.approval(approval_id) if ID.fullmatch(approval_id) else None
        if record is None:
            raise ApiError(404, "unknown_approval", "No approval has this id.")
        return web.json_response(encode.detail(record, await self.desk.card_link(record)))


def thread_for(key: str, fingerprint: str) -> str:
    """The same thread id for the same request, so that a crash between the record and the stored answer,
    or a repeat long after the stored answer is gone, finds the run instead of starting a second one."""
    return hashlib.sha256(f"{key}\n{fingerprint}".encode()).hexdigest()[:40]


def _filters(request: web.Request) -> dict[str, str | None]:
    if unknown := sorted(set(request.query) - set(FILTERS)):
        raise ApiError(
            400, "invalid_request", f"unknown filter {unknown[0][:80]!r}; known: {', '.join(FILTERS)}"
        )
    wanted = {name: request.query.get(name) or None for name in FILTERS}
    if wanted["state"] not in (None, *State):
        raise ApiError(400, "invalid_request", f"state must be one of {', '.join(State)}")
    return wanted
