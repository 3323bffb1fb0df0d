"""Notice when somebody opens a request for the first time: it tells how long cards lie unseen."""

from __future__ import annotations

from contextlib import suppress

from bot.approvals.measured import first_view_counted
from bot.approvals.world import World
from bot.core.model import State
from bot.ports import Record, StoreUnavailable


async def note_first_view(world: World, record: Record) -> None:
    """Somebody opened this request whole. Nobody misses anything where it cannot be noted."""
    if record.approval.state is not State.PENDING or not is_unseen(record):
        return
    with suppress(StoreUnavailable):
        if await world.store.note_view(record.approval.id):
            first_view_counted(record.approval, record.now)


def is_unseen(record: Record) -> bool:
    """True while nobody is known to have looked at it: who voted has."""
    return record.viewed_at is None and not record.approval.votes
