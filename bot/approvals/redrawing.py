"""Draw cards again when somebody they name goes away or comes back: nobody waits for who is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.approvals.world import World
from bot.core.approvers import Approvers
from bot.core.needed import needed
from bot.core.policy import Policy
from bot.ports import InPlaces, Record, Swapped

# So many cards are drawn for one absence, the oldest first: Slack takes about fifty updates a minute. The
# others say it with their next change.
MOST = 100
LOOKED_AT = 1_000
BATCH = 100


async def redraw(world: World, user: str) -> int:
    """Let every card that names this person as still needed be drawn as things are now; returns how many.

    The card counts as behind from the step that marks it, so no crash loses it; a card that looks the same
    as before costs no call to Slack. Raises StoreUnavailable.
    """
    places = [place for place in await world.store.places() if _may_name(world.policy(place[0]), user)]
    marked, cursor = 0, None
    for _ in range(LOOKED_AT // BATCH if places else 0):
        look = InPlaces(None, None, frozenset(places), None, False)
        page = await world.store.waiting(look, cursor=cursor, limit=BATCH)
        for record in page.records:
            if marked < MOST and _names(world, record, user):
                marked += await _mark(world, record)
        cursor = page.cursor
        if cursor is None or marked >= MOST:
            break
    return marked


def _may_name(policy: Policy, user: str) -> bool:
    return any(user in who.users for who in _everybody(policy))


def _everybody(policy: Policy) -> Iterator[Approvers]:
    """Whomever the rules of a graph may name."""
    yield from (stage.approvers for stage in policy.stages)
    yield from (stage.approvers for rule in policy.rules for stage in rule.stages)
    if policy.escalate is not None:
        yield policy.escalate.approvers


def _names(world: World, record: Record, user: str) -> bool:
    missing = needed(record.approval, world.in_force(record.approval))
    return record.card.ts is not None and missing is not None and user in missing.approvers.users


async def _mark(world: World, record: Record) -> bool:
    """Another version of the same approval: who changed it meanwhile has its card drawn anyway."""
    before = record.approval
    after = replace(before, version=before.version + 1)
    if await world.store.swap(before, after, ()) is not Swapped.DONE:
        return False
    await world.queue.show(after.id, version=after.version)
    return True
