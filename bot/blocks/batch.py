"""The card of a batch: everything a run asks at once, where each stands, and Approve all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.blocks.batch_ids import write_batch
from bot.blocks.details import details
from bot.blocks.footer import origin
from bot.blocks.ids import Action
from bot.blocks.lists import summary
from bot.blocks.parts import (
    CONTEXT,
    MESSAGE_TEXT,
    Block,
    Face,
    actions,
    anchor,
    button,
    context,
    header,
    line,
    person,
    rich_text,
    section,
    span,
)
from bot.blocks.status import DID
from bot.blocks.text import begun, count, cut, cut_escaped, digits, escape, say
from bot.blocks.told import content
from bot.core.batch import Alone, Batch, alone
from bot.core.model import Approval, State
from bot.ports import Record
from bot.texts.marks import marked

LISTED = 40
TITLE = 100
PEOPLE = 3

ENDED: Mapping[State, str] = {
    State.PENDING: marked("waiting"),
    State.EXPIRED: marked("expired"),
    State.SUPERSEDED: marked("replaced or withdrawn"),
    State.CANCELLED: marked("cancelled"),
}
FAILED = marked(", and then the run failed")
WHY: Mapping[Alone, str] = {
    Alone.OVER: marked("it does not wait any more"),
    Alone.NO_APPROVE: marked("its answer is more than a yes"),
    Alone.RISK: marked("its risk is high or critical"),
    Alone.SOME_RISK: marked("its risk is more than low"),
    Alone.EDITED: marked("somebody wants other values"),
    Alone.LONG: marked("its card shows only a part of it"),
    Alone.UNSEEN: marked("its card is not posted yet"),
}


def batch_card(batch: Batch, records: Sequence[Record], links: Mapping[str, str]) -> Face:
    """The batch as it should look now; Approve all is there while it can do anything."""
    title = say("{} from one run", count(len(batch.approvals), "request"))
    where = ", ".join(_counted(records))
    rows = [line(*_row(n, record.approval, links)) for n, record in enumerate(records[:LISTED], 1)]
    if len(records) > LISTED:
        more = say("… and {}", count(len(records) - LISTED, "more request"))
        rows.append(line(span(more, "italic")))
    blocks = [
        header(title),
        section(f"{begun(where)}."),
        *([rich_text(*rows)] if rows else []),
        context(*origin(batch.graph, batch.requester)),
        *_together(batch, records),
    ]
    said = [
        title,
        where,
        *(f"• {_title(record.approval)}: {_in_words(record.approval)}" for record in records),
    ]
    return Face(cut_escaped(escape("\n".join(said)), MESSAGE_TEXT), tuple(blocks))


def shows_all(approval: Approval) -> bool:
    """True if nothing of the request is left out on its card."""
    return not details(content(approval.request)).cut


def reason(record: Record) -> Alone | None:
    """Why this one is left out of Approve all, whoever presses it."""
    approval = record.approval
    return alone(approval, has_card=record.card.ts is not None, shows_all=shows_all(approval))


def _title(approval: Approval) -> str:
    return cut(summary(approval), TITLE)


def _row(number: int, approval: Approval, links: Mapping[str, str]) -> Iterator[Block]:
    yield span(f"{number}. ")
    yield anchor(links.get(approval.id), _title(approval))
    yield span(f": {_state(approval)}")
    people = approval.decision.by if approval.decision is not None and _is_decided(approval) else ()
    for n, user in enumerate(people[:PEOPLE]):
        yield span(say(" by ") if n == 0 else ", ")
        yield person(user)
    if approval.state is State.FAILED:
        yield span(say(FAILED))


def _is_decided(approval: Approval) -> bool:
    return approval.state in (State.DECIDED, State.APPLIED, State.FAILED)


def _state(approval: Approval) -> str:
    """One word or two, the same as on the approval's own card."""
    if approval.decision is None or not _is_decided(approval):
        return say(ENDED.get(approval.state, str(approval.state)))
    return say(DID[approval.decision.verdict])


def _in_words(approval: Approval) -> str:
    return _state(approval) + (say(FAILED) if approval.state is State.FAILED else "")


def _counted(records: Sequence[Record]) -> Iterator[str]:
    """`7 waiting, 3 approved`: what waits comes first."""
    found = Counter(_state(record.approval) for record in records)
    waiting = found.pop(say(ENDED[State.PENDING]), 0)
    yield say("{} waiting", digits(waiting)) if waiting else say("none waiting")
    yield from (f"{digits(number)} {state}" for state, number in found.items())


def _together(batch: Batch, records: Sequence[Record]) -> Iterator[Block]:
    reasons = [reason(record) for record in records]
    fit = reasons.count(None)
    left = [f"{n} ({say(WHY[why])})" for n, why in enumerate(reasons, 1) if why and why is not Alone.OVER]
    if left:
        yield context(cut(say("Not in Approve all: {}.", ", ".join(left)), CONTEXT))
    if fit:
        says = say("Approve all: {}, after you have seen the list again", count(fit, "request"))
        press = button(say("Approve all ({})", fit), Action.APPROVE_ALL, write_batch(batch.id), says=says)
        yield actions(f"approvals:batch:{batch.id}", press)
