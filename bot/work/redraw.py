"""Have cards drawn again whose drawing ended in an outage: they may show what is no longer so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.ports import Store, StoreUnavailable

# Seconds between two tries to tell the record.
AGAIN = 1.0


class Redraw:
    """Keeps telling the record, until it listens, that a card must be looked at again.

    A process that was stopped in the middle of an update may wake up after its lease, and while Redis is
    away: its update went over a newer one, and it can neither see that nor note it. So it notes it later.
    """

    def __init__(self, store: Store, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._store = store
        self._sleep = sleep
        self._noting: dict[str, asyncio.Task[None]] = {}

    def later(self, approval_id: str) -> None:
        """Returns at once; the reconciler has the card drawn once the record knows."""
        if approval_id not in self._noting:
            task = asyncio.get_running_loop().create_task(self._note(approval_id))
            self._noting[approval_id] = task
            task.add_done_callback(lambda _: self._noting.pop(approval_id, None))

    async def _note(self, approval_id: str) -> None:
        while True:
            with suppress(StoreUnavailable):
                await self._store.intend_card(approval_id)
                return
            await self._sleep(AGAIN)
