"""Approve several of a list together: those of one kind, of low risk, that this person may approve now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.approvals.beside import refuse
from bot.approvals.together import Offer, Result, approve, offer, reason
from bot.approvals.world import World
from bot.core.batch import Item, alike
from bot.core.model import Approval, Click, Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import foreign
from bot.core.risk import Risk
from bot.ports import Record

# What is riskier is looked at one by one: nobody has read a list as they read a card.
MOST_RISK = Risk.LOW

# Seconds to find out what may be offered below a list; without an answer there is no button.
WITHIN = 1.0


async def offered(world: World, user: str, records: Sequence[Record]) -> tuple[str, ...]:
    """Of one page of a list, the ids of the most of one kind; none where fewer than two may be approved.

    It binds nobody: the press looks again, and so does each vote.
    """
    click = Click("", user, Verdict.APPROVE, "", 0, Source.BATCH, None, None, None, None, None)
    try:
        async with asyncio.timeout(WITHIN):
            looks = (reason(world, click, record, most=MOST_RISK) for record in records)
            reasons = await asyncio.gather(*looks)
    except TimeoutError:
        return ()
    fit = [record.approval for record, why in zip(records, reasons, strict=True) if why is None]
    return tuple(approval.id for approval in alike(fit))


async def offer_several(world: World, click: Click, approval_ids: Sequence[str]) -> Offer | Outcome:
    """What of these this person may approve together now. Nothing is recorded. Raises StoreUnavailable."""
    if (why := foreign(click, world.us)) is not None:
        return await refuse(world, click, why)
    found = await offer(world, click, approval_ids, most=MOST_RISK)
    return found if _are_alike(found.approvals) else Outcome(Kind.UNKNOWN)


async def approve_several(world: World, click: Click, items: Sequence[Item]) -> tuple[Result, ...]:
    """An ordinary vote on each of what was confirmed, as it was shown."""
    return await approve(world, click, items, most=MOST_RISK)


def _are_alike(approvals: Sequence[Approval]) -> bool:
    """A list of ours holds one kind; another one was not made by us."""
    return len({approval.request.graph for approval in approvals}) <= 1
