"""Read a graph's input JSON Schema as questions a form can ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.blocks.parts import IDENTIFIER, OPTION_VALUE, OPTIONS, VIEW_BLOCKS
from bot.core.model import JSON
from bot.core.payload import label, plain

WHOLE = "input"  # the block id of the one question that takes everything as JSON
DEEP = 20  # references followed before a schema is taken for circular

Schema = Mapping[str, JSON]


class Asks(StrEnum):
    """How a question is put."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    CHOICE = "choice"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Question:
    """One property of the input. `choices` are (value as JSON, text)."""

    name: str
    asks: Asks
    label: str
    hint: str = ""
    required: bool = False
    default: JSON = None
    choices: tuple[tuple[str, str], ...] = ()
    max_length: int | None = None

    @property
    def block_id(self) -> str:
        """Slack reports values and takes errors by block."""
        return f"{WHOLE}.{self.name}" if self.name else WHOLE


def questions(schema: Schema) -> tuple[Question, ...]:
    """One question per property; a single one for all of it where properties cannot be asked one by one."""
    whole = Question("", Asks.JSON, "Input as JSON", required=True)
    root = _resolved(schema, schema)
    properties = root.get("properties")
    if not isinstance(properties, Mapping) or not 0 < len(properties) < VIEW_BLOCKS - 5:
        return (whole,)
    if any(not name or len(f"{WHOLE}.{name}") > IDENTIFIER for name in properties):
        return (whole,)
    required = root.get("required")
    needed = set(required) if isinstance(required, list | tuple) else set()
    return tuple(_question(name, part, schema, name in needed) for name, part in properties.items())


def _question(name: str, part: JSON, schema: Schema, required: bool) -> Question:
    found = part if isinstance(part, Mapping) else {}
    shape = _resolved(found, schema)
    choices = _choices(shape)
    longest = shape.get("maxLength")
    return Question(
        name=name,
        asks=Asks.CHOICE if choices else _asks(shape),
        label=_words(found, "title") or _words(shape, "title") or label(name),
        hint=_words(found, "description") or _words(shape, "description"),
        required=required,
        default=found.get("default", shape.get("default")),
        choices=choices,
        max_length=longest if isinstance(longest, int) and longest > 0 else None,
    )


def _words(schema: Schema, key: str) -> str:
    found = schema.get(key)
    return found if isinstance(found, str) else ""


def _asks(shape: Schema) -> Asks:
    match shape.get("type"):
        case "string":
            return Asks.TEXT
        case "integer":
            return Asks.INTEGER
        case "number":
            return Asks.NUMBER
    return Asks.JSON


def _choices(shape: Schema) -> tuple[tuple[str, str], ...]:
    values = [True, False] if shape.get("type") == "boolean" else shape.get("enum")
    if "const" in shape:
        values = [shape["const"]]
    if not isinstance(values, list | tuple) or not 0 < len(values) <= OPTIONS:
        return ()
    made = tuple((json.dumps(value), plain(value)) for value in values)
    return made if all(len(value) <= OPTION_VALUE and text.strip() for value, text in made) else ()


def _resolved(part: Schema, schema: Schema) -> Schema:
    """Follow local references and unwrap "this or null" and single-part unions."""
    for _ in range(DEEP):
        inner = next(_inner(part, schema), None)
        if inner is None:
            return part
        part = inner
    return {}


def _inner(part: Schema, schema: Schema) -> Iterator[Schema]:
    reference = part.get("$ref")
    if isinstance(reference, str):
        yield _lookup(reference, schema)
    for key in ("allOf", "anyOf", "oneOf"):
        options = part.get(key)
        if isinstance(options, list | tuple):
            real = [one for one in options if isinstance(one, Mapping) and one.get("type") != "null"]
            if len(real) == 1:
                yield real[0]


def _lookup(reference: str, schema: Schema) -> Schema:
    """The part of the schema that `#/$defs/Name` names; nothing for any other reference."""
    found: JSON = schema
    if not reference.startswith("#/"):
        return {}
    for step in reference[2:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
