"""One sentence or two about where an approval is: who decided what and when, and what happens next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from bot.blocks.text import Mrkdwn, begun, joined, link, mentions, mrkdwn, say, when
from bot.core.model import Approval, State, Verdict
from bot.texts.marks import marked

OFFERED = {
    Verdict.APPROVE: marked("Approve"),
    Verdict.REJECT: marked("Reject"),
    Verdict.REVISE: marked("Revise"),
    Verdict.ANSWER: marked("Answer"),
}
BADGE = {Verdict.APPROVE: "✅", Verdict.REJECT: "❌", Verdict.REVISE: "↩️", Verdict.ANSWER: "📝"}
DID = {
    Verdict.APPROVE: marked("approved"),
    Verdict.REJECT: marked("rejected"),
    Verdict.REVISE: marked("sent back"),
    Verdict.ANSWER: marked("answered"),
}


def status(approval: Approval, next_link: str | None) -> Mrkdwn:
    """Where the approval is, for people; every word of it is ours."""
    return joined(list(_sentences(approval, next_link)), " ")


def _sentences(approval: Approval, next_link: str | None) -> Iterator[Mrkdwn]:
    match approval.state:
        case State.PENDING:
            yield _waiting(approval)
        case State.DECIDED:
            yield from _decided(approval, say("; the run goes on."))
            yield from _see_next(approval, next_link)
        case State.APPLIED:
            yield from _decided(approval, say("; the run has taken the answer."))
            yield from _see_next(approval, next_link)
        case State.FAILED:
            yield from _decided(approval)
            yield from _failed(approval)
        case State.EXPIRED:
            yield mrkdwn("⌛ *Expired*{}: nobody decided in time.", _closed(approval))
            yield mrkdwn("The run stays paused.")
        case State.SUPERSEDED:
            yield _replaced(approval, next_link)
            yield from _unused(approval)
        case State.CANCELLED:
            yield mrkdwn("🚫 *Cancelled*{}.", _closed(approval))
            yield from _unused(approval)
        case _:
            assert_never(approval.state)


def _waiting(approval: Approval) -> Mrkdwn:
    offered = [say(OFFERED[verdict]) for verdict in Verdict if verdict in approval.request.contract.verdicts]
    return mrkdwn(
        "Waiting for a decision: {}.", joined(offered or [say("not with these buttons")], last=say(" or "))
    )


def _decided(approval: Approval, ending: str = ".") -> Iterator[Mrkdwn]:
    """`Approved by Ana at 14:02 today`: who and when, in one bold piece."""
    decision = approval.decision
    if decision is None:
        return
    badge, did, at = BADGE[decision.verdict], begun(say(DID[decision.verdict])), when(decision.at)
    if decision.by:
        yield mrkdwn("{} *{} by {}* at {}{}", badge, did, mentions(decision.by), at, ending)
    else:
        yield mrkdwn("{} *{}* at {}, because nobody decided in time{}", badge, did, at, ending)


def _see_next(approval: Approval, next_link: str | None) -> Iterator[Mrkdwn]:
    if next_link is not None:
        yield mrkdwn("See {}.", link(next_link, say("revision {}", approval.revision + 1)))


def _failed(approval: Approval) -> Iterator[Mrkdwn]:
    failure = approval.failure
    if failure is None:
        return
    yield mrkdwn("\n⚠️ *The run failed after that*; reference *{}*.", failure.reference)
    yield mrkdwn("The answer is recorded and is never sent twice.")
    if failure.retry_at is not None:
        yield mrkdwn("The run tries again by itself at {}.", when(failure.retry_at))
    else:
        yield mrkdwn("It does not try again by itself: give an operator the reference.")


def _replaced(approval: Approval, next_link: str | None) -> Mrkdwn:
    if approval.next is None:
        return mrkdwn("♻️ *Withdrawn*{}.", _closed(approval))
    new = link(next_link, say("revision {}", approval.revision + 1))
    return mrkdwn("♻️ *Replaced by {}*{}.", new, _closed(approval))


def _unused(approval: Approval) -> Iterator[Mrkdwn]:
    """A decision that came to nothing must be seen as such."""
    decision = approval.decision
    if decision is not None:
        people = mentions(decision.by) if decision.by else mrkdwn("the deadline")
        did, at = say(DID[decision.verdict]), when(decision.at)
        yield mrkdwn("It was {} by {} at {}, but that answer was not used.", did, people, at)


def _closed(approval: Approval) -> Mrkdwn:
    return mrkdwn("") if approval.closed_at is None else mrkdwn(" at {}", when(approval.closed_at))
