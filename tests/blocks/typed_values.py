"""Schemas of every kind a graph publishes, each with a value that fits, and a person who fills in a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

Pair = tuple[dict[str, Any], Any]
ABSENT = object()

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
integers = st.integers(-(10**18), 10**18)
floats = st.floats(-1e9, 1e9).map(lambda number: round(number, 6))
moments = st.integers(1, 60_000_000).map(
    lambda minutes: datetime.fromtimestamp(60 * minutes, UTC).isoformat().replace("+00:00", "Z")
)
scalars = st.one_of(words, integers, st.booleans(), floats)
free = st.recursive(scalars | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=4)


def _enum(values: list[Any]) -> st.SearchStrategy[Pair]:
    return st.sampled_from(values).map(lambda one: ({"enum": values}, one))


def _several(values: list[str]) -> st.SearchStrategy[Pair]:
    schema = {"type": "array", "items": {"type": "string", "enum": values}}
    return st.lists(st.sampled_from(values), unique=True).map(lambda chosen: (schema, chosen))


def _of(schema: dict[str, Any], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Pair]:
    return value.map(lambda one: (schema, one))


enums = st.lists(st.one_of(words, integers), min_size=1, max_size=5, unique_by=str)
leaves: st.SearchStrategy[Pair] = st.one_of(
    _of({"type": "string"}, words),
    _of({"type": "string", "maxLength": 12, "default": "as it was"}, words),
    _of({"type": "integer"}, integers),
    _of({"type": "integer", "minimum": 0, "default": 3}, st.integers(0, 10)),
    _of({"type": "number", "default": 1.5}, floats),
    _of({"type": "boolean"}, st.booleans()),
    _of({"type": "boolean", "default": True}, st.booleans()),
    _of({"type": "string", "format": "date"}, st.dates().map(str)),
    _of({"type": "string", "format": "date-time"}, moments),
    _of({"anyOf": [{"type": "number"}, {"type": "string"}]}, st.decimals(-9, 9, places=2).map(str)),
    _of({"anyOf": [{"type": "integer"}, {"type": "string"}]}, st.one_of(integers, words)),
    _of({"type": "array", "items": {"type": "string"}}, st.lists(words, max_size=4)),
    _of({"type": "array", "items": {"type": "integer"}}, st.lists(integers, max_size=4)),
    _of({"type": "object"}, st.dictionaries(words, free, min_size=1, max_size=3)),
    _of({}, free.filter(lambda it: it is not None)),
    enums.flatmap(_enum),
    st.lists(words, min_size=1, max_size=6, unique=True).flatmap(_several),
)


@st.composite
def nullable(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """The same, or null; without a default, which somebody who means null would take out."""
    schema, value = draw(inner)
    bare = {key: part for key, part in schema.items() if key != "default"}
    return {"anyOf": [bare, {"type": "null"}]}, draw(
        st.sampled_from([value if _says_something(value) else None, None])
    )


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """Properties of every kind, needed or not."""
    parts = draw(st.dictionaries(words, inner, min_size=1, max_size=4))
    required = [name for name in parts if draw(st.booleans())]
    schema = {"type": "object", "properties": {name: part for name, (part, _) in parts.items()}}
    kept = {name: value for name, (_, value) in parts.items() if name in required or _says_something(value)}
    return schema | {"required": required}, kept


def _says_something(value: Any) -> bool:
    """A form cannot tell a list or an object left out from an empty one, nor null from nothing."""
    if isinstance(value, Mapping):
        return any(map(_says_something, value.values()))
    return value not in (None, [])


schemas: st.SearchStrategy[Pair] = objects(
    st.recursive(
        st.one_of(leaves, nullable(leaves)),
        lambda inner: objects(inner) | nullable(objects(inner)),
        max_leaves=6,
    )
)


def fill(view: Mapping[str, Any], answer: Any) -> dict[str, Any]:
    """`state.values` after somebody put this answer into the boxes of a window, as Slack reports them."""
    return {
        block["block_id"]: {"value": _state(block, _at(answer, block["block_id"]))}
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _at(answer: Any, block_id: str) -> Any:
    for step in block_id.split(".")[1:]:
        name = step.replace("~1", ".").replace("~0", "~")
        answer = answer.get(name, ABSENT) if isinstance(answer, Mapping) else ABSENT
    return answer


def _state(block: Mapping[str, Any], value: Any) -> dict[str, Any]:
    element = block["element"]
    if element["type"] in ("static_select", "radio_buttons"):
        return {"selected_option": None if value is ABSENT else _option(element, value)}
    value = None if value is ABSENT else value
    match element["type"]:
        case "multi_static_select":
            return {"selected_options": [_option(element, one) for one in value or []]}
        case "datepicker":
            return {"selected_date": value}
        case "datetimepicker":
            return {"selected_date_time": value and int(datetime.fromisoformat(value).timestamp())}
    return {"value": None if value is None else _typed(block, value)}


def _option(element: Mapping[str, Any], value: Any) -> Any:
    same = [one for one in element["options"] if one["value"] == json.dumps(value)]
    return same[0] if same else None


def _typed(block: Mapping[str, Any], value: Any) -> str | None:
    hint = block.get("hint", {}).get("text", "")
    if "As JSON." in hint:
        return json.dumps(value)
    if "per line" in hint:
        return "\n".join(str(one) for one in value) or None
    return value if isinstance(value, str) else format(value, "f") if isinstance(value, float) else str(value)
