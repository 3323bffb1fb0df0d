"""Read a JSON Schema: whether it can be used, what does not fit it, and what its references stand for.

https://json-schema.org/draft/2020-12/json-schema-validation
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from bot.core.model import JSON
from bot.core.payload import plain
from bot.texts.marks import recorded

Schema: TypeAlias = Mapping[str, JSON]

DEEP = 20  # references followed before a schema is taken for circular
FEW = 3  # values that fit a row of buttons beside what else a card offers
BUTTON = 40  # characters that a button shows whole

UNUSABLE = recorded("The graph's schema refers to something that is not in it, or to itself without end.")


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that is wrong with a value: where, from the outside in, and a sentence for a person."""

    path: tuple[str | int, ...]
    sentence: str


def fault(schema: Schema) -> str | None:
    """Why this is no JSON Schema at all; None where it is one."""
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as wrong:
        return wrong.message
    except RecursionError:
        return recorded("nested too deeply")
    return None


def misfits(schema: Schema, value: JSON) -> tuple[Misfit, ...]:
    """Everything in the value that does not fit; empty where all of it does."""
    return _misfits(schema, schema, value)


def resolved(part: Schema, schema: Schema) -> Schema:
    """Follow local references, and unwrap "this or null" and unions of one part."""
    for _ in range(DEEP):
        inner = next(_inner(part, schema), None)
        if inner is None:
            return part
        part = inner
    return {}


def nullable(part: Schema, schema: Schema) -> bool:
    """True where `null` is an answer like any other."""
    return not _misfits(part, schema, None)


def few(schema: Schema) -> tuple[JSON, ...]:
    """The values of an enum that fit on buttons, in its order; empty where they are many, or long."""
    if nullable(schema, schema):
        return ()
    shape = resolved(schema, schema)
    values = [shape["const"]] if "const" in shape else shape.get("enum")
    if not isinstance(values, list | tuple) or not 0 < len(values) <= FEW:
        return ()
    texts = [plain(value) for value in values]
    readable = all(text.strip() and text.isprintable() and len(text) <= BUTTON for text in texts)
    return tuple(values) if readable and len(set(texts)) == len(texts) else ()


def _misfits(part: Schema, schema: Schema, value: JSON) -> tuple[Misfit, ...]:
    # An empty registry: a reference to another server is an error, never a request to it.
    validator = _Validator(dict(schema), registry=Registry(), format_checker=FORMATS).evolve(
        schema=dict(part)
    )
    try:
        return tuple(found for error in validator.iter_errors(value) for found in _told(error))
    except (Unresolvable, RecursionError):
        return (Misfit((), UNUSABLE),)


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
    match part.get("type"):
        case [str(kind), "null"] | ["null", str(kind)]:
            yield {**part, "type": kind}


def _lookup(reference: str, schema: Schema) -> Schema:
    """The part of the schema that `#/$defs/Name` names; nothing for any other reference."""
    found: JSON = schema
    if not reference.startswith("#/"):
        return {}
    for step in reference[2:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _told(error: ValidationError) -> Iterator[Misfit]:
    """The error, or the one inside that says what to mend: "or null" alone helps nobody."""
    told = best_match([error]) or error
    path = tuple(told.absolute_path)
    if told.validator == "required" and isinstance(told.instance, Mapping):
        needed: Any = told.validator_value
        for name in needed:
            if name not in told.instance:
                yield Misfit((*path, name), recorded("Please fill this in."))
    else:
        yield Misfit(path, told.message)


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Pydantic's patterns are Rust's: one that Python cannot read is left to the graph's own check."""
    try:
        fits = not isinstance(value, str) or re.search(pattern, value)
    except re.error:
        return
    if not fits:
        yield ValidationError(f"{value!r} does not match {pattern}")


# Formats that need nothing but Python to be checked; the graph's own check knows the others.
FORMATS = FormatChecker(("date", "email", "ipv4", "ipv6", "uuid"))
_Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]  # it has no types
