"""What changed since the last revision, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks.parts import Block, anchor, line, person, preformatted, quote, rich_text, span
from bot.blocks.text import count, cut, say, visible
from bot.blocks.told import changed
from bot.core.diff import Change, Diff
from bot.core.model import Approval, State, Verdict
from bot.texts.spoken import retold

CHANGES = 12
VALUE = 150
LINES = 1_500
FEEDBACK = 500
REFUSED = 700


def changes(approval: Approval, previous: Approval | None, previous_link: str | None) -> tuple[Block, ...]:
    """The difference to the card before; nothing where there was none."""
    if previous is None:
        return ()
    if previous.state is State.SUPERSEDED and previous.decision is not None and previous.closed_why:
        return (_refused(previous, previous.closed_why, previous_link),)
    found = changed(previous.request, approval.request)
    before = anchor(previous_link, say("revision {}", previous.revision))
    nothing = "" if found else say(": nothing that can be seen")
    heading = line(span(say("What changed since "), "bold"), before, span(nothing or ":", "bold"))
    return (rich_text(*_feedback(previous), heading, *_changes(found)),)


def _refused(previous: Approval, why: str, previous_link: str | None) -> Block:
    """The same question again, because of what was answered: what to mend is what matters."""
    before = anchor(previous_link, say("revision {}", previous.revision))
    opening, ending = say("Asked again: the answer to "), say(" was not taken.")
    heading = line(span(opening, "bold"), before, span(ending, "bold"))
    return rich_text(heading, quote(cut(visible(retold(why)), REFUSED)))


def _feedback(previous: Approval) -> Iterator[Block]:
    decision = previous.decision
    if decision is not None and decision.verdict is Verdict.REVISE and decision.text:
        asker = person(decision.by[-1]) if decision.by else span(say("The deadline"))
        yield line(asker, span(say(" asked for:"), "bold"))
        yield quote(cut(visible(decision.text), FEEDBACK))


def _changes(found: Diff) -> Iterator[Block]:
    spans: list[Block] = []
    for change in found.changes[:CHANGES]:
        spans += [span("\n")] if spans else []
        spans += _change(change)
    if len(found.changes) > CHANGES:
        more = say("… and {}", count(len(found.changes) - CHANGES, "more change"))
        spans.append(span(f"\n{more}", "italic"))
    if spans:
        yield line(*spans)
    if found.lines:
        yield preformatted(cut(visible("\n".join(found.lines)), LINES))


def _change(change: Change) -> Iterator[Block]:
    yield span(f"{_short(change.label)}: ", "bold")
    if change.before is not None:
        yield span(_short(change.before), "strike")
    if change.before is not None and change.after is not None:
        yield span(" → ")
    if change.after is not None:
        yield span(_short(change.after))
    if change.before is None or change.after is None:
        yield span(say(" (new)") if change.before is None else say(" (gone)"), "italic")


def _short(text: str) -> str:
    return cut(visible(text, line=True), VALUE) or say("empty")
