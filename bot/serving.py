"""Open the front doors and run the worker, until told to stop; then finish what is in hand."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

import structlog
from aiohttp import web

from bot.app import CannotStart, Parts, open_parts
from bot.approvals.adopting import wake
from bot.approvals.desk import ServiceDesk, SlackDesk
from bot.approvals.elsewhere import WebDesk
from bot.blocks.details import shown
from bot.config import Settings
from bot.core.finding import Finding, Level
from bot.health import checks
from bot.policies import PoliciesError
from bot.slack.app import build_bolt
from bot.slack.front_door import FrontDoor
from bot.slack.socket_mode import socket_mode
from bot.store.idempotency import RedisIdempotency
from bot.store.tickets import RedisTickets
from bot.web.errors import middlewares
from bot.web.health import health_routes
from bot.web.routes import routes
from bot.web.webhook import webhook_route
from bot.work.afterwards import AfterwardsQueue
from bot.work.worker import work_until

log = structlog.get_logger("approvals.app")

# Seconds that open HTTP requests get when the process is told to stop.
GRACE = 5.0


async def serve(
    settings: Settings, *, with_worker: bool = True, concurrency: int = 10, shared: bool = False
) -> None:
    """The web side, and the worker beside it unless that runs elsewhere.

    `shared`: other processes listen on the same port, and this one ends with its standard input.
    """
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_parts(settings))
        await open_doors(parts, stack, shared=shared)
        log.info("ready", host=settings.host, port=settings.port, worker=with_worker, slack=_door(settings))
        await _until_stopped(parts, with_worker=with_worker, concurrency=concurrency, leashed=shared)
    log.info("stopped")


async def work(settings: Settings, *, concurrency: int = 10, health: bool = True) -> None:
    """The worker alone, with its health address."""
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_parts(settings))
        if health:
            app = web.Application(middlewares=middlewares(parts.world.chance.reference))
            app.add_routes(health_routes(checks(parts), ServiceDesk(parts.world).census))
            await _listen(app, settings, stack)
        log.info("worker is ready", concurrency=concurrency)
        await _until_stopped(parts, with_worker=True, concurrency=concurrency)
    log.info("stopped")


async def open_doors(parts: Parts, stack: AsyncExitStack, *, shared: bool = False) -> None:
    """Listen for Slack and for the HTTP API until `stack` is left. Raises CannotStart."""
    settings, world = parts.settings, parts.world
    queue = AfterwardsQueue(parts.docket)
    stack.push_async_callback(queue.close)  # the doors are closed before
    desk = SlackDesk(replace(world, queue=queue))
    bolt = build_bolt(parts.slack, desk, reference=world.chance.reference, languages=parts.languages)
    app = web.Application(middlewares=middlewares(world.chance.reference))
    service = ServiceDesk(world)
    app.add_routes(routes(service, RedisIdempotency(parts.redis), checks(parts), settings.api_token))
    app.add_routes([webhook_route(lambda thread: wake(world, thread), settings.api_token)])
    if settings.web_login:
        app.add_routes(_approve_pages(parts))
    if settings.slack_app_token is not None:
        await stack.enter_async_context(
            socket_mode(bolt, settings.slack_app_token, settings.slack_api_url, parts.slack.session)
        )
    else:
        door = FrontDoor(settings.slack_signing_secret or "", bolt)
        app.router.add_post("/slack/events", door.handle)
    await _listen(app, settings, stack, shared=shared)


def _approve_pages(parts: Parts) -> list[web.RouteDef]:
    """Only where there is a log-in: its libraries take a while to load."""
    from bot.web.approve import ApprovePages
    from bot.web.oidc import Provider

    settings = parts.settings
    url = settings.public_url or ""
    provider = Provider(
        settings.oidc_issuer or "",
        settings.oidc_client_id or "",
        settings.oidc_client_secret or "",
        redirect_uri=f"{url}/approve/callback",
    )
    tickets = RedisTickets(parts.redis)
    language = parts.languages.of(parts.slack.identity.team_id)
    return ApprovePages(WebDesk(parts.world), provider, tickets, shown, url, language).routes()


def _door(settings: Settings) -> str:
    return "Socket Mode" if settings.socket_mode else f"http://{settings.host}:{settings.port}/slack/events"


async def _listen(
    app: web.Application, settings: Settings, stack: AsyncExitStack, *, shared: bool = False
) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port, reuse_port=shared or None).start()
    except (OSError, socket.gaierror) as busy:
        sentence = f"Cannot listen on {settings.host}:{settings.port} ({busy.strerror}); set HOST or PORT."
        raise CannotStart((Finding(Level.ERROR, "cannot_listen", sentence),)) from None


async def _until_stopped(parts: Parts, *, with_worker: bool, concurrency: int, leashed: bool = False) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if leashed:
        _end_with_input(loop, stop)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, _reload, parts)
    if with_worker:
        await work_until(stop, parts.docket, concurrency=concurrency)
    else:
        await stop.wait()
    with suppress(ValueError):
        loop.remove_signal_handler(signal.SIGHUP)


def _end_with_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Nothing is ever written to the standard input: what comes is its end, with whoever started us."""
    there = sys.stdin.fileno()

    def ended() -> None:
        loop.remove_reader(there)
        stop.set()

    loop.add_reader(there, ended)


def _reload(parts: Parts) -> None:
    try:
        parts.rules.reload()
    except PoliciesError as bad:
        log.error("approvals.toml was not reloaded; the old rules stay", reason=str(bad))
    else:
        log.info("approvals.toml was reloaded")
