"""The addresses that say how the bot is: for a container runtime, a load balancer, Prometheus."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.core.finding import Level
from bot.ports import Census, StoreUnavailable
from bot.web.checks import Check, Found, Readiness
from bot.web.exposed import exposition
from bot.web.record import told


def health_routes(checks: Sequence[Check], census: Callable[[], Awaitable[Census]]) -> list[web.RouteDef]:
    """`/healthz`, `/readyz` and `/metrics`; open to all, so they hold no names and no secrets."""
    readiness = Readiness(checks)

    async def healthz(request: web.Request) -> web.Response:
        """The process is alive; a restart would not help against what is down around it."""
        return web.json_response({"status": "ok"})

    async def readyz(request: web.Request) -> web.Response:
        """200 when every check is well enough, else 503 with those that failed."""
        found = await readiness.look()
        failed, warnings = codes(found, Level.ERROR), codes(found, Level.WARNING)
        if not failed:
            return web.json_response({"status": "ready", "warnings": warnings})
        body = {"error": "not_ready", "message": "`approvals doctor` says what to do.", "failed": failed}
        return web.json_response(body, status=503)

    async def metrics(request: web.Request) -> web.Response:
        try:
            counted: Census | None = await census()
        except StoreUnavailable:
            counted = None
        return web.Response(body=exposition() + told(counted), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


def codes(found: Found, level: Level) -> dict[str, list[str]]:
    """Name of the check -> codes of what it found at this level; the sentences are for the operator only."""
    there = {
        name: [each.code for each in findings if each.level is level] for name, findings in found.items()
    }
    return {name: listed for name, listed in there.items() if listed}
