"""Let in who holds the API token, and nobody while there is none."""

from __future__ import annotations

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web.errors import ApiError


def guarded(handler: Handler, token: str | None) -> Handler:
    """The handler for callers with `Authorization: Bearer <token>`; 401 for others, 503 without a token."""

    async def checked(request: web.Request) -> web.StreamResponse:
        if token is None:
            raise ApiError(503, "api_disabled", "The API is off: set APPROVALS_API_TOKEN to turn it on.")
        if not _holds(request, token):
            needed = {"WWW-Authenticate": "Bearer"}
            raise ApiError(401, "unauthorized", "Send the header Authorization: Bearer <token>.", needed)
        response = await handler(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    return checked


def _holds(request: web.Request, token: str) -> bool:
    given = request.headers.getall("Authorization", [])
    scheme, _, value = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    # In constant time: how far a wrong token is right must not show.
    same = hmac.compare_digest(value.strip().encode("utf-8", "replace"), token.encode())
    return same and scheme.lower() == "bearer"
