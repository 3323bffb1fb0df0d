"""Who is still needed for a decision: one answer for the card, reminders and lists."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.approvers import Approvers, in_force
from bot.core.model import Approval, Vote
from bot.core.policy import CONSENTS, Policy, Stage, alike, standing


@dataclass(frozen=True, slots=True)
class Needed:
    """What is missing: `people` more of these, in this stage."""

    stage: Stage
    approvers: Approvers  # without those who agreed already and those who may not
    people: int


def needed(approval: Approval, policy: Policy) -> Needed | None:
    """Who is still needed, given the votes so far; None where the votes are enough.

    `policy` is the one resolved for the approval's payload. Groups and members are named as such: who of
    them agreed already is not known here, and a delegate's vote counts for the approver it was given for.
    """
    agreed = list(_consents(approval))
    for stage in policy.stages:
        people, agreed = agreed[: stage.quorum], agreed[stage.quorum :]
        if len(people) < stage.quorum:
            return _rest(approval, policy, stage, people)
    return None


def _consents(approval: Approval) -> tuple[Vote, ...]:
    """The votes for the answer that most agree on, oldest first."""
    votes = tuple(vote for vote in standing(approval.votes) if vote.verdict in CONSENTS)
    return max(alike(votes), key=len, default=())


def _rest(approval: Approval, policy: Policy, stage: Stage, people: list[Vote]) -> Needed:
    named = in_force(stage.approvers, approval.added, instead=approval.instead)
    done = {vote.stands_for or vote.by for vote in _consents(approval)} | {
        vote.by for vote in _consents(approval)
    }
    barred = set() if policy.requester_may_approve else {approval.requester}
    rest = Approvers(named.users - done - barred, named.groups, named.members)
    return Needed(stage, rest, stage.quorum - len(people))
