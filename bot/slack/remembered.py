"""Remember what was looked up, for a short time; who asks at the same moment shares one look-up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """A value is at most `ttl` seconds old, counted from before it was asked for. Failures are not kept."""

    def __init__(
        self,
        look_up: Callable[[K], Awaitable[V]],
        *,
        ttl: float = 60.0,
        size: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look_up = look_up
        self._ttl = ttl
        self._size = size
        self._clock = clock
        self._known: dict[K, tuple[float, V]] = {}
        self._asking: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K) -> V:
        """The value; raises what the look-up raises. Giving up waiting does not stop the look-up."""
        asked, value = self._known.get(key, (None, None))
        if asked is not None and self._clock() - asked < self._ttl:
            return value  # type: ignore[return-value]  # it is there: `asked` says so
        if key not in self._asking:
            self._asking[key] = asyncio.create_task(self._ask(key))
            self._asking[key].add_done_callback(_looked_at)
        return await asyncio.shield(self._asking[key])

    async def anew(self, key: K) -> V:
        """The value as it is now: asked for after this call, and remembered for others."""
        asked = self._clock()
        value = await self._look_up(key)
        self._keep(key, asked, value)
        return value

    async def _ask(self, key: K) -> V:
        asked = self._clock()
        try:
            value = await self._look_up(key)
        finally:
            del self._asking[key]
        self._keep(key, asked, value)
        return value

    def _keep(self, key: K, asked: float, value: V) -> None:
        known = self._known.pop(key, None)
        # A slow answer to an earlier question must not take the place of a later one.
        self._known[key] = (asked, value) if known is None or known[0] <= asked else known
        if len(self._known) > self._size:
            del self._known[next(iter(self._known))]

    async def close(self) -> None:
        """Stop what is still being looked up."""
        waiting = tuple(self._asking.values())
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _looked_at(task: asyncio.Task[V]) -> None:
    """Everybody may have given up waiting: a failure nobody saw is no error of the program."""
    if not task.cancelled():
        task.exception()
