"""Where an Agent Server says that a run is over: a wake-up, never a source of what a thread asks."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web

from bot.ports import GraphUnavailable
from bot.web.auth import guarded
from bot.web.errors import ApiError, later

# The body holds the thread's values, which we do not want; most servers send less than this, in bytes.
LARGEST = 4 * 1024 * 1024

Wake = Callable[[str], Awaitable[None]]


def webhook_route(wake: Wake, token: str | None) -> web.RouteDef:
    """`POST /langgraph/webhook`, with the API token, which `webhooks.headers` of langgraph.json can send.

    https://docs.langchain.com/langsmith/use-webhooks
    """

    async def called(request: web.Request) -> web.Response:
        thread = _thread(await _body(request))
        try:
            await wake(thread)
        except GraphUnavailable:
            raise later(
                503, "graph_unavailable", "The Agent Server cannot be asked now; try again."
            ) from None
        return web.json_response({"thread_id": thread}, status=202)

    return web.post("/langgraph/webhook", guarded(called, token))


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise ApiError(413, "too_large", f"The body is longer than {LARGEST} bytes.")
    return bytes(body)


def _thread(body: bytes) -> str:
    try:
        thread = json.loads(body)["thread_id"]
        return str(UUID(thread))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ApiError(400, "invalid_request", "thread_id must be a UUID.") from None
