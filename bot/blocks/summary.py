"""What a channel is told once a day, and the one person who may decide when a card is posted."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks.lists import age, summary
from bot.blocks.parts import (
    MESSAGE_TEXT,
    Block,
    Face,
    anchor,
    context,
    header,
    line,
    rich_text,
    section,
)
from bot.blocks.text import Mrkdwn, count, cut, cut_escaped, digits, escape, joined, link, mrkdwn, say
from bot.core.model import Approval
from bot.ports import Record, Summary
from bot.texts.marks import marked

NAMED = 10  # more graphs than this are counted together
NAME = 60
SUMMARY_TYPE = "daily_summary"


def daily(told: Summary) -> Face:
    """How much waits in this channel, what is urgent, and the oldest with links to their cards."""
    title = say("{} waiting in this channel", count(told.total, "approval"))
    lines = [*_urgent(told), _graphs(told)]
    oldest = [block for record in told.oldest for block in _oldest(told, record)]
    words = escape(title + "\n") + joined(lines, "\n")
    blocks = (header(title), section(joined(lines, "\n")), *oldest, context(mrkdwn(HOW)))
    return Face(cut_escaped(Mrkdwn(words), MESSAGE_TEXT), blocks)


HOW = marked("All of it: `/approvals mine`, or `/approvals` and `channel:` with this channel's name.")


def _urgent(told: Summary) -> Iterator[Mrkdwn]:
    if told.overdue:
        yield mrkdwn("*{}* past the deadline.", digits(told.overdue))
    if told.soon:
        yield mrkdwn("*{}* due within a day.", digits(told.soon))


def _graphs(told: Summary) -> Mrkdwn:
    named = [f"{digits(number)} {cut(graph, NAME)}" for graph, number in told.graphs[:NAMED]]
    rest = sum(number for _, number in told.graphs[NAMED:])
    return mrkdwn(
        "By graph: {}.",
        joined([*named, *([say("{} others", digits(rest))] if rest else [])], last=say(" and ")),
    )


def _oldest(told: Summary, record: Record) -> Iterator[Block]:
    waiting = say("waiting {}", age(record.now - record.approval.asked_at))
    yield rich_text(line(anchor(told.links.get(record.approval.id), summary(record.approval))))
    yield context(f"{record.approval.request.graph} · {waiting}")


def waits(approval: Approval, permalink: str | None) -> Mrkdwn:
    """The direct message: it links to the card, which alone has buttons."""
    what = link(permalink, summary(approval))
    return mrkdwn("*{}* waits for you: nobody else may decide it. Decide on its card.", what)
