"""The whole bot in this process: web side and worker, started and stopped as often as a test likes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack

from bot.app import open_parts
from bot.config import Settings
from bot.serving import open_doors
from bot.work.worker import work_until


class HostedBot:
    """Its address stays the same over restarts; everything else is built anew from the settings."""

    def __init__(self) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None

    async def start(self, environ: Mapping[str, str]) -> None:
        """Return when it answers. Raises what keeps it from starting, such as GraphNotLoaded."""
        settings = Settings.from_env({**environ, "HOST": "127.0.0.1", "PORT": str(self.port)})
        self._stop.clear()
        ready = asyncio.Event()
        task = asyncio.create_task(self._live(settings, ready))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            await task
        self._task = task

    async def stop(self) -> None:
        """Finish what is in hand; raises what went wrong in the bot itself."""
        task, self._task = self._task, None
        if task is not None:
            self._stop.set()
            await task

    async def _live(self, settings: Settings, ready: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            parts = await stack.enter_async_context(open_parts(settings))
            await open_doors(parts, stack)
            ready.set()
            await work_until(self._stop, parts.docket, concurrency=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
