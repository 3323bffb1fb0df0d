"""Show an approval's card as it is now: post it once, update it when its face changes, adopt what was lost.

Level-triggered like driving: a repeat changes nothing, a crash between two lines is mended by the next call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from bot.approvals.absences import away_from
from bot.approvals.beside import write_beside
from bot.approvals.noticing import notice_wished
from bot.approvals.world import World
from bot.core.absence import Absence
from bot.core.audit import Fact
from bot.core.beside import Note
from bot.core.digest import digest
from bot.core.model import JSON, Approval, Card, State
from bot.core.needed import needed
from bot.core.nudges import named
from bot.ports import (
    NOBODY,
    ChannelClosed,
    Lease,
    LeaseLost,
    Message,
    MessageGone,
    MessageRefused,
    Record,
    SlackUnavailable,
    Step,
)
from bot.texts.marks import recorded

# What Slack refused is tried again after this; an invitation to the channel is noticed at once.
CLOSED_WAIT = 60.0

# Several cards of one batch change at once: its own card waits this long and shows them all.
BATCH_WAIT = 0.5

# Clocks of Slack and of the store may differ by this when lost posts are looked for.
CLOCK_SLACK = 120.0

# A post that was begun this long ago and is not to be found was never sent: longer than a call to Slack and
# the lease of the process that made it.
ON_ITS_WAY = 30.0


class Shown(StrEnum):
    """How an attempt to show ended."""

    DONE = "done"
    BUSY = "busy"  # somebody else is at this card
    LATER = "later"  # Slack or the channel is closed to us now; it was put back


async def show(world: World, approval_id: str) -> Shown:
    """Make Slack show this approval as it is. Raises StoreUnavailable, MessageRefused."""
    async with world.store.card(approval_id) as held:
        if held is None:
            return Shown.BUSY
        record = held.record
        if record is None or _is_shown(record):
            return Shown.DONE
        message = await _face(world, record)
        if held.lease.overran:
            # Who held it may be stopped in the middle of an update, send it late and die: look once more.
            await world.store.intend_card(approval_id)
        try:
            await _put(world, record, message, held.lease)
        except LeaseLost:
            # This process was stopped in the middle: what it sent may have come after something newer.
            await world.store.intend_card(approval_id)
            raise
        except (ChannelClosed, MessageRefused):
            await world.queue.show(approval_id, version=record.approval.version, delay=CLOSED_WAIT)
            raise
        except SlackUnavailable as down:
            if down.sent:
                # It may have arrived after another process looked for it and settled that nothing came.
                await world.store.intend_card(approval_id)
            await world.queue.show(approval_id, version=record.approval.version, delay=down.retry_after)
            return Shown.LATER
    return Shown.DONE


def _is_shown(record: Record) -> bool:
    return record.card.shown >= record.approval.version and record.card.intended_at is None


async def show_working(world: World, thread_id: str) -> None:
    """Let the cards of a thread's decided approvals say that the run is at work."""
    known = await world.store.of_thread(thread_id)
    for record in await world.store.read_many(tuple(known.values())):
        if record.approval.state is State.DECIDED:
            await world.queue.show(record.approval.id, version=record.approval.version)


async def _face(world: World, record: Record) -> Message:
    approval = record.approval
    previous = await world.store.read(approval.previous) if approval.previous else None
    following = await world.store.read(approval.next) if approval.next else None
    return world.faces.card(
        approval,
        previous=previous.approval if previous else None,
        previous_link=await _link(world, previous),
        next_link=await _link(world, following),
        now=record.now,
        away=await _away(world, record),
    )


async def _away(world: World, record: Record) -> Mapping[str, Absence]:
    """Of those who are still needed by name, who is not there."""
    approval = record.approval
    if approval.state is not State.PENDING:
        return NOBODY
    missing = needed(approval, world.policy(approval.request.graph).resolved(approval.request.payload))
    return await away_from(world, missing.approvers.users if missing else (), record.now)


async def _link(world: World, record: Record | None) -> str | None:
    if record is None or record.card.ts is None:
        return None
    return await world.messenger.link(record.card.channel, record.card.ts)


async def _put(world: World, record: Record, message: Message, lease: Lease) -> None:
    approval, card = record.approval, record.card
    face = _fingerprint(message)
    shown = replace(card, intended_at=None, shown=approval.version, face=face)
    seen = card.intended_at or 0.0
    if card.ts is None:
        ts, seen = await _post(world, record, message, lease)
        if ts is None and _may_arrive(record):
            return  # unsettled: the reconciler looks again
        await lease.check()  # if it ran out meanwhile, another may post too: the next look finds both
        shown = replace(shown, ts=ts)
        if card.intended_at is not None and ts is not None:
            # Another process may be in the middle of the same post: look once more before this is settled.
            shown = replace(shown, intended_at=record.now, shown=card.shown)
    else:
        if card.intended_at is not None:
            strays = await world.messenger.find(card.channel, message, since=card.intended_at - CLOCK_SLACK)
            await _strike_strays(world, approval, card, tuple(ts for ts in strays if ts != card.ts))
        if card.face != face or card.intended_at is not None:
            await lease.check()
            shown = replace(shown, ts=await _update(world, record, message))
    if card.ts is None and shown.ts is not None:
        await notice_wished(world, approval)
    if approval.state is State.PENDING and shown.ts is not None:
        await lease.check()
        await _note_whom(world, approval, shown)
    await world.store.save_card(approval.id, shown, seen=seen, release=lease, batch=approval.batch)
    if approval.batch is not None:
        await world.queue.show_batch(approval.batch, delay=BATCH_WAIT)
    if card.ts is None and approval.previous is not None:
        await _refresh_previous(world, approval)


async def _note_whom(world: World, approval: Approval, shown: Card) -> None:
    """Whom this card asks, once for each card and each circle of people: before its place is on record."""
    missing = needed(approval, world.in_force(approval))
    asks: dict[str, JSON] = named(missing.approvers) if missing else {}
    said: dict[str, JSON] = {"channel": shown.channel, "message": shown.ts, "revision": approval.revision}
    mark = f"shown {digest([said, asks])[:16]}"
    await write_beside(world, Note(Fact.SHOWN, None, mark, {**said, **asks}, once=True), approval)


def _fingerprint(message: Message) -> str:
    """Tells one face of a card from the next: 64 bits are enough where nobody gains by a collision."""
    return digest([message.text, [dict(block) for block in message.blocks]])[:16]


def _may_arrive(record: Record) -> bool:
    """True while a post that another process began, and that nobody finds, may still be on its way."""
    begun = record.card.intended_at
    return begun is not None and record.now - begun < ON_ITS_WAY


async def _post(world: World, record: Record, message: Message, lease: Lease) -> tuple[str | None, float]:
    """Post unless an earlier try did; what is over before anybody saw it needs no card.

    Returns the ts, and the intention that is dealt with by now.
    """
    approval, card = record.approval, record.card
    if card.intended_at is not None:
        found = await world.messenger.find(card.channel, message, since=card.intended_at - CLOCK_SLACK)
        if found:
            await world.messenger.update(card.channel, found[0], message)
            return found[0], card.intended_at
    if approval.state is not State.PENDING:
        return None, card.intended_at or 0.0
    intended = await world.store.intend_card(approval.id)
    await lease.check()
    with world.traces.span(
        Step.POST, parent=approval.trace, graph=approval.request.graph, approval_id=approval.id
    ):
        return await world.messenger.post(card.channel, message), intended


async def _strike_strays(world: World, approval: Approval, card: Card, strays: tuple[str, ...]) -> None:
    """A post whose reply was lost may stand twice: only one card may be live."""
    for ts in strays:
        why = recorded("This is a copy; the card itself is in this channel.")
        gone = replace(approval, state=State.SUPERSEDED, decision=None, closed_why=why)
        face = world.faces.card(
            gone, previous=None, previous_link=None, next_link=None, now=approval.asked_at
        )
        await world.messenger.update(card.channel, ts, face)


async def _update(world: World, record: Record, message: Message) -> str | None:
    try:
        await world.messenger.update(record.card.channel, record.card.ts or "", message)
    except MessageGone:
        # Somebody deleted the card. A pending approval needs one; a decided one is in the record.
        if record.approval.state is State.PENDING:
            await world.store.intend_card(record.approval.id)
            return await world.messenger.post(record.card.channel, message)
    return record.card.ts


async def _refresh_previous(world: World, approval: Approval) -> None:
    """The old card links to this one, which has a place only now."""
    async with world.store.card(approval.previous or "") as held:
        record = held.record if held is not None else None
        if record is None or record.card.ts is None:
            return
        message = await _face(world, record)
        try:
            await world.messenger.update(record.card.channel, record.card.ts, message)
        except (MessageGone, SlackUnavailable):
            return  # the link is a convenience; the card's own state was shown before
        shown = replace(record.card, shown=record.approval.version, face=_fingerprint(message))
        seen, batch = record.card.intended_at or 0.0, record.approval.batch
        await world.store.save_card(record.approval.id, shown, seen=seen, batch=batch)
