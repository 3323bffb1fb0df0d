"""What stands below a pending request: who may decide, until when, how many have, and the buttons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.blocks.deciders import NAMED, deciders
from bot.blocks.ids import CHOICES, Action, block_id, write_value
from bot.blocks.parts import Block, actions, button, confirm, context, overflow
from bot.blocks.text import Mrkdwn, begun, cut, mention, mrkdwn, say, visible, when
from bot.blocks.told import plain
from bot.core.absence import Absence
from bot.core.answer import choices
from bot.core.calls import rows
from bot.core.model import Approval, ContractKind, Verdict
from bot.core.policy import USER_ID, Policy
from bot.core.risk import Risk
from bot.ports import NOBODY
from bot.texts.marks import marked
from bot.texts.spoken import retold

SHOWN_PART = marked("This card shows only a part of the request; all of it is behind View full.")
OFFERED = marked(
    "The card shows only a part of the request. The full text was offered behind View full, "
    "and your approval counts for all of it."
)
WITHDRAWAL = marked(
    "The run ends here, and what it asks for does not happen. Only who asked for it may do this."
)
OPENS = {"edit": marked("edit"), "respond": marked("respond")}
RISKS: Mapping[Risk, str] = {
    Risk.LOW: marked("low"),
    Risk.MEDIUM: marked("medium"),
    Risk.HIGH: marked("high"),
    Risk.CRITICAL: marked("critical"),
}


def origin(graph: str, requester: str | None, *more: str) -> tuple[str, ...]:
    """Which graph asks and for whom; only a Slack id becomes a mention."""
    source = " · ".join([graph, *more])
    if requester is None:
        return (source,)
    if not USER_ID.fullmatch(requester):
        return (source, say("for {}", cut(visible(requester, line=True), 100)))
    return (source, mrkdwn("for {}", mention(requester)))


def small_print(
    approval: Approval,
    policy: Policy,
    *,
    is_cut: bool,
    elsewhere: bool,
    away: Mapping[str, Absence] = NOBODY,
) -> Iterator[Block]:
    """The lines a reviewer looks for when in doubt."""
    where = origin(approval.request.graph, approval.requester, say("revision {}", approval.revision))
    yield context(*where, *_deadline(approval, policy))
    yield from deciders(approval, policy)
    yield from _away(away)
    yield from _ceiling(approval, policy, elsewhere=elsewhere)
    if approval.request.contract.why_not:
        yield context(retold(approval.request.contract.why_not))
    if is_cut:
        yield context(say(SHOWN_PART))


def _ceiling(approval: Approval, policy: Policy, *, elsewhere: bool) -> Iterator[Block]:
    """Why Approve is missing, and where to go instead."""
    if not policy.reaches(policy.ceiling) or policy.risk is None:
        return
    opening = mrkdwn("*This cannot be approved in Slack*: its risk is {}.", say(RISKS[policy.risk]))
    if Verdict.APPROVE not in approval.request.contract.verdicts:
        yield context(opening, say("It needs an answer that our page cannot take: ask an operator."))
    elif elsewhere:
        yield context(opening, say("Approve on the web gives you a link of your own, and you log in there."))
    else:
        yield context(opening, say("No log-in is set up to approve it elsewhere: ask an operator."))


def _deadline(approval: Approval, policy: Policy) -> Iterator[Mrkdwn]:
    if approval.expires_at is not None:
        rejects = policy.on_expiry == "reject" and Verdict.REJECT in approval.request.contract.verdicts
        then = say("it is rejected") if rejects else say("it expires and the run stays paused")
        yield mrkdwn("Decide by {}, or {}", when(approval.expires_at), then)


def _away(away: Mapping[str, Absence]) -> Iterator[Block]:
    """Whom nobody needs to wait for, and who answers in their place."""
    lines = [
        mrkdwn("Away until {}: {}{}", when(one.until), mention(user), _stands_in(one))
        for user, one in sorted(away.items())
    ]
    if lines:
        yield context(*lines[:NAMED])


def _stands_in(absence: Absence) -> Mrkdwn:
    if absence.delegate is None:
        return mrkdwn("")
    return mrkdwn(" ({} stands in)", mention(absence.delegate))


def _takes_answers(approval: Approval) -> bool:
    return Verdict.ANSWER in approval.request.contract.verdicts


def buttons(
    approval: Approval, policy: Policy, title: str, *, is_cut: bool, elsewhere: bool
) -> Iterator[Block]:
    """The verdicts this request can carry; consent asks back where the card shows only a part.

    Where too much is at stake nobody approves here; `elsewhere`: there is a page of ours to do it on.
    """
    value = write_value(approval)
    ask = _confirm(say("Approve all of it?"), OFFERED, say("Approve")) if is_cut else None
    made = {
        Verdict.APPROVE: _button(say("Approve"), Action.APPROVE, value, title, style="primary", confirm=ask),
        Verdict.REJECT: _button(say("Reject"), Action.REJECT, value, title, style="danger"),
        Verdict.REVISE: _button(say("Revise"), Action.REVISE, value, title),
    }
    offered = [verdict for verdict in made if verdict in approval.request.contract.verdicts]
    if policy.reaches(policy.ceiling):
        row = [made[verdict] for verdict in offered if verdict is not Verdict.APPROVE]
        if elsewhere and Verdict.APPROVE in offered:
            says = say("Approve on the web: {}", title)
            row.append(button(say("Approve on the web"), Action.ELSEWHERE, value, says=says))
    else:
        row = [made[verdict] for verdict in offered]
        row += _answers(approval, value, title, is_cut=is_cut)
    if is_cut:
        row.append(_button(say("View full"), Action.VIEW, value, title))
    row += _withdraw(approval, value)
    if row:
        yield actions(block_id(approval, "decide"), *row)


def _withdraw(approval: Approval, value: str) -> Iterator[Block]:
    """For who asked for it, behind the three dots: reviewers need not read it."""
    if USER_ID.fullmatch(approval.requester or ""):
        ask = _confirm(say("Withdraw this request?"), WITHDRAWAL, say("Withdraw"))
        yield overflow(Action.WITHDRAW, [(value, say("Withdraw this request"))], confirm=ask)


def _answers(approval: Approval, value: str, title: str, *, is_cut: bool) -> Iterator[Block]:
    """A button for each of a few answers, none of them coloured: we do not know which is the good one."""
    if not _takes_answers(approval):
        return
    ask = _confirm(say("Answer all of it?"), OFFERED, say("Go on")) if is_cut else None
    few = choices(approval.request.contract)
    for action, choice in zip(CHOICES, few, strict=False):
        text = plain(choice)
        yield _button(text, action, value, title, confirm=ask)
    if not few:
        text = _opens_form(approval)
        yield _button(text, Action.ANSWER, value, title, confirm=ask)


def _opens_form(approval: Approval) -> str:
    calls = rows(approval.request)
    if len(calls) > 1:
        return say("Decide one by one")
    if approval.request.contract.kind is ContractKind.INBOX:
        return say("Edit")
    more = [word for word in OPENS if any(word in call.allowed for call in calls)]
    return begun(say(" or ").join(say(OPENS[word]) for word in more)) or say("Answer")


def _button(text: str, action: str, value: str, title: str, **more: Any) -> Block:
    """A button that says to those who hear it what it is about."""
    return button(text, action, value, says=f"{text}: {title}", **more)


def _confirm(title: str, text: str, yes: str) -> Block:
    return confirm(title, say(text), yes=yes, no=say("Go back"))
