"""App Home: what waits for one person, what they asked for, and what was decided lately."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks.details import details
from bot.blocks.footer import origin
from bot.blocks.home_ids import write_home_value, write_owner
from bot.blocks.home_why import TYPED, why_not
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
from bot.ports import Home, Offered, Record

# Ten items of at most five blocks and ten of two, with lines and headings: below Slack's hundred. What is
# decided here is shown here in full; a longer request, or a riskier one, is decided on its card.
SHOWN = 1_200  # letters of one request
BUTTONS = (Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE)
NO_OFFER = Offered()


def app_home(shown: Home) -> Block:
    """The view of one person. What a note of ours says of the last press stands on top."""
    blocks = [
        *([section(Mrkdwn(shown.note)), divider()] if shown.note else []),
        *_waiting(shown),
        *_held(shown),
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
        approval_id = record.approval.id
        yield from _item(
            number + 1, record, shown.links.get(approval_id), shown.offers.get(approval_id, NO_OFFER)
        )
    if shown.waiting.cursor is not None:
        yield context(mrkdwn("There is more: type `/approvals mine` in any channel."))
    if shown.waiting.unsure:
        yield context(say("Slack could not tell about every channel, so something may be missing."))


def _item(number: int, record: Record, permalink: str | None, offered: Offered) -> Iterator[Block]:
    approval = record.approval
    told = content(approval.request)
    waiting = say("waiting {}", age(record.now - approval.asked_at))
    due = [] if approval.expires_at is None else [mrkdwn("until {}", when(approval.expires_at))]
    yield rich_text(line(anchor(permalink, summary(approval))))
    here = is_decidable(approval, offered) and bool(offered.verdicts)
    if here:
        yield from details(told).blocks
    why = [*why_not(offered), *([mrkdwn(TYPED)] if here and offered.typed else [])]
    yield context(*origin(approval.request.graph, approval.requester, waiting), *due, *why)
    if here:
        yield actions(block_id(approval, "home"), *_buttons(approval, offered, f"{number}: {told.title}"))
    else:
        yield context(mrkdwn("This one is decided on {}.", link(permalink, say("its card"))))


def is_decidable(approval: Approval, offered: Offered) -> bool:
    """Whether App Home shows all that is needed: plain buttons, the whole request, and little at stake, or
    something to be typed that makes up for it."""
    told = content(approval.request)
    return (
        set(approval.request.contract.verdicts) <= set(BUTTONS)
        and (offered.typed or not offered.risky)
        and _letters(told) <= SHOWN
        and not details(told).cut
    )


def _letters(told: Content) -> int:
    fields = sum(len(name) + len(value) for name, value in told.fields)
    return len(told.title) + len(told.summary) + fields + len(told.body)


def _buttons(approval: Approval, offered: Offered, about: str) -> Iterator[Block]:
    """`about` tells them from those of other requests, for who hears them."""
    value = write_home_value(approval)
    made = {
        Verdict.APPROVE: (say("Approve"), Action.APPROVE, "primary"),
        Verdict.REJECT: (say("Reject"), Action.REJECT, "danger"),
        Verdict.REVISE: (say("Revise"), Action.REVISE, None),
    }
    for text, action, style in (made[verdict] for verdict in BUTTONS if verdict in offered.verdicts):
        yield button(text, action, value, style=style, says=f"{text} {about}")


def _held(shown: Home) -> Iterator[Block]:
    """What this person has to do with, but others must approve: no button, and why."""
    if shown.held:
        yield divider()
        yield header(say("Waiting for others"))
    for record in shown.held:
        approval = record.approval
        yield rich_text(line(anchor(shown.links.get(approval.id), summary(approval))))
        why = why_not(shown.offers.get(approval.id, NO_OFFER))
        waiting = say("waiting {}", age(record.now - approval.asked_at))
        yield context(approval.request.graph, waiting, *why)


def _asked(shown: Home) -> Iterator[Block]:
    if not shown.asked.records:
        yield section(mrkdwn("Nothing that you asked for is waiting."))
    for record in shown.asked.records:
        approval = record.approval
        yield rich_text(line(anchor(shown.links.get(approval.id), summary(approval))))
        why = why_not(shown.offers.get(approval.id, NO_OFFER))
        waiting = say("waiting {}", age(record.now - approval.asked_at))
        yield context(approval.request.graph, waiting, *why)
    if shown.asked.cursor is not None:
        yield context(mrkdwn("There is more: type `/approvals from:me` in any channel."))


def _recent(shown: Home) -> Iterator[Block]:
    if not shown.recent:
        yield section(mrkdwn("Nothing was decided lately."))
    for record in shown.recent:
        approval = record.approval
        yield rich_text(line(anchor(shown.links.get(approval.id), summary(approval))))
        yield context(status(approval, None), approval.request.graph)
