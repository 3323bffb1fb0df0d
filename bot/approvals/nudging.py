"""Remind people, and let others answer as well: every step once, recorded before anybody hears of it.

A step is written down together with the intention to say so. Who finds an intention that is not their own
looks for the message first, and only what is not to be found is sent again.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.approvals.absences import away_from, names_of
from bot.approvals.showing import CLOCK_SLACK
from bot.approvals.world import World
from bot.core.model import Approval, Nudge, State
from bot.core.needed import needed
from bot.core.nudges import ESCALATION_TOLD, ON_ITS_WAY, due_at, next_step
from bot.ports import ChannelClosed, Lease, Message, MessageRefused, Record, SlackUnavailable, Swapped

log = structlog.get_logger("approvals.nudges")

# A channel that is closed to the bot is tried again after this.
CLOSED_WAIT = 600.0


async def nudge(world: World, approval_id: str) -> None:
    """Do what is due for this approval by the store's clock, and nothing else; a repeat does nothing more."""
    async with world.store.card_lease(f"nudge-{approval_id}") as lease:
        if lease is None:
            return  # somebody is at it; what is left over stays due
        begun = await _begin(world, approval_id)
        record = await _pending(world, approval_id)
        for one in record.approval.nudges if record is not None else ():
            await _say(world, approval_id, one, lease, mine=one.name in begun)
    record = await _pending(world, approval_id)
    due = due_at(record.approval) if record is not None else None
    if due is not None and record is not None and due > record.now:
        await world.queue.nudge(approval_id, at=due)


async def _begin(world: World, approval_id: str) -> frozenset[str]:
    """Write down every step that is due; returns the messages that only this process knows to send."""
    begun = frozenset[str]()
    while True:
        record = await _pending(world, approval_id)
        if record is None:
            return begun
        before = record.approval
        policy = world.policy(before.request.graph).resolved(before.request.payload)
        stepped = next_step(before, policy, record.now, world.audit_key)
        if stepped is None or (record.card.ts is None and stepped.after.reminded > before.reminded):
            return begun  # a reminder stands under its card: no card, no reminder yet
        after = replace(stepped.after, version=before.version + 1)
        swapped = await world.store.swap(
            before, after, stepped.entries, not_before=stepped.due, not_after=before.expires_at
        )
        if swapped is Swapped.DONE:
            begun |= {one.name for one in after.nudges if one not in before.nudges}
            await world.queue.show(after.id, version=after.version)
        elif swapped is not Swapped.CONFLICT:
            return begun


async def _pending(world: World, approval_id: str) -> Record | None:
    record = await world.store.read(approval_id)
    waits = record is not None and record.approval.state is State.PENDING
    return record if waits else None


async def _say(world: World, approval_id: str, one: Nudge, lease: Lease, *, mine: bool) -> None:
    """Send it once. Raises LeaseLost; what Slack does not take is tried again later."""
    record = await _pending(world, approval_id)
    if record is None or (not mine and record.now < one.retry_at):
        return
    thread_ts = None if one.name == ESCALATION_TOLD else record.card.ts
    if thread_ts is None and one.name != ESCALATION_TOLD:
        return
    try:
        message = await _face(world, record, one)
        if not mine and not await _is_to_be_sent(world, approval_id, one, message, thread_ts):
            return
        await lease.check()
        await world.messenger.post(one.channel, message, thread_ts=thread_ts)
        alone = await _settle(world, approval_id, one)
        if not (mine and alone):  # another meant to send it too: its post may have come after our look
            await _take_back_copies(world, one, await _found(world, one, message, thread_ts))
    except SlackUnavailable as down:
        log.warning("reminder or escalation waits for Slack", approval=approval_id, reason=str(down))
    except (ChannelClosed, MessageRefused) as closed:
        log.error("reminder or escalation cannot be posted", approval=approval_id, reason=str(closed))
        await _intend_again(world, approval_id, one, CLOSED_WAIT)


async def _is_to_be_sent(
    world: World, approval_id: str, one: Nudge, message: Message, thread_ts: str | None
) -> bool:
    """False where it was sent after all, or is no longer wanted."""
    if found := await _found(world, one, message, thread_ts):
        await _take_back_copies(world, one, found)
        await _settle(world, approval_id, one)
        return False
    return await _intend_again(world, approval_id, one, ON_ITS_WAY)


async def _face(world: World, record: Record, one: Nudge) -> Message:
    approval = record.approval
    missing = needed(approval, world.policy(approval.request.graph).resolved(approval.request.payload))
    away = await away_from(world, missing.approvers.users if missing else (), record.now)
    link = await world.messenger.link(record.card.channel, record.card.ts) if record.card.ts else None
    names = await names_of(world, away)
    return world.faces.nudge(approval, one, needed=missing, away=away, names=names, link=link)


async def _found(world: World, one: Nudge, message: Message, thread_ts: str | None) -> tuple[str, ...]:
    since = one.at - CLOCK_SLACK
    return await world.messenger.find(one.channel, message, since=since, thread_ts=thread_ts)


async def _intend_again(world: World, approval_id: str, one: Nudge, wait: float) -> bool:
    """Note that it is about to be sent once more; False where it is settled, or nobody waits any more."""
    while (record := await _pending(world, approval_id)) is not None:
        mine = next((known for known in record.approval.nudges if known.name == one.name), None)
        if mine is None:
            return False
        later = replace(mine, retry_at=record.now + wait)
        others = (later if known is mine else known for known in record.approval.nudges)
        if await _write(world, record.approval, tuple(others)):
            return True
    return False


async def _settle(world: World, approval_id: str, one: Nudge) -> bool:
    """It was sent: nothing is left to do. False where somebody else had taken it up meanwhile."""
    while (record := await world.store.read(approval_id)) is not None:
        left = tuple(known for known in record.approval.nudges if known.name != one.name)
        alone = one in record.approval.nudges
        waits = record.approval.state is State.PENDING and left != record.approval.nudges
        if not waits or await _write(world, record.approval, left):
            return alone
    return True


async def _take_back_copies(world: World, one: Nudge, found: tuple[str, ...]) -> None:
    for copy in found[1:]:
        await world.messenger.remove(one.channel, copy)


async def _write(world: World, before: Approval, nudges: tuple[Nudge, ...]) -> bool:
    after = replace(before, nudges=nudges, version=before.version + 1)
    if await world.store.swap(before, after, ()) is not Swapped.DONE:
        return False
    await world.queue.show(after.id, version=after.version)
    return True
