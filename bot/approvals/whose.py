"""Who may decide or see an approval, asked for lists; a click on what is listed is checked again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.approvals.eligible import Standing, asked_once, in_any_stage, standing_of
from bot.approvals.world import World
from bot.core.model import Verdict
from bot.core.policy import barred, unfit
from bot.core.stages import is_missing
from bot.core.voting import overdue
from bot.ports import DirectoryUnavailable, Record

Place = tuple[str, str]  # graph and channel

# Channels that Slack is asked about for one list, and seconds for it: the command has three in all.
MOST_PLACES = 50
WITHIN = 1.2


async def may_decide(world: World, user: str, record: Record) -> bool:
    """Whether this person's consent would count now, and is still missing. Raises DirectoryUnavailable."""
    approval, policy = record.approval, world.in_force(record.approval)
    if overdue(approval, record.now) or barred(approval, policy, user, Verdict.APPROVE) is not None:
        return False
    own = await _standing(world, user, record)
    return own.why is None and is_missing(user, own.stands_for, own.stages, approval, policy)


async def may_see(world: World, user: str, record: Record) -> bool:
    """Who asked, who may decide, and the members of the channel. Raises DirectoryUnavailable."""
    approval = record.approval
    if unfit(await world.directory.person(user), world.us) is not None:
        return False
    if user == approval.requester or await world.directory.is_member(approval.channel, user):
        return True
    return (await _standing(world, user, record)).why is None


async def _standing(world: World, user: str, record: Record) -> Standing:
    policy, groups = world.in_force(record.approval), asked_once(world, fresh=False)
    return await standing_of(world, user, Verdict.APPROVE, record.approval, policy, groups, record.now)


async def own_places(
    world: World, user: str, places: Iterable[Place], now: float
) -> tuple[frozenset[Place], bool]:
    """Those of the places where this person may decide, and whether Slack told of all of them."""
    asked = sorted(places)
    some = asked[:MOST_PLACES]
    answers = await asyncio.gather(*(_is_own(world, user, place, now) for place in some))
    own = frozenset(place for place, answer in zip(some, answers, strict=True) if answer)
    return own, len(some) == len(asked) and None not in answers


async def _is_own(world: World, user: str, place: Place, now: float) -> bool | None:
    """None: Slack does not tell in time."""
    graph, channel = place
    try:
        async with asyncio.timeout(WITHIN):
            return await in_any_stage(world, user, graph, channel, now)
    except (DirectoryUnavailable, TimeoutError):
        return None
