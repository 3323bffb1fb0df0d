"""A form made from a JSON Schema, and what was filled in: typed, put together, and checked against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from bot.blocks.boxes import HINT, box, is_empty, value
from bot.blocks.ids import Form, write_start
from bot.blocks.parts import VIEW_BLOCKS, Block, modal, section
from bot.blocks.questions import (
    IN_FULL,
    LISTS,
    THERE,
    Asked,
    Container,
    Path,
    Question,
    block_id,
    questions,
    whole,
)
from bot.blocks.text import cut, say, visible
from bot.core.model import JSON
from bot.core.schema import Misfit, Schema, misfits
from bot.texts.marks import marked
from bot.texts.spoken import retold

ERROR = 150  # more does not fit under a field
MISSING = marked("Please fill this in.")


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form came to: a value that fits the schema, or a sentence for each block that is wrong."""

    input: JSON = None
    errors: Mapping[str, str] = default(default_factory=dict)


def start_form(graph: str, schema: Schema, *, channel: str, description: str = "") -> Block:
    """A window with a question for each value of the graph's input."""
    about = (
        section(cut(visible(description), HINT))
        if description.strip()
        else section(say("Start a run of {}", graph))
    )
    return modal(
        say("Start a run"),
        [about, *map(box, _on_one_page(schema).questions)],
        callback_id=Form.START,
        private=write_start(graph, channel),
        submit=say("Start"),
        close=say("Cancel"),
    )


def read_form(schema: Schema, values: Mapping[str, object], begun: Collection[str] = ()) -> Filled:
    """The input from a submitted form's `state.values`: an integer is an integer again.

    What was left empty is left out, so that the graph's own defaults hold. Everything is checked against
    the schema, whatever the form let through. `begun` are the blocks that held something from the start.
    """
    asked = _on_one_page(schema)
    found = typed(asked.questions, values, begun)
    if found.errors:
        return Filled(errors=found.errors)
    given = assembled(asked, found.values)
    errors = under(misfits(schema, given), asked.questions)
    return Filled(errors=errors) if errors else Filled(given)


def _on_one_page(schema: Schema) -> Asked:
    asked = questions(schema)
    return asked if len(asked.questions) < VIEW_BLOCKS - 5 else whole()


@dataclass(frozen=True, slots=True)
class Typed:
    """The values of what was filled in, by path, and what is wrong with the rest, by block."""

    values: Mapping[Path, JSON]
    errors: Mapping[str, str]


def typed(asked: Iterable[Question], values: Mapping[str, object], begun: Collection[str]) -> Typed:
    """Read box by box; whether what is missing may be missing is told only when all is known.

    A list or a nullable value that somebody took out of its box is meant to be empty, not to be left out.
    """
    found: dict[Path, JSON] = {}
    errors: dict[str, str] = {}
    for question in asked:
        block = values.get(question.block_id)
        if is_empty(block):
            if question.block_id in begun and (question.nullable or question.asks in LISTS):
                found[question.path] = [] if question.asks in LISTS else None
            elif question.insists:
                errors[question.block_id] = say(MISSING)
            continue
        try:
            found[question.path] = value(question, block)
        except ValueError as wrong:
            errors[question.block_id] = str(wrong)
    return Typed(found, errors)


def assembled(asked: Asked, found: Mapping[Path, JSON]) -> JSON:
    """The whole value from its pieces. What is needed and empty is null or an empty list, where it may be."""
    if [question.path for question in asked.questions] == [()]:
        return found.get((), [] if asked.questions[0].asks in LISTS else None)
    there = set[Path]()
    for one in asked.containers:  # from the outside in: what is left out has nothing in it
        if one.within in (None, *there) and _is_there(one, found):
            there.add(one.path)
    if any(one.path == () for one in asked.containers) and () not in there:
        return None
    made: dict[str, Any] = {}
    for one in asked.containers:
        if (
            one.path
            and one.within in (None, *there)
            and (one.path in there or one.null_if_empty or _is_none(one, found))
        ):
            _put(made, one.path, {} if one.path in there else None)
    for question in asked.questions:
        if question.path[-1:] != (THERE,) and question.within in (None, *there):
            _fill(made, question, found)
    return made


def _is_there(one: Container, found: Mapping[Path, JSON]) -> bool:
    """What somebody chose; without a choice, whatever is needed or has something in it."""
    path = one.path
    if (*path, THERE) in found:
        return not _is_none(one, found)
    filled = (known for known, given in found.items() if given not in (None, []) and known[-1:] != (THERE,))
    return not one.optional or any(known[: len(path)] == path for known in filled)


def _is_none(one: Container, found: Mapping[Path, JSON]) -> bool:
    return found.get((*one.path, THERE), IN_FULL) is None


def _fill(made: dict[str, Any], question: Question, found: Mapping[Path, JSON]) -> None:
    if question.path in found:
        _put(made, question.path, found[question.path])
    elif question.required and question.nullable:
        _put(made, question.path, None)
    elif question.required and question.asks in LISTS:
        _put(made, question.path, [])


def _put(made: dict[str, Any], path: Path, given: JSON) -> None:
    place = made
    for step in path[:-1]:
        place = place.setdefault(step, {})
    place.setdefault(path[-1], given)


def under(wrong: Iterable[Misfit], asked: Iterable[Question]) -> dict[str, str]:
    """Each sentence under the question it is about; under the first one where it is about all of them."""
    ids = [question.block_id for question in asked]
    errors: dict[str, str] = {}
    for one in wrong:
        block, rest = _nearest(one.path, ids)
        sentence = f"{'.'.join(map(str, rest))}: {retold(one.sentence)}" if rest else retold(one.sentence)
        errors.setdefault(block, cut(visible(sentence, line=True), ERROR))
    return errors


def _nearest(path: tuple[str | int, ...], ids: list[str]) -> tuple[str, tuple[str | int, ...]]:
    """The block of the longest part of the path that is asked for, and the rest of the path."""
    for length in range(len(path), -1, -1):
        block = block_id(tuple(map(str, path[:length])))
        if block in ids:
            return block, path[length:]
    inside = [one for one in ids if path and one.startswith(block_id(tuple(map(str, path))) + ".")]
    return (inside[0], ()) if inside else (ids[0], path)
