"""How one place of a JSON Schema is asked for: which box, which choices, what a person must know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.blocks import unions
from bot.blocks.parts import OPTION_VALUE, OPTIONS
from bot.blocks.text import say
from bot.blocks.told import plain
from bot.core.model import JSON
from bot.core.schema import Schema, nullable, resolved
from bot.texts.marks import marked

LOCAL = "local-date-time"  # a format of ours: JSON Schema has no word for a time without a zone
LIST = ("string", "integer", "number")  # lists of these are written one per line

Choices = tuple[tuple[str, str], ...]


class Asks(StrEnum):
    """How a question is put."""

    TEXT = "text"
    EMAIL = "email"
    INTEGER = "integer"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    SEVERAL = "several"
    LINES = "lines"
    DATE = "date"
    MOMENT = "moment"
    LOCAL = "local"  # a day and a time as they are written: whoever reads them knows the zone
    JSON = "json"


# What is read as a list: nothing chosen is an empty list, not a missing one.
LISTS = (Asks.SEVERAL, Asks.LINES)


@dataclass(frozen=True, slots=True)
class How:
    """The box for one value. `choices` are (value as JSON, text); `items` is how a line of a list is read."""

    asks: Asks
    choices: Choices = ()
    items: Asks = Asks.TEXT


def how(shape: Schema, root: Schema) -> How:
    """The box that fits this shape best; one for JSON where no other can say everything it may hold."""
    choices = _choices(shape)
    if choices:
        return How(Asks.YES_NO if shape.get("type") == "boolean" else Asks.CHOICE, choices)
    match shape.get("type"):
        case "string":
            known = {"date": Asks.DATE, "date-time": Asks.MOMENT, "email": Asks.EMAIL, LOCAL: Asks.LOCAL}
            return How(known.get(words(shape, "format"), Asks.TEXT))
        case "integer":
            return How(Asks.INTEGER)
        case "number":
            return How(Asks.NUMBER)
        case "array":
            return _list(shape, root)
    return How(Asks.TEXT if _is_decimal(shape) else Asks.JSON)


def _list(shape: Schema, root: Schema) -> How:
    found = shape.get("items")
    if not isinstance(found, Mapping) or "prefixItems" in shape or nullable(found, root):
        return How(Asks.JSON)
    item = resolved(found, root)
    choices, kind = _choices(item), item.get("type")
    if choices and kind != "boolean":
        return How(Asks.SEVERAL, choices)
    if kind in LIST and "enum" not in item:
        numbers = {"integer": Asks.INTEGER, "number": Asks.NUMBER}
        return How(Asks.LINES, items=numbers.get(str(kind), Asks.TEXT))
    return How(Asks.JSON)


def _is_decimal(shape: Schema) -> bool:
    """Pydantic's Decimal takes a number or a text: as text it keeps every digit."""
    match shape.get("anyOf"):
        case [{"type": "number"}, {"type": "string"}, *more]:
            return all(one == {"type": "null"} for one in more)
    return False


def _choices(shape: Schema) -> Choices:
    values = [True, False] if shape.get("type") == "boolean" else shape.get("enum")
    if "const" in shape:
        values = [shape["const"]]
    if not isinstance(values, list | tuple) or not 0 < len(values) <= OPTIONS:
        return ()
    made = tuple((json.dumps(value), _told(value, values)) for value in values)
    if len({value for value, _ in made}) < len(made):
        return ()
    return made if all(len(value) <= OPTION_VALUE and text.strip() for value, text in made) else ()


def _told(value: JSON, values: Sequence[JSON]) -> str:
    """A choice as a person would write it; as JSON where two would read the same."""
    texts = [plain(one) for one in values]
    return plain(value) if texts.count(plain(value)) == 1 else json.dumps(value, ensure_ascii=False)


LIMITS: Mapping[str, str] = {
    "minimum": marked("At least {}."),
    "exclusiveMinimum": marked("More than {}."),
    "maximum": marked("At most {}."),
    "exclusiveMaximum": marked("Less than {}."),
    "multipleOf": marked("A multiple of {}."),
    "minLength": marked("At least {} characters."),
    "pattern": marked("Must match {}"),
    "minItems": marked("At least {} of them."),
    "maxItems": marked("At most {} of them."),
}
# What every answer keeps to anyway: something must be filled in, and no number is larger than JSON's own.
OBVIOUS = 2**53 - 1


def limits(shape: Schema, root: Schema, found: How) -> Iterator[str]:
    """What a person must know to fill it in right the first time."""
    for key, told in LIMITS.items():
        if key in shape and not _is_obvious(key, shape[key]):
            yield say(told, plain(shape[key]))
    if found.asks is Asks.LINES:
        yield say("One per line.") if found.items is Asks.TEXT else say("One number per line.")
    if found.asks is Asks.LOCAL:
        yield say("A day and a time, as 2026-11-21 14:00. The graph gets it as you write it.")
    if found.asks is Asks.JSON:
        yield from filter(None, (say("As JSON."), unions.told(shape, root)))


def _is_obvious(key: str, limit: JSON) -> bool:
    if key in ("minLength", "minItems"):
        return limit in (0, 1)
    return isinstance(limit, int) and abs(limit) >= OBVIOUS


def as_written(found: JSON) -> JSON:
    """The same schema, with its moments asked for as a day and a time in words."""
    if isinstance(found, Mapping):
        told = {name: as_written(part) for name, part in found.items()}
        return told | {"format": LOCAL} if told.get("format") == "date-time" else told
    return [as_written(part) for part in found] if isinstance(found, list | tuple) else found


def words(schema: Schema, key: str) -> str:
    """A title, a description; empty where there is none."""
    found = schema.get(key)
    return found if isinstance(found, str) else ""
