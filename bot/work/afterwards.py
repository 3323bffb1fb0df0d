"""The queue as the click path sees it: a worker is woken while the answer is already on its way to Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from docket import Docket

from bot.ports import StoreUnavailable
from bot.work.queue import DocketQueue

# Wishes under way at once. Beyond that Redis is slow, and whoever wishes waits as with the plain queue.
MOST = 100


class AfterwardsQueue(DocketQueue):
    """`ports.Queue` whose `advance` and `show` return at once, and wake the worker right after.

    For callers that have put what they did on record before: a wish that gets lost is made again by the
    reconciler, as it is where the process dies in that moment. `close` waits for what is under way.
    """

    def __init__(self, docket: Docket) -> None:
        super().__init__(docket)
        self._under_way: set[asyncio.Task[None]] = set()

    async def advance(self, thread_id: str, *, why: str, delay: float = 0.0, if_idle: bool = False) -> None:
        """Wake a worker for this thread, soon. A queue that is down is not told."""
        await self._soon(super().advance(thread_id, why=why, delay=delay, if_idle=if_idle))

    async def show(
        self, approval_id: str, *, version: int, delay: float = 0.0, if_idle: bool = False
    ) -> None:
        """Bring the card up to this version, soon. A queue that is down is not told."""
        await self._soon(super().show(approval_id, version=version, delay=delay, if_idle=if_idle))

    async def close(self) -> None:
        """Return when every wish was made."""
        await asyncio.gather(*self._under_way)

    async def _soon(self, wish: Coroutine[Any, Any, None]) -> None:
        made = _made(wish)
        if len(self._under_way) >= MOST:
            await made
            return
        task = asyncio.create_task(made)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _made(wish: Coroutine[Any, Any, None]) -> None:
    with suppress(StoreUnavailable):
        await wish
