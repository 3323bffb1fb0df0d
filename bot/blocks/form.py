"""The form that starts a run, made from the graph's input JSON Schema, and what was filled in, typed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry

from bot.blocks.ids import Form, write_start
from bot.blocks.parts import (
    INPUT_TEXT,
    Block,
    choice,
    field,
    modal,
    number_input,
    section,
    text_input,
)
from bot.blocks.questions import Asks, Question, Schema, questions
from bot.blocks.text import cut, visible
from bot.core.model import JSON

VALUE = "value"
LABEL, HINT = 150, 300
ERROR = 150  # more does not fit under a field
INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form came to: an input that fits the schema, or a sentence for each block that is wrong."""

    input: JSON = None
    errors: Mapping[str, str] = default(default_factory=dict)


def start_form(graph: str, schema: Schema, *, channel: str, description: str = "") -> Block:
    """A window with a question for each property of the graph's input."""
    about = (
        section(cut(visible(description), HINT))
        if description.strip()
        else section(f"Start a run of {graph}")
    )
    asked = [_field(question) for question in questions(schema)]
    return modal(
        "Start a run",
        [about, *asked],
        callback_id=Form.START,
        private=write_start(graph, channel),
        submit="Start",
        close="Cancel",
    )


def _field(question: Question) -> Block:
    hint = cut(visible(question.hint), HINT)
    if question.asks is Asks.JSON and question.name:
        hint = f"{hint} As JSON.".strip()
    return field(
        question.block_id,
        cut(visible(question.label, line=True), LABEL),
        _element(question),
        optional=not question.required,
        hint=hint,
    )


def _element(question: Question) -> Block:
    initial = "" if question.default is None else json.dumps(question.default, ensure_ascii=False)
    match question.asks:
        case Asks.CHOICE:
            return choice(VALUE, question.choices, initial=json.dumps(question.default))
        case Asks.INTEGER | Asks.NUMBER:
            known = INTEGER if question.asks is Asks.INTEGER else NUMBER
            usable = initial if known.fullmatch(initial) else ""
            return number_input(VALUE, decimal=question.asks is Asks.NUMBER, initial=usable)
        case Asks.TEXT:
            words = question.default if isinstance(question.default, str) else ""
            limit = min(question.max_length or INPUT_TEXT, INPUT_TEXT)
            return text_input(VALUE, lines="\n" in words, initial=_fitting(words, limit), limit=limit)
        case Asks.JSON:
            return text_input(VALUE, lines=True, initial=_fitting(initial, INPUT_TEXT))


def _fitting(text: str, limit: int) -> str:
    """A default too long for its box, or with characters nobody would see, is left to the graph itself."""
    return text if len(text) <= limit and visible(text) == text else ""


def read_form(schema: Schema, values: Mapping[str, object]) -> Filled:
    """The input from a submitted form's `state.values`: an integer is an integer again.

    What was left empty is left out, so that the graph's own defaults hold. Everything is checked against
    the schema, whatever the form let through.
    """
    asked = questions(schema)
    found: dict[str, JSON] = {}
    errors: dict[str, str] = {}
    for question in asked:
        typed = _typed(values.get(question.block_id))
        if typed is None:
            if question.required:
                errors[question.block_id] = "Please fill this in."
            continue
        try:
            found[question.name] = _value(question, typed)
        except ValueError as wrong:
            errors[question.block_id] = str(wrong)
    given = found.get("") if asked[0].name == "" else found
    if not errors:
        errors = _misfits(schema, given, asked)
    return Filled(errors=errors) if errors else Filled(given)


def _typed(block: object) -> str | None:
    """What one block holds: the typed text, or the chosen option's value."""
    match block:
        case {"value": {"value": str(text)}} if text.strip():
            return text
        case {"value": {"selected_option": {"value": str(chosen)}}}:
            return chosen
    return None


def _value(question: Question, typed: str) -> JSON:
    match question.asks:
        case Asks.TEXT:
            return typed
        case Asks.INTEGER:
            if not INTEGER.fullmatch(typed.strip()):
                raise ValueError("Please enter a whole number.")
            return int(typed)
        case Asks.NUMBER:
            if not NUMBER.fullmatch(typed.strip()):
                raise ValueError("Please enter a number.")
            return int(typed) if INTEGER.fullmatch(typed.strip()) else float(typed)
        case Asks.CHOICE | Asks.JSON:
            return _json(typed)


def _json(typed: str) -> JSON:
    try:
        value: JSON = json.loads(typed, parse_constant=_refused)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"Not JSON: line {wrong.lineno}, column {wrong.colno}: {wrong.msg}.") from wrong
    except RecursionError as deep:
        raise ValueError("Too deeply nested.") from deep
    return value


def _refused(name: str) -> JSON:
    raise ValueError(f"{name} is no JSON number.")


def _misfits(schema: Schema, given: JSON, asked: Sequence[Question]) -> dict[str, str]:
    # An empty registry: a reference to another server is an error, never a request to it.
    validator = Draft202012Validator(schema, registry=Registry())
    errors: dict[str, str] = {}
    for wrong in validator.iter_errors(given):
        errors.setdefault(_block_of(wrong, asked), cut(visible(_sentence(wrong), line=True), ERROR))
    return errors


def _block_of(wrong: ValidationError, asked: Sequence[Question]) -> str:
    """The block whose property is wrong; the first one where it is about all of them."""
    name = str(wrong.absolute_path[0]) if wrong.absolute_path else ""
    return next((question.block_id for question in asked if question.name == name), asked[0].block_id)


def _sentence(wrong: ValidationError) -> str:
    inner = ".".join(str(step) for step in list(wrong.absolute_path)[1:])
    return f"{inner}: {wrong.message}" if inner else wrong.message
