"""Let the hands that drove a thread show its cards as well: no way through the queue and back for each."""

from __future__ import annotations

from bot.ports import Queue


class AtHand:
    """`ports.Queue` inside one task: cards and results wished for now are kept for it, all else is queued.

    A crash loses nothing with them that the record does not know: the reconciler asks for it again.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self.batches: list[str] = []
        self.cards: list[str] = []
        self.results: list[str] = []

    async def show(
        self, approval_id: str, *, version: int, delay: float = 0.0, if_idle: bool = False
    ) -> None:
        """Kept, unless it is for later."""
        if delay or if_idle:
            await self._queue.show(approval_id, version=version, delay=delay, if_idle=if_idle)
        else:
            self.cards.append(approval_id)

    async def show_batch(self, batch_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None:
        """Kept, unless it is for later."""
        if delay or if_idle:
            await self._queue.show_batch(batch_id, delay=delay, if_idle=if_idle)
        else:
            self.batches.append(batch_id)

    async def announce(self, thread_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None:
        """Kept, unless it is for later."""
        if delay or if_idle:
            await self._queue.announce(thread_id, delay=delay, if_idle=if_idle)
        else:
            self.results.append(thread_id)

    async def advance(self, thread_id: str, *, why: str, delay: float = 0.0, if_idle: bool = False) -> None:
        """Queued: another pass over a thread is a task of its own."""
        await self._queue.advance(thread_id, why=why, delay=delay, if_idle=if_idle)

    async def expire(self, approval_id: str, *, at: float) -> None:
        """Queued."""
        await self._queue.expire(approval_id, at=at)

    async def nudge(self, approval_id: str, *, at: float) -> None:
        """Queued."""
        await self._queue.nudge(approval_id, at=at)

    async def absence(self, user: str, *, at: float) -> None:
        """Queued."""
        await self._queue.absence(user, at=at)

    async def home(self, user: str, *, note: str | None = None) -> None:
        """Queued."""
        await self._queue.home(user, note=note)

    async def notify(self, approval_id: str, *, delay: float = 0.0) -> None:
        """Queued."""
        await self._queue.notify(approval_id, delay=delay)

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None:
        """Queued."""
        await self._queue.tell(channel, user, text, thread_ts=thread_ts)
