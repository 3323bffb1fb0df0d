"""The form that starts a run: made from a JSON Schema, read back typed, checked against it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.blocks.form import Filled, read_form, start_form
from bot.blocks.questions import WHOLE, block_id, questions
from bot.blocks.shapes import Asks
from bot.core.model import JSON
from tests.blocks import judge
from tests.blocks.faces import REFUND_INPUT


def typed(**answers: str) -> dict[str, Any]:
    """`state.values` as Slack sends them for text and number boxes."""
    return {
        block_id((name,)): {"value": {"type": "plain_text_input", "value": text}}
        for name, text in answers.items()
    }


def chosen(**answers: JSON) -> dict[str, Any]:
    """`state.values` for selects."""
    return {
        block_id((name,)): {
            "value": {"type": "static_select", "selected_option": {"text": {}, "value": json.dumps(value)}}
        }
        for name, value in answers.items()
    }


GOOD = {
    **typed(order_id="1001", amount_cents="50000", rate="1.25", items="a\nb"),
    **chosen(currency="EUR", notify=False),
}


def test_each_property_is_asked_in_its_own_way() -> None:
    assert [(one.path, one.asks, one.required) for one in questions(REFUND_INPUT).questions] == [
        (("order_id",), Asks.TEXT, True),
        (("amount_cents",), Asks.INTEGER, True),
        (("currency",), Asks.CHOICE, False),
        (("rate",), Asks.NUMBER, False),
        (("notify",), Asks.YES_NO, False),
        (("items",), Asks.LINES, False),
        (("extra",), Asks.JSON, False),
    ]


def test_what_was_typed_is_read_with_its_types() -> None:
    assert read_form(REFUND_INPUT, GOOD) == Filled(
        {
            "order_id": "1001",
            "amount_cents": 50_000,
            "currency": "EUR",
            "rate": 1.25,
            "notify": False,
            "items": ["a", "b"],
        }
    )


def test_what_is_left_empty_is_left_to_the_graph() -> None:
    empty = {
        f"{WHOLE}.rate": {"value": {"value": None}},
        f"{WHOLE}.currency": {"value": {"selected_option": None}},
    }

    assert read_form(REFUND_INPUT, {**typed(order_id="1", amount_cents="1"), **empty}) == Filled(
        {"order_id": "1", "amount_cents": 1}
    )


@pytest.mark.parametrize(
    ("answers", "block", "sentence"),
    [
        ({"order_id": " "}, "order_id", "Please fill this in."),
        ({"amount_cents": "5.5"}, "amount_cents", "Please enter a whole number."),
        ({"amount_cents": "١"}, "amount_cents", "Please enter a whole number."),
        ({"amount_cents": "1e3"}, "amount_cents", "Please enter a whole number."),
        ({"amount_cents": "9" * 5_000}, "amount_cents", "Please enter a whole number."),
        ({"amount_cents": "0"}, "amount_cents", "0 is less than the minimum of 1"),
        ({"rate": "NaN"}, "rate", "Please enter a number."),
        ({"items": "a\nmuch too long"}, "items", "1: 'much too long' is too long"),
        ({"extra": "[a]"}, "extra", "Not JSON: line 1, column 2: Expecting value."),
        ({"extra": "[NaN]"}, "extra", "NaN is no JSON number."),
        ({"extra": '{"a": {"b": 1}}'}, "extra", "a: {'b': 1} is not of type 'integer'"),
        ({"extra": "[" * 100_000}, "extra", "Too deeply nested."),
    ],
)
def test_a_wrong_answer_has_its_sentence_under_its_own_field(
    answers: dict[str, str], block: str, sentence: str
) -> None:
    filled = read_form(REFUND_INPUT, {**GOOD, **typed(**answers)})

    assert filled == Filled(errors={f"{WHOLE}.{block}": sentence})


def test_a_choice_that_was_never_offered_is_refused() -> None:
    filled = read_form(REFUND_INPUT, {**GOOD, **chosen(currency="BTC")})

    assert filled.errors == {f"{WHOLE}.currency": "'BTC' is not one of ['USD', 'EUR']"}


def test_every_wrong_field_is_told_at_once() -> None:
    filled = read_form(REFUND_INPUT, typed(amount_cents="x", rate="y"))

    assert list(filled.errors) == [f"{WHOLE}.order_id", f"{WHOLE}.amount_cents", f"{WHOLE}.rate"]


def test_a_long_error_is_cut_to_fit() -> None:
    filled = read_form(REFUND_INPUT, {**GOOD, **typed(items="x" * 3_000)})

    assert filled.errors
    assert all(len(sentence) <= 150 for sentence in filled.errors.values())


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "array"},
        {"type": "object", "properties": {}},
        {"properties": {"": {}}},
        {"properties": {"a": {}}, "required": ["b"]},
    ],
)
def test_an_input_that_cannot_be_asked_piece_by_piece_is_asked_as_json(schema: dict[str, Any]) -> None:
    (question,) = questions(schema).questions

    assert (question.path, question.asks, question.block_id) == ((), Asks.JSON, WHOLE)
    assert read_form({}, {WHOLE: {"value": {"value": "[1, 2.0]"}}}).input == [1, 2.0]


def test_json_that_does_not_fit_the_whole_schema_is_told() -> None:
    filled = read_form({"type": "array"}, {WHOLE: {"value": {"value": '{"a": 1}'}}})

    assert filled.errors == {WHOLE: "{'a': 1} is not of type 'array'"}


def test_more_questions_than_a_window_holds_are_asked_as_json() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {f"p{n}": {"type": "string"} for n in range(120)},
    }

    assert len(questions(schema).questions) == 120
    assert [block["block_id"] for block in start_form("g", schema, channel="C1")["blocks"][1:]] == [WHOLE]  # type: ignore[index, call-overload, union-attr]


def test_references_and_or_null_are_followed() -> None:
    schema: dict[str, Any] = {
        "$ref": "#/$defs/Input",
        "$defs": {
            "Input": {
                "type": "object",
                "properties": {
                    "size": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
                    "kind": {"$ref": "#/$defs/Kind", "description": "Which one"},
                },
            },
            "Kind": {"enum": ["a", "b"], "title": "Kind of thing"},
        },
    }

    assert [(one.asks, one.label, one.hint) for one in questions(schema).questions] == [
        (Asks.INTEGER, "Size", ""),
        (Asks.CHOICE, "Kind", "Which one"),
    ]


@pytest.mark.parametrize("reference", ["#/properties/me", "#", "#/$defs/Missing", "http://127.0.0.1:1/never"])
def test_a_reference_that_leads_nowhere_is_asked_as_json(reference: str) -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"me": {"$ref": reference}, "x": {"type": "string"}},
    }

    assert [one.asks for one in questions(schema).questions][-2:] == [Asks.JSON, Asks.TEXT]


def test_defaults_are_filled_in() -> None:
    form: Any = start_form("refund", REFUND_INPUT, channel="C0REFUNDS")
    elements = {block["block_id"]: block["element"] for block in form["blocks"] if block["type"] == "input"}

    assert elements["input.rate"]["initial_value"] == "1.5"
    assert elements["input.currency"]["initial_option"]["value"] == '"USD"'
    assert elements["input.notify"]["initial_option"]["text"]["text"] == "yes"


@pytest.mark.parametrize("default", ["too long", "a\u202eb"])
def test_a_default_that_cannot_be_shown_is_left_to_the_graph(default: str) -> None:
    schema: dict[str, Any] = {"properties": {"note": {"type": "string", "maxLength": 5, "default": default}}}
    form: Any = start_form("refund", schema, channel="C0REFUNDS")

    assert "initial_value" not in form["blocks"][1]["element"]


# A field named "?" makes the whole form one box of JSON: the name stands for something else in a form.
names = st.text(min_size=1, max_size=12).filter(lambda name: name != "?")
pieces = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object"])}
    ),
    st.fixed_dictionaries(
        {"enum": st.lists(st.one_of(st.text(max_size=200), st.integers(), st.none()), max_size=8)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "title": st.text(max_size=300),
            "description": st.text(max_size=500),
            "default": st.one_of(st.text(max_size=9), st.integers()),
            "maxLength": st.integers(0, 9_000),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={
            "default": st.one_of(
                st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=9)
            )
        },
    ),
    st.just(True),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(names, pieces, max_size=6), st.text(max_size=40), st.text(max_size=400))
def test_slack_takes_a_form_for_any_schema(properties: dict[str, Any], graph: str, description: str) -> None:
    schema: dict[str, Any] = {"type": "object", "properties": properties, "required": list(properties)[:1]}

    judge.view(start_form(graph, schema, channel="C0REFUNDS", description=description))


scalars = {
    "string": st.text(min_size=1).filter(str.strip),
    "integer": st.integers(-(10**20), 10**20),
    "boolean": st.booleans(),
}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_input_comes_back_as_it_was_meant(data: st.DataObject) -> None:
    kinds = data.draw(st.dictionaries(names, st.sampled_from(sorted(scalars)), min_size=1, max_size=5))
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in kinds.items()},
    }
    meant: dict[str, Any] = {name: data.draw(scalars[kind]) for name, kind in kinds.items()}
    values = {
        **typed(**{name: str(value) for name, value in meant.items() if kinds[name] != "boolean"}),
        **chosen(**{name: value for name, value in meant.items() if kinds[name] == "boolean"}),
    }
    found: Any = read_form(schema, values).input

    assert found == meant
    assert {type(value) for value in meant.values()} == {type(value) for value in found.values()}
    assert Draft202012Validator(schema).is_valid(found)
