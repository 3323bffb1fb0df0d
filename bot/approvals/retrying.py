"""Try a failed run once more, because an operator says so."""

from __future__ import annotations

from dataclasses import replace

from bot.approvals.world import World
from bot.core.audit import Fact
from bot.core.model import Approval, Sent, State
from bot.ports import Swapped


async def stuck(world: World, *, limit: int = 100) -> tuple[Approval, ...]:
    """The approvals whose automatic retries are used up."""
    page = await world.store.search(state=State.FAILED, limit=limit)
    return tuple(record.approval for record in page.records if is_stuck(record.approval))


def is_stuck(approval: Approval) -> bool:
    """True when only an operator can let the run go on."""
    return approval.failure is not None and approval.failure.retry_at is None


async def retry(world: World, approval: Approval) -> bool:
    """Let the run go on once more, with the answer it already has; False where somebody else was faster."""
    if approval.failure is None:
        return False
    now = await world.store.now()
    after = replace(approval, failure=replace(approval.failure, retry_at=now), sent=_fresh(approval))
    after, entry = world.chain(after, Fact.RETRIED, at=now, data={"reference": approval.failure.reference})
    after = replace(after, version=approval.version + 1)
    if await world.store.swap(approval, after, (entry,)) is not Swapped.DONE:
        return False
    await world.queue.advance(after.request.thread_id, why=f"retry.{after.version}")
    return True


def _fresh(approval: Approval) -> Sent | None:
    """The evidence stays, the tries begin again."""
    return replace(approval.sent, tries=0) if approval.sent else None
