"""Start and stop a simulated Slack: Web API, deliveries, control API and page on one port."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.simulator.config import SimulatorConfig
from bot.simulator.control import Control
from bot.simulator.deliver import Deliver
from bot.simulator.faults import Faults
from bot.simulator.http_transport import HttpTransport
from bot.simulator.log import Log
from bot.simulator.socket_mode import SocketMode
from bot.simulator.storage import Storage
from bot.simulator.tickets import Tickets
from bot.simulator.web_api import WebApi
from bot.simulator.workspace import Workspace
from bot.simulator.world import World

PAGE = Path(__file__).parent / "page"
# Whatever an app sends, the page runs and fetches nothing but its own files.
PAGE_HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'self'; img-src data:"}
LARGEST_REQUEST = 4 * 1024 * 1024


class Simulator:
    """One small Slack. `await start()` gives its base URL; the Web API is under `/api/`, the page at `/`."""

    def __init__(self, config: SimulatorConfig | None = None) -> None:
        self.workspace = Workspace(config or SimulatorConfig())
        self._runner: web.AppRunner | None = None
        self._http: HttpTransport | None = None
        self._storage: Storage | None = None
        self.world: World | None = None

    async def start(self) -> str:
        """Listen; raises ValueError for a host that is not this machine, unless `allow_remote` is set."""
        config = self.workspace.config
        _stay_home(config)
        if config.data:
            self._storage = Storage(self.workspace, config.data)
            self._storage.start()
        self._http = HttpTransport(lambda: self.workspace.config)
        self.world = self._build_world(self._http)
        self._runner = web.AppRunner(_application(self.world), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, config.host, config.port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.world.base_url = f"http://{config.host}:{port}"
        return self.world.base_url

    async def stop(self) -> None:
        """Close every connection and write the data file; safe to call twice."""
        if self.world:
            await self.world.deliver.close()
            await self.world.sockets.close()
        if self._runner:
            await self._runner.cleanup()
        if self._http:
            await self._http.close()
        if self._storage:
            self._storage.stop()
        self._runner = self._http = self._storage = self.world = None

    def _build_world(self, http: HttpTransport) -> World:
        workspace = self.workspace
        faults, log = Faults(workspace.config.seed), Log()
        sockets = SocketMode(lambda: workspace.config, workspace.document)
        deliver = Deliver(lambda: workspace.config, http, sockets, faults, log)
        return World(workspace, Tickets(lambda: workspace.config), faults, log, deliver, sockets)


def _application(world: World) -> web.Application:
    application = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[_own_page_only])
    application.add_routes(WebApi(world).routes())
    application.add_routes(Control(world).routes())
    application.router.add_get("/", _page)
    application.router.add_static("/page/", PAGE)
    return application


@web.middleware
async def _own_page_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    # A page of some website, open in the same browser, must not act as Ana.
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="The simulator takes browser requests from its own page only.")
    return await handler(request)


async def _page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html", headers=PAGE_HEADERS)


def _stay_home(config: SimulatorConfig) -> None:
    host = "127.0.0.1" if config.host == "localhost" else config.host
    if not config.allow_remote and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(
            f"The simulator lets anybody act as anybody, so it listens on this machine only; not on {host}. "
            "Set allow_remote (--allow-remote) if that is what you want."
        )
