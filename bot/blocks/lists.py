"""What `/approvals` shows: what is waiting, ten a page, and how to use the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.blocks.batch_ids import write_several
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
from bot.blocks.text import (
    Mrkdwn,
    count,
    cut,
    cut_escaped,
    digits,
    escape,
    joined,
    mention,
    mrkdwn,
    say,
    visible,
    when,
)
from bot.blocks.told import content
from bot.core.filters import Filters
from bot.core.model import Approval
from bot.ports import Found, Record
from bot.texts.marks import marked

PAGE = 10
NOTHING = marked("*Nothing is waiting for a decision.*")
NOTHING_FITS = marked("*Nothing that fits is waiting.*")

HELP = marked(
    "`/approvals` or `/approvals waiting`: everything that waits, oldest first\n"
    "`/approvals mine`: what you may decide now\n"
    "`/approvals overdue`, `/approvals due:2h`: past its deadline, or soon\n"
    "`/approvals graph:refund`, `channel:#refunds`, `from:@ana`, `from:me`, `older:2h`: only these\n"
    "`/approvals broken photo`: these words in the title or the summary, newest first\n"
    "Filters may be combined: `/approvals mine graph:refund older:1d`. Times are in m, h, d and w.\n"
    "`/approvals show` and an id, or the link of a card: all about one\n"
    "`/approvals history` and the same: what happened to it, step by step\n"
    "`/approvals start` and a graph's name: start a run\n"
    "`/approvals start`: the graphs there are\n"
    "`/approvals delegate`: who answers in your place while you are away, and how to say so\n"
    "`/approvals help`: this text\n"
    "“Approve several” below a list: those of one graph, of low risk, after you have seen each\n"
    "Decide with the buttons of a card. A reply in a card's thread is feedback, where the graph takes any."
)
SEARCHED = {
    "newest": marked("Looked through the newest {} so far; Next goes on."),
    "most urgent": marked("Looked through the most urgent {} so far; Next goes on."),
    "oldest": marked("Looked through the oldest {} so far; Next goes on."),
}
UNSURE = marked(
    "Slack could not tell about every channel, so something may be missing. Try again in a minute."
)


def pending(
    page: Found, *, links: Mapping[str, str], trail: Sequence[str] = (), several: Sequence[str] = ()
) -> Face:
    """One page of what is waiting.

    `links` are the cards' permalinks by approval id, `trail` the cursors of the pages up to this one
    (none for the first); the buttons carry the trail and the filters to the page before and after.
    `several` are the ids of those that the reader may approve together.
    """
    small_print = [context(*line) for line in (tuple(_which(page)), tuple(_limits(page, trail))) if line]
    if not page.records:
        said = mrkdwn(NOTHING_FITS if str(page.filters) else NOTHING)
        return Face(said, (section(said), *small_print, *_turning(page, trail)))
    title = _title(page)
    blocks = [header(title), *(block for record in page.records for block in _item(record, links))]
    words = escape("\n".join([title, *(_in_words(record) for record in page.records)]))
    return Face(cut_escaped(words, MESSAGE_TEXT), (*blocks, *small_print, *_turning(page, trail, several)))


def _title(page: Found) -> str:
    if page.filters.mine:
        return say("Waiting for you")
    return say("Waiting") if page.total is None else say("{} waiting", count(page.total, "approval"))


def _which(page: Found) -> Iterator[Mrkdwn]:
    """The filters in force, as a sentence; nothing where there are none."""
    parts = list(_filters(page.filters))
    if parts:
        yield mrkdwn("Only what {}.", joined(parts, last=say(" and ")))


def _filters(filters: Filters) -> Iterator[Mrkdwn]:
    if filters.mine:
        yield mrkdwn("you may decide now")
    if filters.graph is not None:
        yield mrkdwn("{} asks", filters.graph)
    if filters.channel is not None:
        yield mrkdwn("is in {}", Mrkdwn(f"<#{filters.channel}>"))
    if filters.requester is not None:
        yield mrkdwn("{} asked for", mention(filters.requester))
    if filters.older is not None:
        yield mrkdwn("has waited for more than {}", age(filters.older))
    if filters.due is not None:
        yield mrkdwn("is due within {}", age(filters.due)) if filters.due else mrkdwn("is past its deadline")
    if filters.words:
        yield mrkdwn("says “{}”", " ".join(filters.words))


def _limits(page: Found, trail: Sequence[str]) -> Iterator[str]:
    """Which part of the list this is, and what may be missing from it."""
    if page.total is not None and page.records and (page.cursor is not None or trail):
        yield _where(page, trail)
    if page.searched is not None:
        yield say(SEARCHED[_order(page)], digits(page.searched))
    if page.unsure:
        yield say(UNSURE)


def _order(page: Found) -> str:
    return "newest" if page.filters.words else "most urgent" if page.filters.due is not None else "oldest"


def _item(record: Record, links: Mapping[str, str]) -> Iterator[Block]:
    yield rich_text(line(anchor(links.get(record.approval.id), summary(record.approval))))
    yield context(*_about(record))


def summary(approval: Approval) -> str:
    """What it is about, in one line."""
    return cut(visible(content(approval.request).title, line=True), HEADER)


def _about(record: Record) -> Iterator[str]:
    approval = record.approval
    waiting = say("waiting {}", age(record.now - approval.asked_at))
    yield from origin(approval.request.graph, approval.requester, waiting)
    if approval.expires_at is not None:
        yield mrkdwn("until {}", when(approval.expires_at))


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits: `5 minutes`, `3 hours`, `2 days`."""
    if seconds >= 86_400:
        return count(int(seconds // 86_400), "day")
    if seconds >= 3_600:
        return count(int(seconds // 3_600), "hour")
    return count(int(seconds // 60), "minute") if seconds >= 60 else say("less than a minute")


def _in_words(record: Record) -> str:
    approval = record.approval
    waiting = say("waiting {}", age(record.now - approval.asked_at))
    return f"• {summary(approval)} ({approval.request.graph}, {waiting})"


def _where(page: Found, trail: Sequence[str]) -> str:
    first = len(trail) * PAGE + 1
    last, total = digits(first + len(page.records) - 1), digits(page.total or 0)
    order = say("most urgent first") if page.filters.due is not None else say("oldest first")
    return say("{} to {} of {}, {}", digits(first), last, total, order)


def _turning(page: Found, trail: Sequence[str], several: Sequence[str] = ()) -> Iterator[Block]:
    turns, filters = list(_together(page, several)), str(page.filters)
    if trail:
        turns.append(button(say("Previous"), Action.LIST_BACK, write_trail(trail[:-1], filters)))
    if page.cursor is not None:
        turns.append(button(say("Next"), Action.LIST_ON, write_trail([*trail, page.cursor], filters)))
    if turns:
        yield actions(f"approvals:list:{len(trail)}", *turns)


def _together(page: Found, several: Sequence[str]) -> Iterator[Block]:
    """One press, then a list of what it would do: nothing is decided here."""
    known = [record.approval for record in page.records if record.approval.id in several]
    if known:
        says = say("Approve several: {} of {}, after you have seen each", len(known), known[0].request.graph)
        value = write_several([approval.id for approval in known])
        yield button(say("Approve several ({})", len(known)), Action.APPROVE_SEVERAL, value, says=says)


def help_text() -> Face:
    """How to use `/approvals`."""
    said = mrkdwn(HELP)
    return Face(said, (header(say("Approvals")), section(said)))


def graphs(known: Sequence[tuple[str, str]]) -> Face:
    """The graphs that can be started, as (name, description)."""
    if not known:
        said = mrkdwn("There is no graph to start: langgraph.json names none.")
        return Face(said, (section(said),))
    lines = [f"{name}: {told}" if told else name for name, told in known]
    said = mrkdwn("Start one with `/approvals start` and its name.")
    shown = cut("\n".join(lines), 2_500)
    words = cut_escaped(escape(shown), MESSAGE_TEXT - len(said) - 1)
    return Face(joined([said, words], "\n"), (header(say("Graphs")), section(said), section(shown)))
