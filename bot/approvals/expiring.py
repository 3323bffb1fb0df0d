"""End an approval whose deadline passed: reject or leave, never approve."""

from __future__ import annotations

from dataclasses import replace

from bot.approvals.measured import expiry_counted
from bot.approvals.world import World
from bot.core.audit import Entry, Fact
from bot.core.lifecycle import Event, advance
from bot.core.model import Approval, State, Verdict
from bot.core.policy import Policy
from bot.core.voting import decide
from bot.ports import Record, Swapped
from bot.texts.marks import recorded

WHY = recorded("Nobody decided in time.")


async def expire(world: World, approval_id: str) -> None:
    """Close the approval if its deadline passed; the store's clock settles a race with a click."""
    record = await world.store.read(approval_id)
    if record is None or record.approval.state is not State.PENDING or record.approval.expires_at is None:
        return
    before, policy = record.approval, world.in_force(record.approval)
    deadline = record.approval.expires_at
    rejects = policy.on_expiry == "reject" and Verdict.REJECT in before.request.contract.verdicts
    after, entries = _rejected(world, record, policy) if rejects else _left(world, record)
    after = replace(after, version=before.version + 1)
    swapped = await world.store.swap(before, after, entries, not_before=deadline)
    if swapped is Swapped.DONE:
        expiry_counted(after)
        await world.queue.show(after.id, version=after.version)
        if rejects:
            await world.queue.advance(after.request.thread_id, why=f"{after.id}.{after.version}")
    elif swapped is Swapped.EARLY:
        await world.queue.expire(approval_id, at=deadline)


def _left(world: World, record: Record) -> tuple[Approval, tuple[Entry, ...]]:
    state = advance(record.approval.state, Event.EXPIRE)
    after = replace(record.approval, state=state, closed_at=record.now, closed_why=WHY)
    after, entry = world.chain(after, Fact.EXPIRED, at=record.now)
    return after, (entry,)


def _rejected(world: World, record: Record, policy: Policy) -> tuple[Approval, tuple[Entry, ...]]:
    after, first = world.chain(record.approval, Fact.EXPIRED, at=record.now)
    after, more = decide(
        after, Verdict.REJECT, by=(), text=WHY, policy=policy, now=record.now, key=world.audit_key
    )
    return after, (first, *more)
