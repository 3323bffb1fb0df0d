"""Reminders and escalations: when each is due, and what it does to the approval. Every step happens once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.approvers import Approvers
from bot.core.audit import Entry, Fact, chained
from bot.core.calendar import after_working, next_working
from bot.core.model import JSON, Approval, Nudge, State
from bot.core.needed import needed
from bot.core.policy import Escalate, Policy

# A message that was meant this long ago and is not to be found was never sent: longer than a call to Slack
# and the lease of the process that made it.
ON_ITS_WAY = 30.0

ESCALATION = "escalation"
ESCALATION_TOLD = "escalation-told"


@dataclass(frozen=True, slots=True)
class Stepped:
    """The approval after one step, to be written together with the step's audit entry."""

    after: Approval
    entries: tuple[Entry, ...]
    due: float  # when the step was due


def planned(approval: Approval, policy: Policy) -> Approval:
    """A new approval with its deadline and its first steps; `policy` is resolved for its payload."""
    asked = approval.asked_at
    return replace(
        approval,
        expires_at=_deadline(policy, asked),
        remind_at=_in_hours(policy, asked, policy.remind_every),
        escalate_at=_in_hours(policy, asked, policy.escalate.after if policy.escalate else None),
    )


def due_at(approval: Approval) -> float | None:
    """When there is something to do by itself; None: never. After the end there is nothing."""
    if approval.state is not State.PENDING:
        return None
    moments = [approval.remind_at, approval.escalate_at, *(nudge.retry_at for nudge in approval.nudges)]
    return min((moment for moment in moments if moment is not None), default=None)


def next_step(approval: Approval, policy: Policy, now: float, key: bytes) -> Stepped | None:
    """The step that is due now, by the rules in force now; None: none is.

    What falls into the quiet hours is put off to the next working minute. After an outage one reminder is
    sent, not all that were missed.
    """
    if approval.escalate_at is not None and now >= approval.escalate_at:
        return _escalation(approval, policy, approval.escalate_at, now, key)
    if approval.remind_at is not None and now >= approval.remind_at:
        return _reminder(approval, policy, approval.remind_at, now, key)
    return None


def _escalation(approval: Approval, policy: Policy, due: float, now: float, key: bytes) -> Stepped:
    opens, escalate = _opens(policy, now), policy.escalate
    if escalate is None or opens > now:
        return Stepped(replace(approval, escalate_at=None if escalate is None else opens), (), due)
    told = [Nudge(ESCALATION, approval.channel, now, now + ON_ITS_WAY)]
    if escalate.channel not in (None, approval.channel):
        told.append(Nudge(ESCALATION_TOLD, escalate.channel or "", now, now + ON_ITS_WAY))
    after = replace(
        approval,
        escalate_at=None,
        escalated_at=now,
        added=escalate.approvers,
        instead=escalate.instead,
        nudges=(*approval.nudges, *told),
    )
    after, entry = chained(after, key, Fact.ESCALATED, at=now, data=_escalated(escalate))
    return Stepped(after, (entry,), due)


def _escalated(escalate: Escalate) -> dict[str, JSON]:
    mode = "replace" if escalate.instead else "add"
    return {"mode": mode, "channel": escalate.channel, **named(escalate.approvers)}


def _reminder(approval: Approval, policy: Policy, due: float, now: float, key: bytes) -> Stepped:
    every, opens = policy.remind_every, _opens(policy, now)
    if every is None or approval.reminded >= policy.remind_at_most:
        return Stepped(replace(approval, remind_at=None), (), due)
    if opens > now:
        return Stepped(replace(approval, remind_at=opens), (), due)
    number = approval.reminded + 1
    following = _in_hours(policy, now, every) if number < policy.remind_at_most else None
    if any(nudge.name.startswith("reminder") for nudge in approval.nudges):
        return Stepped(replace(approval, remind_at=_in_hours(policy, now, every)), (), due)
    nudge = Nudge(f"reminder-{number}", approval.channel, now, now + ON_ITS_WAY)
    after = replace(approval, remind_at=following, reminded=number, nudges=(*approval.nudges, nudge))
    missing = needed(approval, policy)
    who = named(missing.approvers) if missing is not None else {}
    after, entry = chained(after, key, Fact.REMINDED, at=now, data={"number": number, **who})
    return Stepped(after, (entry,), due)


def named(approvers: Approvers) -> dict[str, JSON]:
    """These people as the audit trail names them."""
    return {
        "users": sorted(approvers.users),
        "groups": sorted(approvers.groups),
        "members": approvers.members,
    }


def _deadline(policy: Policy, asked: float) -> float | None:
    if policy.expires_in is None:
        return None
    if policy.working_time and policy.hours is not None:
        return after_working(policy.hours, asked, policy.expires_in)
    return asked + policy.expires_in


def _in_hours(policy: Policy, since: float, seconds: float | None) -> float | None:
    return None if seconds is None else _opens(policy, since + seconds)


def _opens(policy: Policy, at: float) -> float:
    """That moment, or the next working minute."""
    return at if policy.hours is None else next_working(policy.hours, at)
