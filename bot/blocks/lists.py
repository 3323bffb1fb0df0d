"""What `/approvals` shows: what is waiting, ten a page, and how to use the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.blocks.footer import origin
from bot.blocks.ids import Action, write_trail
from bot.blocks.parts import (
    HEADER,
    MESSAGE_TEXT,
    Block,
    Face,
    actions,
    anchor,
    button,
    context,
    header,
    line,
    rich_text,
    section,
)
from bot.blocks.text import count, cut, cut_escaped, escape, joined, mrkdwn, visible, when
from bot.core.model import Approval
from bot.core.payload import content
from bot.ports import Page, Record

PAGE = 10

HELP = mrkdwn(
    "`/approvals` or `/approvals list`: what is waiting, oldest first\n"
    "`/approvals start` and a graph's name: start a run\n"
    "`/approvals start`: the graphs there are\n"
    "`/approvals delegate`: who answers in your place while you are away, and how to say so\n"
    "`/approvals help`: this text\n"
    "Decide with the buttons of a card. A reply in a card's thread is feedback, where the graph takes any."
)


def pending(page: Page, *, links: Mapping[str, str], trail: Sequence[str] = ()) -> Face:
    """One page of what is waiting.

    `links` are the cards' permalinks by approval id, `trail` the cursors of the pages up to this one
    (none for the first); the buttons carry the trail to the page before and after.
    """
    if not page.records:
        said = mrkdwn("*Nothing is waiting for a decision.*")
        return Face(said, (section(said), *_turning(page, trail)))
    title = f"{count(page.total, 'approval')} waiting"
    blocks = [header(title), *(block for record in page.records for block in _item(record, links))]
    if page.cursor is not None or trail:
        blocks.append(context(_where(page, trail)))
    words = escape("\n".join([title, *(_in_words(record) for record in page.records)]))
    return Face(cut_escaped(words, MESSAGE_TEXT), (*blocks, *_turning(page, trail)))


def _item(record: Record, links: Mapping[str, str]) -> Iterator[Block]:
    yield rich_text(line(anchor(links.get(record.approval.id), summary(record.approval))))
    yield context(*_about(record))


def summary(approval: Approval) -> str:
    """What it is about, in one line."""
    return cut(visible(content(approval.request).title, line=True), HEADER)


def _about(record: Record) -> Iterator[str]:
    approval = record.approval
    waiting = f"waiting {age(record.now - approval.asked_at)}"
    yield from origin(approval.request.graph, approval.requester, waiting)
    if approval.expires_at is not None:
        yield mrkdwn("until {}", when(approval.expires_at))


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits: `5 minutes`, `3 hours`, `2 days`."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return count(int(seconds // size), unit)
    return "less than a minute"


def _in_words(record: Record) -> str:
    approval = record.approval
    waiting = age(record.now - approval.asked_at)
    return f"• {summary(approval)} ({approval.request.graph}, waiting {waiting})"


def _where(page: Page, trail: Sequence[str]) -> str:
    first = len(trail) * PAGE + 1
    return f"{first:,} to {first + len(page.records) - 1:,} of {page.total:,}, oldest first"


def _turning(page: Page, trail: Sequence[str]) -> Iterator[Block]:
    turns = []
    if trail:
        turns.append(button("Previous", Action.LIST_BACK, write_trail(trail[:-1])))
    if page.cursor is not None:
        turns.append(button("Next", Action.LIST_ON, write_trail([*trail, page.cursor])))
    if turns:
        yield actions(f"approvals:list:{len(trail)}", *turns)


def help_text() -> Face:
    """How to use `/approvals`."""
    return Face(HELP, (header("Approvals"), section(HELP)))


def graphs(known: Sequence[tuple[str, str]]) -> Face:
    """The graphs that can be started, as (name, description)."""
    if not known:
        said = mrkdwn("There is no graph to start: langgraph.json names none.")
        return Face(said, (section(said),))
    lines = [f"{name}: {told}" if told else name for name, told in known]
    said = mrkdwn("Start one with `/approvals start` and its name.")
    shown = cut("\n".join(lines), 2_500)
    words = cut_escaped(escape(shown), MESSAGE_TEXT - len(said) - 1)
    return Face(joined([said, words], "\n"), (header("Graphs"), section(said), section(shown)))
