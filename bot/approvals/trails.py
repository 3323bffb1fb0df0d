"""What happened to one approval, for who may see it: its audit trail, and whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass

from bot.approvals.beside import whole_trail
from bot.approvals.listing import seen
from bot.approvals.world import World
from bot.core.audit import Entry
from bot.core.model import Approval
from bot.ports import CardAt


@dataclass(frozen=True, slots=True)
class History:
    """One approval with its facts, oldest first; `whole` says that the chain was verified."""

    approval: Approval
    entries: tuple[Entry, ...]
    whole: bool


async def history(world: World, user: str, wanted: str | CardAt) -> History | None:
    """None where there is none that this person may see. Raises StoreUnavailable."""
    record = await seen(world, user, wanted)
    if record is None:
        return None
    approval = record.approval
    entries, whole = await whole_trail(world, approval)
    return History(approval, entries, whole)
