"""What a JSON Schema says of a value, in sentences for people."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.model import JSON
from bot.core.schema import Misfit, fault, few, misfits, nullable, resolved

AGE = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}
PERSON: dict[str, Any] = {
    "$defs": {"Age": AGE},
    "type": "object",
    "required": ["name", "age"],
    "properties": {"name": {"type": "string"}, "age": {"$ref": "#/$defs/Age"}},
}


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        (PERSON, {"name": "Ada", "age": None}, []),
        (PERSON, {"name": "Ada", "age": 0}, [(("age",), "0 is less than the minimum of 1")]),
        (PERSON, {"name": "Ada"}, [(("age",), "Please fill this in.")]),
        (PERSON, {}, [(("age",), "Please fill this in."), (("name",), "Please fill this in.")]),
        ({"type": "integer"}, True, [((), "True is not of type 'integer'")]),
        ({"format": "date"}, "tomorrow", [((), "'tomorrow' is not a 'date'")]),
        ({"pattern": "^a"}, "b", [((), "'b' does not match ^a")]),
        ({"pattern": r"\p{Lu}"}, "b", []),
        ({"pattern": "^a"}, 5, []),
    ],
)
def test_each_thing_that_does_not_fit_is_told_where_it_is(
    schema: Any, value: JSON, found: list[tuple[Any, str]]
) -> None:
    assert {(one.path, one.sentence) for one in misfits(schema, value)} == set(found)


@pytest.mark.parametrize(
    "schema", [{"$ref": "#"}, {"$ref": "#/$defs/Missing"}, {"$ref": "http://127.0.0.1:1/never"}]
)
def test_a_reference_that_leads_nowhere_fits_nothing_and_asks_nobody(schema: Any) -> None:
    (found,) = misfits(schema, 1)

    assert isinstance(found, Misfit)
    assert "refers to something" in found.sentence


@pytest.mark.parametrize(("schema", "is_one"), [({}, True), (PERSON, True), ({"type": "banana"}, False)])
def test_what_is_no_schema_is_told(schema: Any, is_one: bool) -> None:
    assert (fault(schema) is None) is is_one


def test_a_schema_without_end_is_no_schema() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"not": deep}

    assert fault(deep) == "nested too deeply"


@pytest.mark.parametrize(
    ("part", "is_nullable"), [({"$ref": "#/$defs/Age"}, True), ({"type": "string"}, False), ({}, True)]
)
def test_null_is_an_answer_only_where_it_fits(part: Any, is_nullable: bool) -> None:
    assert nullable(part, PERSON) is is_nullable


def test_or_null_is_unwrapped() -> None:
    assert resolved({"$ref": "#/$defs/Age"}, PERSON) == {"type": "integer", "minimum": 1}
    assert resolved({"type": ["string", "null"], "title": "T"}, {}) == {"type": "string", "title": "T"}


@pytest.mark.parametrize(
    ("schema", "choices"),
    [
        ({"enum": ["ship", "hold", "drop"]}, ("ship", "hold", "drop")),
        ({"const": "ship"}, ("ship",)),
        ({"$ref": "#/$defs/E", "$defs": {"E": {"enum": [1, 2]}}}, (1, 2)),
        ({"enum": ["a", "b", "c", "d"]}, ()),
        ({"enum": ["a", None]}, ()),
        ({"enum": ["x" * 41, "b"]}, ()),
        ({"enum": ["a", "a\u202e"]}, ()),
        ({"enum": [1, "1"]}, ()),
        ({"type": "string"}, ()),
    ],
)
def test_few_short_and_different_values_are_buttons(schema: Any, choices: tuple[JSON, ...]) -> None:
    assert few(schema) == choices
