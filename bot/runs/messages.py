"""Describe a list of chat messages as what a graph takes, not as what LangChain makes of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import JSON

# What `convert_to_messages` takes of JSON: `{"role", "content"}` (or `type`), a text, or role and text.
# https://docs.langchain.com/oss/python/langchain/messages
MESSAGE: Mapping[str, JSON] = {
    "title": "Message",
    "anyOf": [
        {
            "type": "object",
            "required": ["content"],
            "anyOf": [{"required": ["role"]}, {"required": ["type"]}],
            "properties": {"role": {"type": "string"}, "type": {"type": "string"}},
        },
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
    ],
}
EXAMPLE = 'For example [{"role": "user", "content": "Hello"}]'

# What LangChain's own union of messages names, whatever else it names.
KNOWN = frozenset({"#/$defs/HumanMessage", "#/$defs/AIMessage", "#/$defs/ToolMessage"})


def with_messages(schema: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """The same schema of an input, with every property that is a list of messages written so that one fits.

    LangChain publishes a union of classes whose parts have no required type, so `{"role": "user", ...}`,
    which every graph takes, fits several of them and is refused by the book.
    """
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return schema
    told = {name: _told(part) for name, part in properties.items()}
    return schema if told == properties else {**schema, "properties": told}


def _told(part: JSON) -> JSON:
    if isinstance(part, Mapping) and _is_list_of_messages(part):
        return {**part, "items": MESSAGE, "description": part.get("description") or EXAMPLE}
    return part


def _is_list_of_messages(part: Mapping[str, JSON]) -> bool:
    match part.get("items"):
        case {"oneOf": [*several]}:
            return {one.get("$ref") for one in several if isinstance(one, Mapping)} >= KNOWN
    return False
