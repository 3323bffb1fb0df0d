"""Draw now what people should see: cards, lists of what is asked together, results."""

from __future__ import annotations

from collections.abc import Awaitable

import structlog

from bot.approvals.announcing import announce
from bot.approvals.showing import Shown, show
from bot.approvals.showing_batch import show_batch
from bot.approvals.world import World
from bot.ports import ChannelClosed, LeaseLost, MessageRefused, StoreUnavailable
from bot.work.measured import counted
from bot.work.redraw import Redraw

log = structlog.get_logger("approvals.work")

# Somebody else holds the thread or the card: look again after this.
BUSY_WAIT = 0.5


class Screens:
    """What Slack does not take is said in the log; what somebody else holds is wished for again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._redraw = Redraw(world.store)

    async def card(self, approval_id: str) -> None:
        """Raises SlackUnavailable, StoreUnavailable; after the latter somebody looks at the card again."""
        with counted("show"):
            try:
                shown = await _drawn(show(self._world, approval_id), approval=approval_id)
            except StoreUnavailable:
                self._redraw.later(approval_id)
                raise
            if shown is Shown.BUSY:
                await self._world.queue.show(approval_id, version=0, delay=BUSY_WAIT)

    async def batch(self, batch_id: str) -> None:
        """Raises SlackUnavailable, StoreUnavailable."""
        with counted("show_batch"):
            if await _drawn(show_batch(self._world, batch_id), batch=batch_id) is Shown.BUSY:
                await self._world.queue.show_batch(batch_id, delay=BUSY_WAIT)

    async def result(self, thread_id: str) -> None:
        """Raises SlackUnavailable, StoreUnavailable."""
        with counted("announce"):
            try:
                shown = await announce(self._world, thread_id)
            except (ChannelClosed, MessageRefused) as closed:
                log.error("result cannot be posted", thread=thread_id, reason=str(closed))
                return
            except LeaseLost:
                shown = Shown.BUSY
            if shown is Shown.BUSY:
                await self._world.queue.announce(thread_id, delay=BUSY_WAIT)


async def _drawn(drawing: Awaitable[Shown], **card: str) -> Shown:
    try:
        return await drawing
    except ChannelClosed as closed:
        log.error("card cannot be posted", reason=str(closed), **card)
    except MessageRefused as refused:
        log.error("card was refused by Slack", reason=str(refused), **card)
    except LeaseLost:
        return Shown.BUSY
    return Shown.DONE
