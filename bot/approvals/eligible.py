"""Whether somebody is one of those who may answer, by themselves or in the place of one who is away."""

from __future__ import annotations

from dataclasses import dataclass

from bot.approvals.world import World
from bot.core.approvers import Approvers, in_force
from bot.core.model import Approval, Click
from bot.core.policy import Policy, Why, barred, unfit
from bot.ports import Record


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found about a person: why they may not answer, or for whom they stand in, until when."""

    why: Why | None = None
    stands_for: str | None = None
    until: float | None = None


async def belongs(world: World, user: str, approval: Approval, policy: Policy) -> bool:
    """True if the policy, or an escalation, names this person. Raises DirectoryUnavailable."""
    stages = (in_force(stage.approvers, approval.added, instead=approval.instead) for stage in policy.stages)
    return any([await _is_one_of(world, user, approval.channel, named) for named in stages])


async def stood_in_for(world: World, click: Click, record: Record, policy: Policy) -> Standing:
    """Who made this person stand in, and may answer at this very moment. Raises DirectoryUnavailable.

    No chains: only people whom the policy names themselves can be stood in for. Not the requester, where
    the requester may not approve; and nobody who has answered, or for whom somebody else has.
    """
    if world.delegations is None:
        return Standing(Why.NOT_AN_APPROVER)
    approval = record.approval
    spoken = {vote.by for vote in approval.votes} | {vote.stands_for for vote in approval.votes}
    mine = {vote.stands_for for vote in approval.votes if vote.by == click.user}
    for whose, absence in sorted((await world.delegations.of(click.user, record.now)).items()):
        if whose in spoken - mine or barred(approval, policy, whose, click.verdict) is Why.REQUESTER:
            continue
        able = unfit(await world.directory.person(whose), world.us) is None
        if able and await belongs(world, whose, approval, policy):
            return Standing(stands_for=whose, until=absence.until)
    return Standing(Why.NOT_AN_APPROVER)


async def _is_one_of(world: World, user: str, channel: str, named: Approvers) -> bool:
    if named.members and await world.directory.is_member(channel, user):
        return True
    if user in named.users:
        return True
    for group in sorted(named.groups):
        if user in await world.directory.group(group):
            return True
    return False
