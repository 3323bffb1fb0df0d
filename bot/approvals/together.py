"""Approve several requests after one confirmation: an ordinary vote on each, never a way around anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.approvals import voting
from bot.approvals.beside import refuse, refused, refused_at
from bot.approvals.world import World
from bot.core.batch import MOST, Alone, Item, alone, too_risky
from bot.core.model import Approval, Click
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why, foreign
from bot.core.risk import Risk
from bot.ports import Record, StoreUnavailable


@dataclass(frozen=True, slots=True)
class Offer:
    """What this person may approve together now, and what not, with the reason for each."""

    approvals: tuple[Approval, ...]
    others: tuple[tuple[Approval, Alone | Outcome], ...] = ()
    later: int = 0  # how many more there are than one press takes


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one of them; `approval` is as it was read, None where there is no record of it."""

    item: Item
    approval: Approval | None
    outcome: Outcome


async def offer_batch(world: World, click: Click, batch_id: str) -> Offer | Outcome:
    """The same for a batch whose card was pressed. Raises StoreUnavailable."""
    if (why := foreign(click, world.us)) is not None:
        return await refuse(world, click, why)
    known = await world.store.read_batch(batch_id)
    if known is None:
        return Outcome(Kind.UNKNOWN)
    if (click.channel, click.message_ts) != (known.card.channel, known.card.ts):
        await refused(world, click, Why.OTHER_CARD)
        return Outcome(Kind.REFUSED, why=Why.OTHER_CARD)
    return await offer(world, click, known.batch.approvals)


async def offer(
    world: World, click: Click, approval_ids: Sequence[str], *, most: Risk = Risk.MEDIUM
) -> Offer:
    """What the person of this click may approve of these. Nothing is recorded. Raises StoreUnavailable."""
    good, others = list[Approval](), list[tuple[Approval, Alone | Outcome]]()
    for record in await world.store.read_many(approval_ids):
        why = await reason(world, click, record, most=most)
        if why is None:
            good.append(record.approval)
        else:
            others.append((record.approval, why))
    return Offer(tuple(good[:MOST]), tuple(others), later=len(good[MOST:]))


async def reason(world: World, click: Click, record: Record, *, most: Risk) -> Alone | Outcome | None:
    """Why this person does not approve this one together with others; None: they may. Nothing is recorded.

    `most` is the highest risk that is approved so.
    """
    why = _alone(world, record)
    if why is not None:
        return why
    outcome = await voting.probe(world, _vote(click, record), record)
    if outcome.kind is not Kind.READY:
        return outcome
    return _risky(world, record, most) if outcome.sentence is None else Alone.RISK  # else it must be typed


def _alone(world: World, record: Record) -> Alone | None:
    approval = record.approval
    return alone(approval, has_card=record.card.ts is not None, shows_all=world.faces.shows_all(approval))


def _risky(world: World, record: Record, most: Risk) -> Alone | None:
    """A rule may find a higher risk than the payload says."""
    return too_risky(world.in_force(record.approval).risk, most)


def _vote(click: Click, record: Record) -> Click:
    """The person's own vote on one of them, as if pressed on its card; its repeat is the same gesture."""
    approval, card = record.approval, record.card
    return replace(
        click,
        id=f"{click.id}/{approval.id}",
        approval_id=approval.id,
        revision=approval.revision,
        channel=card.channel,
        message_ts=card.ts,
    )


async def approve(
    world: World, click: Click, items: Sequence[Item], *, most: Risk = Risk.MEDIUM
) -> tuple[Result, ...]:
    """Vote on each as it was confirmed. Once the record is away, the rest is not tried: press again."""
    results: list[Result] = []
    for item in items[:MOST]:
        if results and results[-1].outcome.kind is Kind.NOT_RECORDED:
            results.append(Result(item, None, Outcome(Kind.NOT_RECORDED)))
            continue
        try:
            results.append(await _approve(world, click, item, most))
        except StoreUnavailable:
            results.append(Result(item, None, Outcome(Kind.NOT_RECORDED)))
    return tuple(results)


async def _approve(world: World, click: Click, item: Item, most: Risk) -> Result:
    record = await world.store.read(item.approval_id)
    if record is None:
        return Result(item, None, Outcome(Kind.UNKNOWN))
    if Item.of(record.approval) != item:
        return await _refused(world, click, item, record, Why.OTHER_CARD)
    why = _alone(world, record) or _risky(world, record, most)
    if why not in (None, Alone.OVER):  # what is over is told by the vote itself
        return await _refused(world, click, item, record, Why.NOT_OFFERED)
    return Result(item, record.approval, await voting.vote(world, _vote(click, record)))


async def _refused(world: World, click: Click, item: Item, record: Record, why: Why) -> Result:
    await refused_at(world, click, why, record.approval)
    return Result(item, record.approval, Outcome(Kind.REFUSED, record.approval, why=why))
