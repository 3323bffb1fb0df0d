"""The form that answers a question: any value that fits its schema comes back as it was filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.blocks.answer_form import Given, answer_form, read_answer
from bot.blocks.ids import read_place
from bot.core.answer import contract_for
from bot.core.digest import digest
from bot.core.forms import formed
from bot.core.model import JSON, Approval, Decision, Request, State, Verdict, Vote
from tests.blocks import judge
from tests.blocks.samples import BATCH, ID, NOW
from tests.blocks.typed_values import fill, schemas

REFUND: dict[str, Any] = {
    "type": "object",
    "required": ["amount", "on"],
    "properties": {
        "amount": {"type": "integer", "minimum": 1},
        "on": {"type": "string", "format": "date"},
        "size": {"enum": ["s", "m", "l", "xl"], "default": "m"},
        "tags": {"type": "array", "items": {"type": "string"}, "default": ["late"]},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": "none yet"},
        "to": {
            "type": "object",
            "required": ["street"],
            "properties": {"street": {"type": "string"}, "country": {"type": "string", "default": "DE"}},
        },
    },
}


ARGS = {"to": "ann@example.com", "subject": "Hello"}


def asked(schema: Any = None, payload: JSON = "Fill this in", **changed: Any) -> Approval:
    contract = contract_for(payload, schema, None)
    request = Request("refund", "thread-1", "interrupt-1", "gate", payload, digest(payload), contract)
    return replace(Approval(ID, request, 1, "C0REFUNDS", "U0CAT", NOW), **changed)


def opened(approval: Approval, previous: Approval | None = None) -> Any:
    view = answer_form(approval, channel="C0REFUNDS", message_ts="1.2", previous=previous)
    judge.view(view)
    return view


def sent(approval: Approval, view: Mapping[str, Any], answer: JSON) -> Given:
    """What the person's answer comes to, all windows one after the other."""
    values = fill(view, answer)
    begun = [
        block["block_id"]
        for block in view["blocks"]
        if any("initial" in key for key in block.get("element", {}))
    ]
    place = read_place(view["private_metadata"])
    assert place is not None
    given = read_answer(approval, place, list(values), values, begun)
    return given if given.then is None else sent(approval, given.then, answer)


def values_of(view: Any) -> dict[str, Any]:
    """What stands in the boxes from the start."""
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    return {
        name: value
        for name, element in elements.items()
        for key, value in element.items()
        if key.startswith("initial")
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas)
def test_any_value_that_fits_its_schema_can_be_filled_in_and_comes_back_the_same(
    pair: tuple[dict[str, Any], Any],
) -> None:
    schema, meant = pair
    approval = asked(schema)
    given_back = sent(approval, opened(approval), meant)

    assert given_back == Given(meant)
    assert json.dumps(given_back.answer, sort_keys=True) == json.dumps(meant, sort_keys=True)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas)
def test_an_answer_that_was_refused_is_there_again(pair: tuple[dict[str, Any], Any]) -> None:
    schema, meant = pair
    refused = asked(
        schema,
        state=State.SUPERSEDED,
        decision=Decision(Verdict.ANSWER, ("U0ANA",), NOW, meant),
        closed_why="No.",
    )
    view = opened(asked(schema, revision=2, previous="before"), previous=refused)

    assert "No." in judge.shown(view)
    assert sent(asked(schema), view, meant) == Given(meant)


def test_a_property_with_the_name_of_our_own_mark_keeps_its_value() -> None:
    approval = asked({"type": "object", "properties": {"?": {"type": "string"}}})

    assert sent(approval, opened(approval), {"?": "0"}) == Given({"?": "0"})


def test_defaults_stand_in_the_boxes_but_not_in_an_object_that_may_be_left_out() -> None:
    assert values_of(opened(asked(REFUND))) == {
        "input.size": {"text": {"type": "plain_text", "text": "m", "emoji": False}, "value": '"m"'},
        "input.tags": "late",
        "input.note": "none yet",
    }


def test_what_was_taken_out_of_a_box_is_empty_and_not_the_default_again() -> None:
    approval = asked(REFUND)

    assert sent(approval, opened(approval), {"amount": 1, "on": "2026-01-05"}).answer == {
        "amount": 1,
        "on": "2026-01-05",
        "tags": [],
        "note": None,
    }


@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        ({"amount": 0, "on": "2026-01-05"}, {"input.amount": "0 is less than the minimum of 1"}),
        ({"on": "2026-01-05"}, {"input.amount": "Please fill this in."}),
        (
            {"amount": 1, "on": "2026-01-05", "to": {"country": "FR"}},
            {"input.to.street": "Please fill this in."},
        ),
    ],
)
def test_what_does_not_fit_is_told_under_its_own_box(answer: JSON, errors: dict[str, str]) -> None:
    approval = asked(REFUND)

    assert sent(approval, opened(approval), answer) == Given(errors=errors)


def test_a_form_says_how_many_windows_it_has_and_keeps_what_was_filled_in() -> None:
    names = [f"p{number}" for number in range(200)]
    schema = {
        "type": "object",
        "properties": {name: {"type": "integer"} for name in names},
        "required": names,
    }
    approval = asked(schema)
    first = opened(approval)
    place = read_place(first["private_metadata"])
    assert place is not None
    values = fill(first, dict.fromkeys(names, 7))
    second: Any = read_answer(approval, place, list(values), values, ()).then

    judge.view(second)
    assert (first["submit"]["text"], second["close"]["text"]) == ("Next", "Back")
    assert "Page 2 of 3" in judge.shown(second)
    assert sent(approval, first, dict.fromkeys(names, 7)).answer == dict.fromkeys(names, 7)


def test_what_slack_cannot_carry_to_the_next_window_is_told() -> None:
    names = [f"p{number}" for number in range(100)]
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": names}
    approval = asked(schema)

    (sentence,) = sent(approval, opened(approval), dict.fromkeys(names, "x" * 100)).errors.values()

    assert "shorten" in sentence


def test_a_form_that_would_need_too_many_windows_asks_for_json() -> None:
    schema = {"type": "object", "properties": {f"p{number}": {"type": "integer"} for number in range(400)}}
    approval = asked(schema)

    assert sent(approval, opened(approval), {"p399": 1}) == Given({"p399": 1})


def test_the_second_of_two_people_begins_with_the_answer_of_the_first() -> None:
    first = Vote("U0ANA", Verdict.ANSWER, NOW, "c1", answer={"amount": 5, "on": "2026-01-05"})

    assert values_of(opened(asked(REFUND, votes=(first,)))) == {
        "input.amount": "5",
        "input.on": "2026-01-05",
    }


def test_each_call_has_a_row_and_none_is_decided_from_the_start() -> None:
    view = opened(asked(payload=BATCH))

    assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == [
        "input.1.decision",
        "input.1.args",
        "input.1.message",
        "input.2.decision",
        "input.2.message",
    ]
    assert list(values_of(view)) == ["input.1.args"]


def test_rows_become_one_decision_for_each_call_in_order() -> None:
    approval = asked(payload=BATCH)
    rows: JSON = {
        "1": {"decision": "edit", "args": {"to": "ben@example.com"}},
        "2": {"decision": "reject", "message": "Not today"},
    }
    found = sent(approval, opened(approval), rows)

    assert found.errors == {}
    assert formed(approval.request, found.answer) == {
        "decisions": [
            {"type": "edit", "edited_action": {"name": "send_email", "args": {"to": "ben@example.com"}}},
            {"type": "reject", "message": "Not today"},
        ]
    }


@pytest.mark.parametrize(
    ("row", "block", "sentence"),
    [
        ({"decision": "approve", "args": {"to": "x"}}, "input.1.args", "choose edit"),
        ({"decision": "edit", "args": 5}, "input.1.args", "is not of type 'object'"),
        ({"decision": "respond", "args": ARGS}, "input.1.message", "Please say"),
        (
            {"decision": "approve", "args": ARGS, "message": "hm"},
            "input.1.message",
            "reach nobody",
        ),
        ({"args": ARGS}, "input.1.decision", "Please fill this in."),
    ],
)
def test_a_row_that_contradicts_itself_is_told(row: JSON, block: str, sentence: str) -> None:
    approval = asked(payload=BATCH)
    errors = sent(approval, opened(approval), {"1": row, "2": {"decision": "approve"}}).errors

    assert list(errors) == [block]
    assert sentence in errors[block]
