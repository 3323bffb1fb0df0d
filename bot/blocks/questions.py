"""Read a JSON Schema as questions a form can ask: one for each value, inner objects piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.blocks.parts import IDENTIFIER
from bot.blocks.shapes import Asks, Choices, how, limits, words
from bot.blocks.text import say
from bot.blocks.told import plain
from bot.core.model import JSON
from bot.core.payload import label
from bot.core.schema import Schema, nullable, resolved

WHOLE = "input"  # the block id of a question about the whole value, and the start of every other one
MOST = 270  # questions of one form: more than anybody answers, and than three windows hold
TOLD = 40  # characters of a default that a hint repeats
LONG = 300  # characters; a longer text gets a box with several lines
DEPTH = 6  # objects inside of objects that are asked piece by piece

# What is read as a list: nothing chosen is an empty list, not a missing one.
LISTS = (Asks.SEVERAL, Asks.LINES)
# What a person can empty again: then the graph's own default holds, and the form says so.
EMPTIED = (Asks.TEXT, Asks.EMAIL, Asks.INTEGER, Asks.NUMBER, Asks.DATE, Asks.MOMENT, Asks.LOCAL, Asks.JSON)

Path = tuple[str, ...]

# The last step to the question whether an object is to be there; a property of this name is asked as JSON.
THERE = "?"
IN_FULL = "given"


@dataclass(frozen=True, slots=True)
class Question:
    """One value. `choices` are (value as JSON, text); `default` is what stands in the box from the start."""

    path: Path
    asks: Asks
    label: str
    hint: str = ""
    required: bool = False
    nullable: bool = False
    within: Path | None = None  # the innermost object around it that may be left out altogether
    default: JSON = None
    choices: Choices = ()
    max_length: int | None = None
    long: bool = False
    items: Asks = Asks.TEXT  # of a list written one per line

    @property
    def block_id(self) -> str:
        """Slack reports values and takes errors by block."""
        return block_id(self.path)

    @property
    def insists(self) -> bool:
        """True where there must be an answer, whatever else is filled in."""
        return self.required and not (self.nullable or self.within is not None or self.asks in LISTS)


@dataclass(frozen=True, slots=True)
class Container:
    """An object that is asked piece by piece. One that may be left out is there if anything of it is."""

    path: Path
    optional: bool
    null_if_empty: bool
    within: Path | None


@dataclass(frozen=True, slots=True)
class Asked:
    """All of a form, in the order of the schema."""

    questions: tuple[Question, ...]
    containers: tuple[Container, ...] = ()


def block_id(path: Path) -> str:
    """`input.address.city`; a dot inside of a name is written ~1."""
    return ".".join([WHOLE, *(step.replace("~", "~0").replace(".", "~1") for step in path)])


def questions(schema: Schema, draft: JSON = None) -> Asked:
    """What to ask; all of it as JSON where it cannot be asked piece by piece.

    `draft` is a whole answer to start from; without one the schema's defaults are.
    """
    found = list(_of(_Part((), schema, schema, required=True, default=draft)))
    asked = Asked(
        tuple(one for one in found if isinstance(one, Question)),
        tuple(one for one in found if isinstance(one, Container)),
    )
    return asked if _askable(asked) else whole(draft)


def whole(draft: JSON = None) -> Asked:
    """The one question that takes everything as JSON."""
    return Asked((Question((), Asks.JSON, say("Value"), say("As JSON."), required=True, default=draft),))


def _askable(asked: Asked) -> bool:
    ids = [question.block_id for question in asked.questions]
    fits = 0 < len(ids) <= MOST and len(set(ids)) == len(ids)
    return fits and all(len(one) <= IDENTIFIER for one in ids)


@dataclass(frozen=True, slots=True)
class _Part:
    """One place in the schema on the way down."""

    path: Path
    found: Schema  # as it stands there: its title and default come first
    root: Schema
    required: bool
    default: JSON = None
    bare: bool = False  # an object around it has a value, or may be left out: no inner default in the box
    label: str = ""
    within: Path | None = None
    seen: tuple[Schema, ...] = ()  # the objects around it: one that contains itself is asked as JSON

    @property
    def shape(self) -> Schema:
        return resolved(self.found, self.root)

    @property
    def own_default(self) -> JSON:
        """What the graph takes where nothing is given."""
        given = self.found.get("default")
        return given if given is not None else self.shape.get("default")

    @property
    def start(self) -> JSON:
        """What stands here from the start: from the draft or the object around, else the own default."""
        return self.own_default if self.default is None and not self.bare else self.default

    @property
    def nullable(self) -> bool:
        return nullable(self.found, self.root)


def _of(part: _Part) -> Iterator[Question | Container]:
    inner = _properties(part)
    if not inner:
        yield _question(part)
        return
    start = part.start
    drawn = isinstance(start, Mapping)
    # Empty boxes do not say "none" where they begin filled in, are all there is, or stand for a default.
    chosen = part.nullable and (drawn or not part.path or isinstance(part.own_default, Mapping))
    optional = bool(part.path) and (not part.required or part.nullable) and not drawn
    yield Container(part.path, optional, part.required and part.nullable, part.within)
    if chosen:
        yield _there(part, IN_FULL if drawn or not part.path else None)
    needed = part.shape.get("required")
    for name, found in inner.items():
        yield from _of(
            _Part(
                path=(*part.path, name),
                found=found if isinstance(found, Mapping) else {},
                root=part.root,
                required=isinstance(needed, list | tuple) and name in needed,
                default=start.get(name) if isinstance(start, Mapping) else None,
                bare=optional or isinstance(start, Mapping),
                label=_label(part) if part.path else "",
                within=part.path if optional or chosen else part.within,
                seen=(*part.seen, part.shape),
            )
        )


def _there(part: _Part, default: JSON) -> Question:
    return Question(
        path=(*part.path, THERE),
        asks=Asks.CHOICE,
        label=_label(part),
        required=True,
        within=part.within,
        default=default,
        choices=((json.dumps(IN_FULL), say("filled in below")), ("null", plain(None))),
    )


def _properties(part: _Part) -> Mapping[str, JSON]:
    """The properties to ask one by one; none where this is asked in one piece."""
    shape = part.shape
    properties, needed = shape.get("properties"), shape.get("required")
    if not isinstance(properties, Mapping) or len(part.path) >= DEPTH:
        return {}
    if any(shape is outer for outer in part.seen):
        return {}
    known = all(name in properties for name in needed) if isinstance(needed, list | tuple) else True
    start = part.start
    draws = not isinstance(start, Mapping) or all(name in properties for name in start)
    return properties if known and draws and all(properties) and THERE not in properties else {}


def _question(part: _Part) -> Question:
    shape = part.shape
    best, null = how(shape, part.root), part.nullable
    if best.asks is Asks.MOMENT and _has_no_zone(part.start):
        best = replace(best, asks=Asks.LOCAL)
    choices = best.choices
    if best.asks in (Asks.CHOICE, Asks.YES_NO) and null and all(value != "null" for value, _ in choices):
        choices = (*choices, ("null", plain(None)))
    longest = shape.get("maxLength")
    most = longest if isinstance(longest, int) and longest > 0 else None
    return Question(
        path=part.path,
        asks=best.asks,
        label=_label(part),
        hint=" ".join(
            filter(None, (_told(part), *limits(shape, part.root, best), _left_empty(part, best.asks, null)))
        ),
        required=part.required,
        nullable=null,
        within=part.within,
        default=part.start,
        choices=choices,
        max_length=most,
        long=shape.get("format") == "textarea" or (most is not None and most > LONG),
        items=best.items,
    )


def _has_no_zone(default: JSON) -> bool:
    try:
        return isinstance(default, str) and datetime.fromisoformat(default).tzinfo is None
    except ValueError:
        return False


def _label(part: _Part) -> str:
    # A title behind a reference names the type: two values of one type are told apart by their own names.
    own = words(part.found, "title") or (label(part.path[-1]) if part.path else say("Value"))
    return f"{part.label} › {own}" if part.label else own


def _told(part: _Part) -> str:
    return words(part.found, "description") or words(part.shape, "description")


def _left_empty(part: _Part, asks: Asks, null: bool) -> str:
    """What it means to leave the box empty, where a person could be wrong about it."""
    own, begun = part.own_default, part.start is not None
    if part.required or (begun and asks not in EMPTIED):
        return ""
    if begun and null:
        return say("Left empty: none.")
    if own in (None, "", [], {}):
        return ""
    told = plain(own)
    short = len(told) <= TOLD and "\n" not in told
    return say("Left empty: {}.", told) if short else say("Left empty: the default.")
