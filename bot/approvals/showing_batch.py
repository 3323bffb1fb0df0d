"""Show a batch's card as it is now: post it once, update it while its approvals are decided.

The same care as for a card in `showing.py`, except that a copy does no harm: whatever is pressed on it is
checked against the record.
"""

from __future__ import annotations

from contextlib import suppress

from bot.approvals.showing import CLOCK_SLACK, CLOSED_WAIT, ON_ITS_WAY, Shown
from bot.approvals.world import World
from bot.core.digest import digest
from bot.core.model import Card, State
from bot.ports import (
    BatchRecord,
    ChannelClosed,
    Lease,
    LeaseLost,
    Message,
    MessageGone,
    MessageRefused,
    Record,
    SlackUnavailable,
)


async def show_batch(world: World, batch_id: str) -> Shown:
    """Make Slack show this batch as it is. Raises as `showing.show` does."""
    async with world.store.card_lease(f"batch-{batch_id}") as lease:
        if lease is None:
            return Shown.BUSY
        known = await world.store.read_batch(batch_id)
        if known is None:
            await world.store.save_batch(batch_id, Card(""))  # forgotten: nothing of it is behind
            return Shown.DONE
        if _is_shown(known):
            return Shown.DONE
        if lease.overran:
            await world.store.intend_batch(batch_id)  # who held it may still send an older face
        try:
            await _put(world, known, lease)
            await lease.check()
        except LeaseLost:
            await world.store.intend_batch(batch_id)  # what this process sent is looked for, and taken back
            raise
        except (ChannelClosed, MessageRefused):
            await world.queue.show_batch(batch_id, delay=CLOSED_WAIT)
            raise
        except SlackUnavailable as down:
            await world.queue.show_batch(batch_id, delay=down.retry_after)
            return Shown.LATER
    return Shown.DONE


def _is_shown(known: BatchRecord) -> bool:
    return known.card.shown >= known.version and known.card.intended_at is None


async def _put(world: World, known: BatchRecord, lease: Lease) -> None:
    records = await world.store.read_many(known.batch.approvals)
    message = world.faces.batch(known.batch, records, await _links(world, records))
    face = digest([message.text, [dict(block) for block in message.blocks]])
    card, seen = known.card, known.card.intended_at or 0.0
    found = await _sent_before(world, known, message)
    ts = card.ts or next(iter(found), None)
    if ts is not None:
        await lease.check()
        if card.face != face or found:
            with suppress(MessageGone):  # somebody deleted it: each approval has a card of its own
                await world.messenger.update(card.channel, ts, message)
    elif _may_arrive(known):
        return  # unsettled: the reconciler looks again
    elif any(record.approval.state is State.PENDING for record in records):
        ts, intended = await _post(world, known, message, lease)
        seen = intended if card.intended_at is None else 0.0  # another may be posting: look once more
        await lease.check()
    for copy in found:
        if copy != ts:
            await world.messenger.remove(card.channel, copy)
    await world.store.save_batch(known.batch.id, Card(card.channel, ts, known.version, face), seen=seen)


async def _links(world: World, records: tuple[Record, ...]) -> dict[str, str]:
    found = {}
    for record in records:
        link = await world.messenger.link(record.card.channel, record.card.ts) if record.card.ts else None
        if link is not None:
            found[record.approval.id] = link
    return found


async def _sent_before(world: World, known: BatchRecord, message: Message) -> tuple[str, ...]:
    """Every message of this batch, where one was begun whose fate is unknown."""
    if known.card.intended_at is None:
        return ()
    since = known.card.intended_at - CLOCK_SLACK
    return await world.messenger.find(known.card.channel, message, since=since)


def _may_arrive(known: BatchRecord) -> bool:
    begun = known.card.intended_at
    return begun is not None and known.now - begun < ON_ITS_WAY


async def _post(world: World, known: BatchRecord, message: Message, lease: Lease) -> tuple[str, float]:
    intended = await world.store.intend_batch(known.batch.id)
    await lease.check()
    return await world.messenger.post(known.card.channel, message), intended
