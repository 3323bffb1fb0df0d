"""Every error of the HTTP API as JSON: `{"error": code, "message": sentence}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.ports import InvalidInput, StoreUnavailable, UnknownGraph
from bot.telemetry import HTTP_REQUESTS

log = structlog.get_logger("approvals.web")

# Seconds after which a caller may try again.
RETRY_AFTER = 2


class ApiError(Exception):
    """An error we mean to send."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers


def later(status: int, code: str, message: str) -> ApiError:
    """An error that goes away: the caller is told when to come back."""
    return ApiError(status, code, message, {"Retry-After": str(RETRY_AFTER)})


def middlewares(reference: Callable[[], str]) -> tuple[Middleware, ...]:
    """For the whole application: count every request, answer every error in JSON.

    `reference` makes the short id that ties what a caller saw to the log.
    """

    @web.middleware
    async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as answer:
            if answer.status < 400:
                raise
            code = answer.reason.lower().replace(" ", "_")
            return _reply(ApiError(answer.status, code, _sentence(request, answer), _kept(answer)))
        except (ApiError, StoreUnavailable, UnknownGraph, InvalidInput) as known:
            return _reply(known if isinstance(known, ApiError) else _translated(known))
        except Exception:
            quoted = reference()
            log.exception("request failed", reference=quoted, method=request.method, route=_route(request))
            return _reply(ApiError(500, "internal_error", f"Something went wrong here; quote {quoted}."))

    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        HTTP_REQUESTS.labels(_method(request), _route(request), str(response.status)).inc()
        return response

    return counted, errors_as_json


def _translated(known: StoreUnavailable | UnknownGraph | InvalidInput) -> ApiError:
    match known:
        case StoreUnavailable():
            return later(503, "store_unavailable", "The record cannot be reached now; try again.")
        case UnknownGraph():
            return ApiError(422, "unknown_graph", str(known))
        case InvalidInput():
            return ApiError(422, "invalid_input", str(known))


def _reply(error: ApiError) -> web.Response:
    body = {"error": error.code, "message": str(error)}
    return web.json_response(body, status=error.status, headers=error.headers)


def _sentence(request: web.Request, answer: web.HTTPException) -> str:
    match answer:
        case web.HTTPNotFound():
            return "There is nothing at this address."
        case web.HTTPMethodNotAllowed():
            return f"This address takes {', '.join(sorted(answer.allowed_methods))} only."
    return answer.text or answer.reason


def _kept(answer: web.HTTPException) -> dict[str, str]:
    """What the error says besides its text, such as `Allow`."""
    return {name: value for name, value in answer.headers.items() if not name.startswith("Content-")}


def _route(request: web.Request) -> str:
    """The pattern, never the address: an id in a label would make a time series each."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


def _method(request: web.Request) -> str:
    return request.method if request.method in ("GET", "HEAD", "POST") else "other"
