"""What people answered, on the card: value by value, and before and after where they changed something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.blocks.parts import Block, line, person, preformatted, rich_text, span
from bot.blocks.questions import THERE, Path, questions
from bot.blocks.text import count, cut, say, visible
from bot.blocks.told import plain
from bot.core.calls import decisions, edits, titled
from bot.core.model import JSON, Approval, Request, State, Verdict
from bot.core.payload import label
from bot.core.stages import proposed
from bot.texts.marks import marked

LABEL, BEFORE, AFTER = 80, 100, 300
ROOM = 3_000  # characters for all answers of a card
DID = {
    "approve": marked("approved"),
    "edit": marked("edited"),
    "reject": marked("rejected"),
    "respond": marked("answered instead"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One value of an answer; `before` is what it was, where somebody changed it."""

    label: str
    after: str
    before: str | None = None


def answers(approval: Approval) -> Iterator[Block]:
    """The answer that was given; while people still have to agree, what each of them wants."""
    decision = approval.decision
    if decision is not None and decision.verdict is Verdict.ANSWER:
        yield rich_text(
            line(span(say("The answer:"), "bold")), *_shown(approval.request, decision.answer, ROOM)
        )
    elif approval.state is State.PENDING:
        same = proposed(approval.votes)
        if same and same[-1].verdict is Verdict.ANSWER:
            everybody = dict.fromkeys(vote.by for vote in same)
            who = [part for by in everybody for part in (person(by), span(", "))][:-1]
            heading = line(*who, span(say(" would answer:"), "bold"))
            yield rich_text(heading, *_shown(approval.request, same[-1].answer, ROOM))


def in_words(approval: Approval) -> Iterator[str]:
    """The answer for those who see no blocks."""
    decision = approval.decision
    if decision is not None and decision.verdict is Verdict.ANSWER:
        for one in lines(approval.request, decision.answer):
            yield f"{one.label}: {one.after}"


def _shown(request: Request, answer: JSON, room: int) -> Iterator[Block]:
    every = list(lines(request, answer))
    spans: list[Block] = []
    for number, one in enumerate(every):
        room -= LABEL + BEFORE + min(len(one.after), AFTER)
        if room < 0:
            spans.append(span(say("… and {}", count(len(every) - number, "more value")), "italic"))
            break
        after = cut(visible(one.after), AFTER)
        spans.append(span(f"{cut(visible(one.label, line=True), LABEL)}: ", "bold"))
        if one.before is not None:
            spans += [
                span(cut(visible(one.before, line=True), BEFORE) or say("empty"), "strike"),
                span(" → "),
            ]
        if "\n" in after:
            yield line(*spans)
            yield preformatted(after)
            spans = []
        else:
            spans += [span(after or say("empty")), span("\n")]
    if spans:
        yield line(*spans)


def lines(request: Request, answer: JSON) -> Iterator[Line]:
    """An answer as lines, in the order of the form."""
    calls = titled(request)
    for (title, _), decision in zip(calls, decisions(request, answer), strict=False):
        yield _decision(title, decision)
    for edit in edits(request, answer):
        yield from _edit(edit.title, edit.before, edit.after)
    if not calls and not edits(request, answer):
        yield from _values(request, answer)


def _decision(name: str, decision: Mapping[str, JSON]) -> Line:
    did, words = str(decision.get("type")), decision.get("message")
    told = say(DID[did]) if did in DID else did
    return Line(name, f"{told}: {words}" if words else told)


def _edit(name: str, before: JSON, after: JSON) -> Iterator[Line]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        yield Line(name, _plain(after), _plain(before))
        return
    for key in [*after, *(key for key in before if key not in after)]:
        if key not in before or key not in after or before[key] != after[key]:
            old = _plain(before[key]) if key in before else say("not there")
            new = _plain(after[key]) if key in after else say("left out")
            yield Line(f"{name} › {label(key)}", new, old)


def _values(request: Request, answer: JSON) -> Iterator[Line]:
    """Each value by the name its form gave it; what the form has no name for as a whole."""
    asked = questions(request.contract.schema or {}).questions
    if not isinstance(answer, Mapping) or [question.path for question in asked] == [()]:
        yield Line(say("Answer"), _plain(answer))
        return
    for question in asked:
        if question.path[-1:] == (THERE,):
            yield from (
                Line(question.label, _plain(one)) for one in _at(answer, question.path[:-1]) if one is None
            )
            continue
        for found in _at(answer, question.path):
            changed = question.default is not None and question.default != found
            yield Line(question.label, _plain(found), _plain(question.default) if changed else None)


def _at(answer: JSON, path: Path) -> tuple[JSON, ...]:
    """The value at this path; nothing where the answer leaves it out."""
    for step in path:
        if not isinstance(answer, Mapping) or step not in answer:
            return ()
        answer = answer[step]
    return (answer,)


def _plain(value: JSON) -> str:
    if isinstance(value, list | tuple) and not any(isinstance(one, list | tuple | Mapping) for one in value):
        return ", ".join(map(plain, value)) or say("none")
    return plain(value)
