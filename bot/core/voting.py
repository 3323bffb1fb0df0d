"""Weigh one vote against an approval as it stands: what happens, what is written, what is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.answer import BadAnswer, answer_for
from bot.core.audit import Entry, Fact, chained
from bot.core.lifecycle import Event, advance
from bot.core.model import Approval, Click, Decision, Source, State, Verdict, Vote
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policy, Why, barred, tally


@dataclass(frozen=True, slots=True)
class Weighed:
    """The outcome, and the change to write if there is one."""

    outcome: Outcome
    after: Approval | None = None
    entries: tuple[Entry, ...] = ()


def weigh(
    click: Click, approval: Approval, policy: Policy, *, refused: Why | None, now: float, key: bytes
) -> Weighed:
    """What this click does. `refused` is what was found about the person; `now` is the store's clock."""
    if any(vote.click == click.id for vote in approval.votes):
        return Weighed(Outcome(Kind.REPEATED, approval))
    if approval.state is not State.PENDING or overdue(approval, now):
        return Weighed(Outcome(Kind.TOO_LATE, approval))
    why = refused or _not_offered(click, approval) or barred(approval, policy, click.user, click.verdict)
    if why is not None:
        return _refusal(click, approval, why, now, key)
    if click.verdict is Verdict.APPROVE and any(vote.by == click.user for vote in approval.votes):
        return Weighed(Outcome(Kind.REPEATED, approval))
    try:
        return _recorded(click, approval, policy, now, key)
    except BadAnswer as bad:
        return Weighed(Outcome(Kind.BAD_ANSWER, approval, sentence=str(bad)))


def overdue(approval: Approval, now: float) -> bool:
    """True from the very moment of the deadline: a click at that moment is too late."""
    return approval.expires_at is not None and now >= approval.expires_at


def _not_offered(click: Click, approval: Approval) -> Why | None:
    return None if click.verdict in approval.request.contract.verdicts else Why.NOT_OFFERED


def _refusal(click: Click, approval: Approval, why: Why, now: float, key: bytes) -> Weighed:
    after, entry = chained(
        approval, key, Fact.REFUSED, at=now, by=click.user, data={"why": why, "verdict": click.verdict}
    )
    return Weighed(Outcome(Kind.REFUSED, after, why=why), after, (entry,))


def _recorded(click: Click, approval: Approval, policy: Policy, now: float, key: bytes) -> Weighed:
    text = (click.text or "").strip() or None
    if click.verdict is Verdict.REVISE and text is None:
        raise BadAnswer("Please say what should change.")
    vote = Vote(by=click.user, verdict=click.verdict, at=now, click=click.id, text=text)
    voted = replace(approval, votes=(*approval.votes, vote))
    voted, first = chained(
        voted,
        key,
        Fact.VOTED,
        at=now,
        by=click.user,
        data={"verdict": click.verdict, "source": click.source, "text": text, "revision": approval.revision},
    )
    verdict = tally(voted.votes, policy)
    if verdict is None:
        return Weighed(Outcome(Kind.COUNTED, voted), voted, (first,))
    decided, second = decide(
        voted, verdict, by=deciders(voted, verdict), text=text, policy=policy, now=now, key=key
    )
    return Weighed(Outcome(Kind.DECIDED, decided), decided, (first, second))


def deciders(approval: Approval, verdict: Verdict) -> tuple[str, ...]:
    """The distinct people whose votes made this verdict, in the order they voted."""
    return tuple(dict.fromkeys(vote.by for vote in approval.votes if vote.verdict is verdict))


def decide(
    approval: Approval,
    verdict: Verdict,
    *,
    by: tuple[str, ...],
    text: str | None,
    policy: Policy,
    now: float,
    key: bytes,
) -> tuple[Approval, Entry]:
    """The approval with its decision and the exact answer; `by` is empty when a deadline decided."""
    one = by[-1] if by else None
    answer = answer_for(approval.request, verdict, by=one, approval_id=approval.id, text=text)
    decision = Decision(verdict=verdict, by=by, at=now, answer=answer, text=text, policy=policy.version)
    decided = replace(approval, state=advance(approval.state, Event.DECIDE), decision=decision)
    data = {"verdict": verdict, "by": list(by), "policy": policy.version, "digest": approval.request.digest}
    return chained(decided, key, Fact.DECIDED, at=now, by=one, data=data)


def comment(click: Click, approval: Approval, *, now: float, key: bytes) -> Weighed:
    """Keep a reply as a comment: it decides nothing."""
    after, entry = chained(
        approval,
        key,
        Fact.COMMENTED,
        at=now,
        by=click.user,
        data={"text": click.text, "source": Source.REPLY},
    )
    return Weighed(Outcome(Kind.COMMENTED, after), after, (entry,))
