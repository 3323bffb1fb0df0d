"""App Home: what waits for one person, what they asked for, and what was decided lately."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks.details import details
from bot.blocks.footer import origin
from bot.blocks.home_ids import write_home_value, write_owner
from bot.blocks.ids import Action, block_id
from bot.blocks.lists import age, summary
from bot.blocks.parts import (
    Block,
    actions,
    anchor,
    button,
    context,
    divider,
    header,
    home,
    line,
    rich_text,
    section,
)
from bot.blocks.status import status
from bot.blocks.text import Mrkdwn, link, mrkdwn, say, when
from bot.blocks.told import content
from bot.core.model import Approval, Verdict
from bot.core.payload import Content
from bot.core.risk import Risk, risk_of
from bot.ports import Home, Record

# Ten items of at most five blocks and ten of two, with lines and headings: below Slack's hundred. What is
# decided here is shown here in full; a longer request, or a riskier one, is decided on its card.
SHOWN = 1_200  # letters of one request
BUTTONS = (Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE)


def app_home(shown: Home) -> Block:
    """The view of one person. What a note of ours says of the last press stands on top."""
    blocks = [
        *([section(Mrkdwn(shown.note)), divider()] if shown.note else []),
        *_waiting(shown),
        divider(),
        header(say("You asked for")),
        *_asked(shown),
        divider(),
        header(say("Recently decided")),
        *_recent(shown),
    ]
    return home(blocks, private=write_owner(shown.user))


def _waiting(shown: Home) -> Iterator[Block]:
    yield header(say("Waiting for you"))
    if not shown.waiting.records:
        yield section(mrkdwn("Nothing waits for you."))
    for number, record in enumerate(shown.waiting.records):
        yield from [divider()] if number else []
        yield from _item(record, shown.links.get(record.approval.id))
    if shown.waiting.cursor is not None:
        yield context(mrkdwn("There is more: type `/approvals mine` in any channel."))
    if shown.waiting.unsure:
        yield context(say("Slack could not tell about every channel, so something may be missing."))


def _item(record: Record, permalink: str | None) -> Iterator[Block]:
    approval = record.approval
    told = content(approval.request)
    waiting = say("waiting {}", age(record.now - approval.asked_at))
    due = [] if approval.expires_at is None else [mrkdwn("until {}", when(approval.expires_at))]
    yield rich_text(line(anchor(permalink, summary(approval))))
    if is_decidable(approval):
        yield from details(told).blocks
    yield context(*origin(approval.request.graph, approval.requester, waiting), *due)
    if is_decidable(approval):
        yield actions(block_id(approval, "home"), *_buttons(approval, told.title))
    else:
        yield context(mrkdwn("This one is decided on {}.", link(permalink, say("its card"))))


def is_decidable(approval: Approval) -> bool:
    """Whether App Home shows all that is needed: plain buttons, little at stake, and the whole request."""
    told, risk = content(approval.request), risk_of(approval.request.payload)
    return (
        set(approval.request.contract.verdicts) <= set(BUTTONS)
        and (risk is None or risk <= Risk.LOW)
        and _letters(told) <= SHOWN
        and not details(told).cut
    )


def _letters(told: Content) -> int:
    fields = sum(len(name) + len(value) for name, value in told.fields)
    return len(told.title) + len(told.summary) + fields + len(told.body)


def _buttons(approval: Approval, title: str) -> Iterator[Block]:
    value, verdicts = write_home_value(approval), approval.request.contract.verdicts
    made = {
        Verdict.APPROVE: (say("Approve"), Action.APPROVE, "primary"),
        Verdict.REJECT: (say("Reject"), Action.REJECT, "danger"),
        Verdict.REVISE: (say("Revise"), Action.REVISE, None),
    }
    for text, action, style in (made[verdict] for verdict in BUTTONS if verdict in verdicts):
        yield button(text, action, value, style=style, says=f"{text}: {title}")


def _asked(shown: Home) -> Iterator[Block]:
    if not shown.asked.records:
        yield section(mrkdwn("Nothing that you asked for is waiting."))
    for record in shown.asked.records:
        approval = record.approval
        yield rich_text(line(anchor(shown.links.get(approval.id), summary(approval))))
        yield context(approval.request.graph, say("waiting {}", age(record.now - approval.asked_at)))
    if shown.asked.cursor is not None:
        yield context(mrkdwn("There is more: type `/approvals from:me` in any channel."))


def _recent(shown: Home) -> Iterator[Block]:
    if not shown.recent:
        yield section(mrkdwn("Nothing was decided lately."))
    for record in shown.recent:
        approval = record.approval
        yield rich_text(line(anchor(shown.links.get(approval.id), summary(approval))))
        yield context(status(approval, None), approval.request.graph)
