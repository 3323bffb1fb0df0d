"""What one person may press in their App Home, and what they cannot approve now, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.approvals import voting
from bot.approvals.whose import own_places
from bot.approvals.world import World
from bot.core.batch import too_risky
from bot.core.model import Approval, Click, Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.core.risk import Risk
from bot.ports import InPlaces, Offered, Record

# How many of what waits where this person may decide are looked at, for the few that are shown.
LOOKED_AT, HELD = 30, 4

# What this person has to do with, though others must approve it; whoever asked sees it elsewhere.
OTHERS = frozenset({Why.OTHER_STAGE, Why.SERVED, Why.EDITOR, Why.SPOKEN_FOR, Why.SAID_NO, Why.BLOCKED})


@dataclass(frozen=True, slots=True)
class Held:
    """One that others must approve now."""

    record: Record
    offered: Offered


async def offered(world: World, user: str, record: Record) -> Offered:
    """The verdicts that would count if this person pressed now; what cannot be checked is not offered."""
    outcomes = {
        verdict: await voting.probe(world, _press(user, record.approval, verdict), record)
        for verdict in (Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE)
        if verdict in record.approval.request.contract.verdicts
    }
    ready = frozenset(verdict for verdict, one in outcomes.items() if one.kind is Kind.READY)
    approve = outcomes.get(Verdict.APPROVE)
    refused = approve if approve is not None and approve.kind is not Kind.READY else None
    typed = approve is not None and refused is None and approve.sentence is not None
    risky = too_risky(world.in_force(record.approval).risk, Risk.LOW) is not None
    return Offered(ready, typed, risky, refused)


async def held(world: World, user: str, shown: Collection[str]) -> Sequence[Held]:
    """What waits where this person may decide, but not for their approval; a few, oldest first."""
    places, now = await world.store.places(), await world.store.now()
    own, _ = await own_places(world, user, places, now)
    page = await world.store.waiting(InPlaces(None, None, own, None, False), limit=LOOKED_AT)
    found = list[Held]()
    for record in page.records if own else ():
        if record.approval.id in shown or record.approval.requester == user or len(found) == HELD:
            continue
        at = await offered(world, user, record)
        if at.why is not None and _is_theirs(at.why):
            found.append(Held(record, at))
    return found


def _is_theirs(outcome: Outcome) -> bool:
    return outcome.kind is Kind.REPEATED or (outcome.kind is Kind.REFUSED and outcome.why in OTHERS)


def _press(user: str, approval: Approval, verdict: Verdict) -> Click:
    """A press of a button that shows this very request; it is only weighed."""
    return Click(
        *("", user, verdict, approval.id, approval.revision, Source.HOME, None, None, None, None, None),
        shown=approval.request.digest,
    )
