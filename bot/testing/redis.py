"""One embedded Redis for a whole pytest process, empty for each test."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from bot.testing.loop import LoopThread


class SessionRedis:
    """The server; its methods wait, and may be called with or without an event loop running."""

    def __init__(self, folder: Path) -> None:
        self._server = EmbeddedRedis(folder)

    def start(self) -> None:
        """Raises EmbeddedUnavailable where there is no such server for this platform."""
        _do(self._server.start())

    def emptied(self) -> str:
        """Its address, with nothing left of the test before."""
        _do(self._empty())
        return self._server.url

    def stop(self) -> None:
        """Return when it is gone."""
        _do(self._server.stop())

    async def _empty(self) -> None:
        if self._server.pid is None:
            await self._server.start()
        async with connect(self._server.url) as client:
            await client.flushall()


def _do(work: Coroutine[Any, Any, None]) -> None:
    """In this thread where it is free: started from the main one, the server cannot outlive us."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        loop = asyncio.new_event_loop()  # not `asyncio.run`, which would forget the loop of pytest-asyncio
        try:
            loop.run_until_complete(work)
        finally:
            loop.close()
        return
    thread = LoopThread()
    thread.start()
    try:
        thread.do(work)
    finally:
        thread.stop()
