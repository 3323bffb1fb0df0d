"""The card: what will happen if you press Approve, who may, and later who did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.blocks.answers import answers, in_words
from bot.blocks.changes import changes
from bot.blocks.details import details
from bot.blocks.footer import buttons, origin, small_print
from bot.blocks.parts import (
    HEADER,
    MESSAGE_TEXT,
    Block,
    Face,
    context,
    header,
    line,
    quote,
    rich_text,
    section,
    span,
)
from bot.blocks.spoken import spoken
from bot.blocks.status import status
from bot.blocks.text import Mrkdwn, cut, cut_escaped, escape, joined, say, visible
from bot.blocks.told import content
from bot.core.absence import Absence
from bot.core.model import Approval, State
from bot.core.payload import Content
from bot.core.policy import Policy
from bot.ports import NOBODY
from bot.texts.spoken import retold

REASON = 700
SMALL_PRINT = 2_000  # letters of it in the text alternative
IN_WORDS = 25  # fields that the text alternative tells


def card(
    approval: Approval,
    *,
    policy: Policy,
    elsewhere: bool = False,
    previous: Approval | None = None,
    previous_link: str | None = None,
    next_link: str | None = None,
    away: Mapping[str, Absence] = NOBODY,
) -> Face:
    """The approval as it should look now; buttons only while it is pending.

    What was shown when people decided stays on the card. The links are permalinks of the cards of the
    revision before and after, where they are known; `elsewhere` tells that what is too risky for Slack can
    be approved on a page of ours.
    """
    told = content(approval.request)
    shown = details(told)
    said = status(approval, next_link)
    middle = [*shown.blocks, *changes(approval, previous, previous_link), *answers(approval)]
    if approval.state is State.PENDING:
        top: list[Block] = [header(told.title)]
        below = [*small_print(approval, policy, is_cut=shown.cut, away=away, elsewhere=elsewhere)]
        pressed = [*buttons(approval, policy, told.title, is_cut=shown.cut, elsewhere=elsewhere)]
    else:
        top = [_title(approval, told), section(said), *_why(approval)]
        below, pressed = [context(*_origin(approval))], []
    changed = [block for block in middle if block["type"] == "context"]
    words = _in_words(told, said, approval, spoken([*below, *changed], SMALL_PRINT))
    return Face(words, (*top, *middle, *below, *pressed))


def is_cut(approval: Approval) -> bool:
    """True if the card shows only a part, so that its Approve asks back and View full is there."""
    return details(content(approval.request)).cut


def _title(approval: Approval, told: Content) -> Block:
    """What it was about; struck out when another card took its place."""
    if approval.state is not State.SUPERSEDED:
        return header(told.title)
    return rich_text(line(span(cut(visible(told.title, line=True), HEADER), "bold", "strike")))


def _why(approval: Approval) -> Iterator[Block]:
    """The words that came with the decision, and why the card was closed."""
    if approval.decision is not None and approval.decision.text:
        yield rich_text(quote(cut(visible(approval.decision.text), REASON)))
    if approval.closed_why and approval.state in (State.SUPERSEDED, State.CANCELLED):
        yield section(cut(visible(retold(approval.closed_why)), REASON))


def _origin(approval: Approval) -> tuple[str, ...]:
    return origin(approval.request.graph, approval.requester, say("revision {}", approval.revision))


def _in_words(told: Content, said: Mrkdwn, approval: Approval, below: Mrkdwn) -> str:
    """The text alternative: the title, where it is, the words that came with it, who may decide and until
    when, then the content."""
    reason = (approval.decision.text if approval.decision else None) or ""
    why = retold(approval.closed_why or "")
    title = cut(visible(told.title, line=True), HEADER)
    head = joined([part for part in (title, said, cut(reason, 200), cut(why, 200), below) if part], "\n")
    lines = [
        *in_words(approval),
        told.summary,
        *(f"{name}: {value}" for name, value in told.fields[:IN_WORDS]),
        told.body,
        told.diff,
        *(f"{title or say('Attachment')}: {url}" for title, url in told.attachments),
    ]
    rest = escape(cut("\n".join(part for part in lines if part), MESSAGE_TEXT))
    return joined([head, cut_escaped(rest, MESSAGE_TEXT - len(head) - 1)], "\n") if rest else head
