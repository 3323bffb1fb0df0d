"""The private sentence to one person about what their gesture did, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from bot.blocks.status import DID
from bot.blocks.text import Mrkdwn, joined, mentions, mrkdwn, say, when
from bot.core.model import Approval, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.texts.marks import marked
from bot.texts.spoken import retold

BY_OTHERS = {
    Verdict.APPROVE: marked("{}: {} approved this at {}."),
    Verdict.REJECT: marked("{}: {} rejected this at {}."),
    Verdict.REVISE: marked("{}: {} sent this back at {}."),
    Verdict.ANSWER: marked("{}: {} answered this at {}."),
}
YOURSELF = {
    Verdict.APPROVE: marked("You approved this at {}, and that stands. Nothing more was recorded."),
    Verdict.REJECT: marked("You rejected this at {}, and that stands. Nothing more was recorded."),
    Verdict.REVISE: marked("You sent this back at {}, and that stands. Nothing more was recorded."),
    Verdict.ANSWER: marked("You answered this at {}, and that stands. Nothing more was recorded."),
}
NOTHING_DONE = marked("Nothing was recorded.")

WHY: Mapping[Why, str] = {
    Why.OTHER_APP: marked("That button belongs to another app. Nothing was recorded."),
    Why.OTHER_WORKSPACE: marked("That came from another workspace. Nothing was recorded."),
    Why.NO_WORKSPACE: marked(
        "Slack did not say which workspace that came from, because the app is installed for a whole"
        " organization. Nothing was recorded; ask an operator to install it in this workspace alone."
    ),
    Why.MALFORMED: marked(
        "Slack sent something we do not understand. Nothing was recorded; please press again."
    ),
    Why.OTHER_CARD: marked(
        "This is not the current card for that request. Nothing was recorded; find it with `/approvals`."
    ),
    Why.NOT_A_PERSON: marked(
        "Only active people may decide; bots and deactivated accounts may not. Nothing was recorded."
    ),
    Why.GUEST: marked(
        "Guests may not decide here. Nothing was recorded; ask a full member of this workspace."
    ),
    Why.STRANGER: marked("Only people of this workspace may decide. Nothing was recorded; ask one of them."),
    Why.NOT_AN_APPROVER: marked(
        "You are not one of the people who may decide this. Nothing was recorded; the card says who may."
    ),
    Why.SPOKEN_FOR: marked(
        "Whoever stands in for you has approved this already. Nothing was recorded; you can still reject it."
    ),
    Why.OTHER_STAGE: marked(
        "It is another stage's turn to approve this. Nothing was recorded; the card says who is needed now."
    ),
    Why.SERVED: marked(
        "You approved an earlier stage, so somebody else must approve this one. Nothing was recorded."
    ),
    Why.SAID_NO: marked(
        "You, or the one you share a vote with, rejected this before, and that stands. Nothing was recorded."
    ),
    Why.EDITOR: marked(
        "The change was yours, so somebody else must approve it. Nothing was recorded; "
        "the card's other buttons are open to you."
    ),
    Why.BLOCKED: marked(
        "Nobody can approve this now: a rule in approvals.toml does not fit this request, as the card says. "
        "Nothing was recorded; tell an operator."
    ),
    Why.CEILING: marked(
        "Too much is at stake to approve this in Slack. Nothing was recorded; the card says where to go."
    ),
    Why.REQUESTER: marked(
        "You asked for this, so somebody else must approve it. The card's other buttons are open to you."
    ),
    Why.NOT_THE_REQUESTER: marked(
        "Only who asked for this may withdraw it. Nothing was recorded but your try; use the card's buttons."
    ),
    Why.CANNOT_CHECK: marked(
        "Slack cannot tell us now whether you may decide this. Nothing was recorded; press again in a minute."
    ),
    Why.NOT_OFFERED: marked(
        "This card does not offer that answer. Nothing was recorded; use one of its buttons."
    ),
}


def notice(outcome: Outcome, user: str | None = None) -> Mrkdwn | None:
    """What to tell this person; None where the card itself says it, or where there is nothing to say."""
    if outcome.kind in (Kind.DECIDED, Kind.READY):
        return None
    return sentence(outcome, user)


def sentence(outcome: Outcome, user: str | None = None) -> Mrkdwn:
    """One sentence for every way an attempt can end, and the next step where there is one.

    `user` is who made the attempt: who decided alone is not told to be second.
    """
    match outcome.kind:
        case Kind.DECIDED:
            return mrkdwn("Your decision is recorded; the run goes on.")
        case Kind.COUNTED:
            return _counted(outcome.approval)
        case Kind.REPEATED:
            return mrkdwn("Your vote was recorded before; it counts once.")
        case Kind.TOO_LATE:
            return _too_late(outcome.approval, user)
        case Kind.REFUSED:
            return _refused(outcome.why, outcome.approval)
        case Kind.BAD_ANSWER:
            return mrkdwn("Nothing was recorded. {}", to_mend(outcome))
        case Kind.UNKNOWN:
            return mrkdwn(
                "We have no record of this request. Nothing was recorded; see `/approvals` for what waits."
            )
        case Kind.COMMENTED:
            return mrkdwn("Kept as a comment; it decides nothing. Use the card's buttons to decide.")
        case Kind.NOT_RECORDED:
            return mrkdwn("Not recorded: our record cannot be reached now. Please press again in a minute.")
        case Kind.WITHDRAWN:
            return mrkdwn("Withdrawn: the run ends here, unless somebody has decided a moment before.")
        case Kind.CONFIRM:
            return mrkdwn("Nothing was recorded. Please press the card's own button, and confirm there.")
        case Kind.READY:
            return mrkdwn("You may decide this. Nothing is recorded yet.")
        case _:
            assert_never(outcome.kind)


def to_mend(outcome: Outcome) -> str:
    """What a person can mend, for the box of a form: without what was or was not recorded."""
    if outcome.kind is Kind.BAD_ANSWER:
        return retold(outcome.sentence or "") or say("This graph cannot be given that answer.")
    return retold(outcome.sentence or "") or sentence(outcome)


def _counted(approval: Approval | None) -> Mrkdwn:
    if approval is not None and approval.votes and approval.votes[-1].verdict is Verdict.REJECT:
        return mrkdwn("Your rejection is recorded; more people are needed, the card shows how many.")
    if approval is not None and approval.votes and approval.votes[-1].verdict is Verdict.ANSWER:
        return mrkdwn(
            "Your answer is recorded; more people must give the same one, the card shows how many have."
        )
    return mrkdwn("Your approval is recorded; more people are needed, the card shows how many.")


def _refused(why: Why | None, approval: Approval | None) -> Mrkdwn:
    if why is Why.REQUESTER and approval is not None and _only_answers(approval):
        return mrkdwn("You asked for this, so somebody else must answer it. Nothing was recorded.")
    return mrkdwn(WHY[why] if why is not None else NOTHING_DONE)


def _only_answers(approval: Approval) -> bool:
    return approval.request.contract.verdicts == (Verdict.ANSWER,)


def _too_late(approval: Approval | None, user: str | None) -> Mrkdwn:
    if approval is None:
        return mrkdwn("This was decided before. Nothing was recorded.")
    match approval.state:
        case State.PENDING | State.EXPIRED:
            return mrkdwn("The time to decide this is over. Nothing was recorded.")
        case State.SUPERSEDED if approval.next is not None:
            return mrkdwn(
                "This card was replaced by revision {}; please decide there.", approval.revision + 1
            )
        case State.SUPERSEDED:
            return mrkdwn("This card was withdrawn: the run went on without it. Nothing was recorded.")
        case State.CANCELLED:
            return mrkdwn("This was cancelled before. Nothing was recorded.")
        case State.DECIDED | State.APPLIED | State.FAILED:
            return joined([_second(approval, user), *_and_now(approval)], " ")
        case _:
            assert_never(approval.state)


def _and_now(approval: Approval) -> Iterator[Mrkdwn]:
    if approval.next is not None:
        yield mrkdwn("The current card is revision {}; please decide there.", approval.revision + 1)


def _second(approval: Approval, user: str | None) -> Mrkdwn:
    decision = approval.decision
    if decision is None:
        return mrkdwn("This was decided before. Nothing was recorded.")
    did, at = say(DID[decision.verdict]), when(decision.at, "{time}")
    if not decision.by:
        return mrkdwn("Nobody decided in time, so this was {} at {}. Nothing was recorded.", did, at)
    if user in decision.by:
        return mrkdwn(YOURSELF[decision.verdict], at)
    opening = say("This was decided before") if user is None else say("You were second")
    return mrkdwn(BY_OTHERS[decision.verdict], opening, mentions(decision.by), at)
