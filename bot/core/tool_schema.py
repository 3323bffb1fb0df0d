"""What the edits of one tool call must look like, read from the response schema that its pause publishes.

LangChain makes it of one part for each decision: https://docs.langchain.com/oss/python/langchain/human-in-the-loop
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import JSON
from bot.core.schema import Schema


def schema_args(schema: Schema | None) -> Schema | None:
    """The schema of an edit's arguments, with its references as they are; None where there is none."""
    match _edit(schema or {}):
        case {"properties": {"edited_action": Mapping() as action}}:
            match _found(action, schema or {}):
                case {"properties": {"args": Mapping() as args}}:
                    return args
    return None


def _edit(schema: Schema) -> JSON:
    match schema:
        case {"discriminator": {"mapping": {"edit": reference}}}:
            return _found({"$ref": reference}, schema)
    return schema


def _found(part: Schema, schema: Schema) -> Schema:
    """What `{"$ref": "#/$defs/Name"}` stands for; anything else as it is."""
    reference, known = part.get("$ref"), schema.get("$defs")
    if not isinstance(reference, str) or not isinstance(known, Mapping):
        return part
    found = known.get(reference.removeprefix("#/$defs/"))
    return found if isinstance(found, Mapping) else {}
