"""Whether somebody is one of those who may answer, by themselves or in the place of one who is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.approvals.world import World
from bot.core.approvers import Approvers, in_force
from bot.core.model import Approval, Verdict, Vote
from bot.core.policy import Policy, Why, barred, unfit

Groups = Callable[[str], Awaitable[frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found about a person: why they may not answer; or in which stages, for whom, until when."""

    why: Why | None = None
    stages: frozenset[int] = frozenset()
    stands_for: str | None = None
    until: float | None = None

    def and_as(self, other: Standing) -> Standing:
        """What holds both times: somebody voted before an escalation, and after it with another right."""
        return Standing(self.why or other.why, self.stages & other.stages, self.stands_for)


async def standing_of(
    world: World, user: str, verdict: Verdict, approval: Approval, policy: Policy, groups: Groups, now: float
) -> Standing:
    """Whether this person may answer now: by themselves, or in the place of somebody who is away.

    Raises DirectoryUnavailable.
    """
    person = await world.directory.person(user)
    if (why := unfit(person, world.us)) is not None:
        return Standing(why)
    if stages := await own_stages(world, user, approval, policy, groups):
        return Standing(stages=stages)
    return await _stood_in_for(world, user, verdict, approval, policy, groups, now)


async def standing_of_vote(
    world: World, vote: Vote, approval: Approval, policy: Policy, groups: Groups
) -> Standing:
    """Whether somebody who has voted is still one of those who may. Raises DirectoryUnavailable.

    Who stood in is asked about as well as the one who was away; the absence itself held at the vote. An
    escalation that replaced people since takes nothing from what they had said before.
    """
    if approval.escalated_at is not None and vote.at < approval.escalated_at:
        approval = replace(approval, instead=False)
    for user in (vote.by, vote.stands_for):
        if user is not None and (why := unfit(await world.directory.person(user), world.us)) is not None:
            return Standing(why)
    stages = await own_stages(world, vote.stands_for or vote.by, approval, policy, groups)
    return Standing(stages=stages) if stages else Standing(Why.NOT_AN_APPROVER)


async def own_stages(
    world: World, user: str, approval: Approval, policy: Policy, groups: Groups
) -> frozenset[int]:
    """The stages in which the policy, or an escalation, names this person. Raises DirectoryUnavailable."""
    named = _named(approval, policy)
    found = [n for n, who in enumerate(named) if await _is_one_of(world, user, approval.channel, who, groups)]
    return frozenset(found)


def asks_groups(approval: Approval, policy: Policy) -> bool:
    """Whether a user group says who may answer: only then does it matter how fresh the answer is.

    Also of those whom an escalation replaced: what they had said before goes by their own group.
    """
    return any(who.groups for who in _named(replace(approval, instead=False), policy))


def _named(approval: Approval, policy: Policy) -> list[Approvers]:
    """Who may answer, for each stage."""
    return [in_force(stage.approvers, approval.added, instead=approval.instead) for stage in policy.stages]


async def in_any_stage(world: World, user: str, graph: str, channel: str, now: float) -> bool:
    """Whether anything this graph may ask in this channel may be theirs. Raises DirectoryUnavailable.

    A sieve for lists: what the payload of a request, or an escalation, makes of it is asked for each one.
    """
    policy = world.policy(graph)
    if policy.escalate is not None or (
        world.delegations is not None and await world.delegations.of(user, now)
    ):
        return unfit(await world.directory.person(user), world.us) is None
    if unfit(await world.directory.person(user), world.us) is not None:
        return False
    groups = asked_once(world, fresh=False)
    every = (*policy.stages, *(stage for rule in policy.rules for stage in rule.stages))
    return any([await _is_one_of(world, user, channel, stage.approvers, groups) for stage in every])


def asked_once(world: World, *, fresh: bool) -> Groups:
    """A group's people, asked for once for all voters; `fresh`: after this click came in."""
    known: dict[str, frozenset[str]] = {}

    async def people(group: str) -> frozenset[str]:
        if group not in known:
            known[group] = await world.directory.group(group, fresh=fresh)
        return known[group]

    return people


async def _stood_in_for(
    world: World, user: str, verdict: Verdict, approval: Approval, policy: Policy, groups: Groups, now: float
) -> Standing:
    """Who made this person stand in, and may answer at this very moment.

    No chains: only people whom the policy names themselves can be stood in for. Not the requester, where
    the requester may not approve; and nobody who has answered, or for whom somebody else has.
    """
    if world.delegations is None:
        return Standing(Why.NOT_AN_APPROVER)
    spoken = {vote.by for vote in approval.votes} | {vote.stands_for for vote in approval.votes}
    mine = {vote.stands_for for vote in approval.votes if vote.by == user}
    for whose, absence in sorted((await world.delegations.of(user, now)).items()):
        if whose in spoken - mine or barred(approval, policy, whose, verdict) is Why.REQUESTER:
            continue
        able = unfit(await world.directory.person(whose), world.us) is None
        stages = await own_stages(world, whose, approval, policy, groups) if able else frozenset()
        if stages:
            return Standing(stages=stages, stands_for=whose, until=absence.until)
    return Standing(Why.NOT_AN_APPROVER)


async def _is_one_of(world: World, user: str, channel: str, who: Approvers, groups: Groups) -> bool:
    if user in who.users:
        return True
    if who.members and await world.directory.is_member(channel, user):
        return True
    for group in sorted(who.groups):
        if user in await groups(group):
            return True
    return False
