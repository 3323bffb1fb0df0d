"""What happened to one approval, as its audit trail tells it, a page at a time: `/approvals history`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.blocks.facts import told
from bot.blocks.ids import Action, proper
from bot.blocks.lists import summary
from bot.blocks.parts import MESSAGE_TEXT, Block, Face, actions, button, context, header, section
from bot.blocks.status import status
from bot.blocks.text import Mrkdwn, cut, digits, joined, mrkdwn, say, when
from bot.core.audit import Entry
from bot.core.model import Approval
from bot.texts.spoken import counted

# A message holds fifty blocks, and no published number of letters: so many sentences stay well below both.
ENTRIES = 10

NUMBER = re.compile(r"0|[1-9][0-9]{0,5}")


def history(approval: Approval, entries: Sequence[Entry], *, whole: bool, page: int | None = None) -> Face:
    """One page of the facts, oldest first, each with its moment; `whole`: the chain was verified.

    Pages count from 0, the oldest, so that they stay what they are while the trail grows; None is the last
    one, where a person looks first.
    """
    last = max(len(entries) - 1, 0) // ENTRIES
    page = last if page is None else min(page, last)
    shown = entries[page * ENTRIES : (page + 1) * ENTRIES]
    title = mrkdwn("*{}*", cut(summary(approval), 150))
    lines = [mrkdwn("{}  {}", when(entry.at, "{date_short} {time_secs}"), told(entry)) for entry in shown]
    verdict = _verdict(approval, len(entries), whole)
    blocks = [
        header(say("History")),
        section(title),
        context(status(approval, None)),
        *(context(line) for line in lines),
        context(*_where(page, last), verdict),
        *_turning(approval, page, last),
    ]
    return Face(_in_words([title, status(approval, None), verdict], lines), tuple(blocks))


def _in_words(head: Sequence[Mrkdwn], lines: Sequence[Mrkdwn]) -> Mrkdwn:
    """The text alternative: whole sentences, the newest of the page where there is no room for all."""
    room, kept = MESSAGE_TEXT - len(joined(head, "\n")) - 40, list[Mrkdwn]()
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            kept.append(mrkdwn("…"))
            break
        kept.append(line)
    return joined([*head, *reversed(kept)], "\n")


def _where(page: int, last: int) -> Iterator[str]:
    if last:
        yield say("Page {} of {}, oldest first", page + 1, last + 1)


def _verdict(approval: Approval, number: int, whole: bool) -> Mrkdwn:
    if not whole:
        return mrkdwn("*This trail was changed*: tell an operator, who runs `approvals audit verify`.")
    return mrkdwn("Approval {}, {}; the chain is whole.", approval.id, _entries(number))


def _entries(number: int) -> str:
    return counted(number, "{} entry", "{} entries").format(digits(number))


def _turning(approval: Approval, page: int, last: int) -> Iterator[Block]:
    turns = []
    if page > 0:
        turns.append(button(say("Earlier"), Action.HISTORY_BACK, write_history(approval.id, page - 1)))
    if page < last:
        turns.append(button(say("Later"), Action.HISTORY_ON, write_history(approval.id, page + 1)))
    if turns:
        yield actions(f"approvals:history:{page}", *turns)


def write_history(approval_id: str, page: int) -> str:
    """The value of a button that turns a page; who may see it is asked again when it is pressed."""
    return f"t1.{approval_id}.{page}"


def read_history(value: str | None) -> tuple[str, int] | None:
    """What `write_history` wrote; None for anything else."""
    match (value or "").split("."):
        case ["t1", str(approval_id), str(page)] if proper(approval_id) and NUMBER.fullmatch(page):
            return approval_id, int(page)
    return None
