"""Who is still needed for a decision: one answer for the card, reminders and lists."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.approvers import Approvers, in_force
from bot.core.model import Approval
from bot.core.policy import Policy, Stage
from bot.core.stages import Tally, tally


@dataclass(frozen=True, slots=True)
class Needed:
    """What is missing: `people` more of these, in this stage."""

    stage: Stage
    approvers: Approvers  # without those who agreed or refused already, and those who may not
    people: int


def needed(approval: Approval, policy: Policy) -> Needed | None:
    """Who is still needed, given the votes so far; None where the votes are enough.

    `policy` is the one resolved for the approval's payload. Groups and members are named as such: who of
    them agreed already is not known here, and a delegate's vote counts for the approver it was given for.
    """
    now = tally(approval, policy)
    return _rest(approval, policy, now) if now.stage < len(policy.stages) else None


def _rest(approval: Approval, policy: Policy, now: Tally) -> Needed:
    stage, counted = policy.stages[now.stage], now.counted[now.stage]
    named = in_force(stage.approvers, approval.added, instead=approval.instead)
    served = [vote for votes in now.counted for vote in votes] if policy.distinct else list(counted)
    done = {vote.by for vote in served} | {vote.stands_for for vote in served}
    barred = {now.editor} | now.against | (set() if policy.requester_may_approve else {approval.requester})
    rest = Approvers(named.users - done - barred, named.groups, named.members)
    return Needed(stage, rest, stage.quorum - len(counted))
