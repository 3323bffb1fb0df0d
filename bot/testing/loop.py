"""An event loop in a thread of its own: any test, with or without asyncio, can use what runs there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs from `start` to `stop`; whatever is still running then is cancelled and waited for."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._live, name="approvals", daemon=True)

    def start(self) -> None:
        """Return when it takes work."""
        self._thread.start()
        self._ready.wait()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns, or raises; this thread waits."""
        assert self._loop is not None  # noqa: S101 - set before `start` returns
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        finally:
            future.cancel()  # Ctrl-C, or a test's own time limit

    def look(self, at: Callable[[], T]) -> T:
        """What the function returns, called over there, where nothing changes meanwhile."""

        async def looked() -> T:
            return at()

        return self.do(looked())

    def stop(self) -> None:
        """Return when the thread is gone."""
        if self._loop is not None and self._over is not None:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()
            self._loop = None

    def _live(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._until_over())

    async def _until_over(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._over.wait()
