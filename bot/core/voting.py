"""Weigh one vote against an approval as it stands: what happens, what is written, what is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.answer import BadAnswer, answer_for, given_answer
from bot.core.audit import Entry, Fact, chained
from bot.core.calls import edits
from bot.core.confirming import ceiling, unconfirmed, word_for
from bot.core.lifecycle import Event, advance
from bot.core.model import JSON, Approval, Click, Decision, Source, State, Verdict, Vote
from bot.core.outcome import Kind, Outcome
from bot.core.policy import CONSENTS, Policy, Why, barred
from bot.core.stages import May, deciding, place
from bot.texts.marks import recorded


@dataclass(frozen=True, slots=True)
class Weighed:
    """The outcome, and the change to write if there is one."""

    outcome: Outcome
    after: Approval | None = None
    entries: tuple[Entry, ...] = ()
    not_after: float | None = None  # from then on the voter may not stand in for somebody any more
    tried: str | None = None  # what was refused, where it is no vote


TYPE = recorded("Please type exactly: {}")


def weigh(
    click: Click,
    approval: Approval,
    policy: Policy,
    *,
    refused: Why | None,
    may: May,
    now: float,
    key: bytes,
    stands_for: str | None = None,
) -> Weighed:
    """What this click does. `refused` is what was found about the person, `may` what is known of all voters;
    `policy` is the one in force for this payload, `now` is the store's clock. `stands_for`: the approver
    who is away, where the person may answer only in their place.
    """
    if any(vote.click == click.id for vote in approval.votes):
        return Weighed(Outcome(Kind.REPEATED, approval))
    if approval.state is not State.PENDING or overdue(approval, now):
        return Weighed(Outcome(Kind.TOO_LATE, approval))
    why = refused or _not_offered(click, approval) or ceiling(click, policy)
    why = why or barred(approval, policy, click.user, click.verdict)
    if why is not None:
        return _refusal(approval, why)
    try:
        given = replace(_vote(click, approval, now), stands_for=stands_for)
        vote = place(given, approval, policy, may)
        if vote is None:
            return Weighed(Outcome(Kind.REPEATED, approval))
        if isinstance(vote, Why):
            return _refusal(approval, vote)
        if (word := unconfirmed(click, approval, policy)) is not None:
            return _asks_to_type(click, approval, word)
        vote = _firm(vote, click, approval, policy)
        return _recorded(click, vote, approval, policy, may, now, key)
    except BadAnswer as bad:
        return Weighed(Outcome(Kind.BAD_ANSWER, approval, sentence=str(bad)))


def _firm(vote: Vote, click: Click, approval: Approval, policy: Policy) -> Vote:
    """The vote with how it was given, should the rules ask for more before it decides."""
    if click.verdict not in CONSENTS:
        return vote
    on_page = click.source is Source.WEB
    return replace(vote, on_page=on_page, typed=not on_page and word_for(approval, policy) is not None)


def _asks_to_type(click: Click, approval: Approval, word: str) -> Weighed:
    """A press is asked for the word; a wrong word is told in the window, which stays open."""
    if click.typed is None and click.source is not Source.MODAL:
        return Weighed(Outcome(Kind.CONFIRM, approval, sentence=word))
    return Weighed(Outcome(Kind.BAD_ANSWER, approval, sentence=TYPE.format(word)))


def overdue(approval: Approval, now: float) -> bool:
    """True from the very moment of the deadline: a click at that moment is too late."""
    return approval.expires_at is not None and now >= approval.expires_at


def _not_offered(click: Click, approval: Approval) -> Why | None:
    return None if click.verdict in approval.request.contract.verdicts else Why.NOT_OFFERED


def _refusal(approval: Approval, why: Why) -> Weighed:
    """Nothing of the record changes: the entry stands beside it."""
    return Weighed(Outcome(Kind.REFUSED, approval, why=why))


def _vote(click: Click, approval: Approval, now: float) -> Vote:
    text = (click.text or "").strip() or None
    if click.verdict is Verdict.REVISE and text is None:
        raise BadAnswer(recorded("Please say what should change."))
    vote = Vote(by=click.user, verdict=click.verdict, at=now, click=click.id, text=text)
    if click.verdict is Verdict.ANSWER:
        return replace(vote, answer=given_answer(approval.request, click.given, click.choice))
    return vote


def _recorded(
    click: Click, vote: Vote, approval: Approval, policy: Policy, may: May, now: float, key: bytes
) -> Weighed:
    voted = replace(approval, votes=(*approval.votes, vote))
    voted, first = chained(
        voted,
        key,
        Fact.VOTED,
        at=now,
        by=click.user,
        data={**_said(click, vote, approval), **_where(vote, policy), "revision": approval.revision},
    )
    agreed = deciding(voted, policy, may)
    if not agreed:
        return Weighed(Outcome(Kind.COUNTED, voted), voted, (first,))
    by, verdict = tuple(one.by for one in agreed), agreed[-1].verdict
    text = vote.text if vote in agreed else agreed[-1].text  # an old No may be enough by new rules
    decided, more = decide(
        voted, verdict, by=by, text=text, policy=policy, now=now, key=key, answer=agreed[-1].answer
    )
    return Weighed(Outcome(Kind.DECIDED, decided), decided, (first, *more))


def _where(vote: Vote, policy: Policy) -> dict[str, JSON]:
    """The stage a vote was given in, where there is more than one."""
    return {"stage": vote.stage} if len(policy.stages) > 1 else {}


def _said(click: Click, vote: Vote, approval: Approval) -> dict[str, JSON]:
    """A vote in the audit trail: an answer with its value, and each edit as it was and as it is."""
    said: dict[str, JSON] = {"verdict": vote.verdict, "source": click.source, "text": vote.text}
    if vote.stands_for is not None:
        said["stands_for"] = vote.stands_for
    if vote.verdict is Verdict.ANSWER:
        said["answer"] = vote.answer
        changed = edits(approval.request, vote.answer)
        said |= (
            {"edits": [{"name": e.name, "before": e.before, "after": e.after} for e in changed]}
            if changed
            else {}
        )
    return said


def decide(
    approval: Approval,
    verdict: Verdict,
    *,
    by: tuple[str, ...],
    text: str | None,
    policy: Policy,
    now: float,
    key: bytes,
    answer: JSON = None,
) -> tuple[Approval, tuple[Entry, ...]]:
    """The approval with its decision and the exact answer; `by` is empty when a deadline decided.

    The entries begin with what has changed of the rules since it was asked. `answer` is what was agreed on
    where the verdict is an ANSWER; of every other verdict it is made here.
    """
    one = by[-1] if by else None
    if verdict is not Verdict.ANSWER:
        answer = answer_for(approval.request, verdict, by=one, approval_id=approval.id, text=text)
    decision = Decision(verdict=verdict, by=by, at=now, answer=answer, text=text, policy=policy.version)
    approval, changed = _policy_changed(approval, policy, now, key)
    decided = replace(approval, state=advance(approval.state, Event.DECIDE), decision=decision)
    data: dict[str, JSON] = {"verdict": verdict, "by": list(by), "policy": policy.version}
    data["digest"] = approval.request.digest
    if policy.held:
        data["rules"] = list(policy.held)
    if verdict is Verdict.ANSWER:
        data["answer"] = answer
    decided, entry = chained(decided, key, Fact.DECIDED, at=now, by=one, data=data)
    return decided, (*changed, entry)


def _policy_changed(
    approval: Approval, policy: Policy, now: float, key: bytes
) -> tuple[Approval, tuple[Entry, ...]]:
    """The rules may be changed while a request waits: those in force decide, and the trail says so."""
    if approval.policy in ("", policy.version):
        return approval, ()
    data: dict[str, JSON] = {"before": approval.policy, "after": policy.version}
    data["digest"] = approval.request.digest
    approval, entry = chained(approval, key, Fact.POLICY_CHANGED, at=now, data=data)
    return approval, (entry,)


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
