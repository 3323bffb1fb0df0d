"""What a person must know to write a value that may be of several types: which these are, told as JSON.

A form cannot change while it is filled in, so such a value is written as JSON and checked with the schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from bot.blocks.text import say
from bot.core.model import JSON
from bot.core.schema import Schema, nullable, resolved
from bot.texts.marks import marked

SHOWN = 6  # types that a hint names; more are not read

KINDS = {
    "string": marked('text in quotes, as "this"'),
    "integer": marked("a whole number"),
    "number": marked("a number"),
    "boolean": marked("true or false"),
    "array": marked("a list, as [1, 2]"),
    "null": "null",
}
OBJECT = marked("an object")


def told(shape: Schema, root: Schema) -> str:
    """The types of a union in one sentence; empty for anything else."""
    options = [one for key in ("anyOf", "oneOf") for one in _mappings(shape.get(key))]
    kinds = list(dict.fromkeys(_kind(resolved(one, root)) for one in options))
    if isinstance(several := shape.get("type"), list | tuple):
        kinds = [say(KINDS.get(str(one), OBJECT)) for one in several]
    if nullable(shape, root) and say(KINDS["null"]) not in kinds:
        kinds.append(say(KINDS["null"]))
    if len(kinds) < 2 or len(kinds) > SHOWN or not all(kinds):
        return ""
    return say("Either {}.", say(", or ").join(kinds))


def _kind(shape: Schema) -> str:
    if "const" in shape:
        return json.dumps(shape["const"], ensure_ascii=False)
    properties = shape.get("properties")
    if isinstance(properties, Mapping) and properties:
        return f"{{{', '.join(_members(properties, shape.get('required')))}}}"
    return say(OBJECT if shape.get("type") == "object" else KINDS.get(str(shape.get("type")), ""))


def _members(properties: Mapping[str, JSON], required: JSON) -> Iterator[str]:
    """The names that must be there, and first of all the one that tells the types apart."""
    needed = required if isinstance(required, list | tuple) else ()
    for name, found in properties.items():
        if isinstance(found, Mapping) and "const" in found:
            yield f"{json.dumps(name)}: {json.dumps(found['const'], ensure_ascii=False)}"
        elif name in needed:
            yield f"{json.dumps(name)}: ..."


def _mappings(found: JSON) -> list[Schema]:
    several = found if isinstance(found, list | tuple) else ()
    return [one for one in several if isinstance(one, Mapping) and one.get("type") != "null"]
