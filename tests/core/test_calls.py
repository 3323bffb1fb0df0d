"""Tool calls: what their own schema says of their arguments, and several questions of Agent Inbox at once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.answer import BadAnswer, answer_for, contract_for, given_answer
from bot.core.calls import rows
from bot.core.digest import digest
from bot.core.forms import UNCHANGED, wrong
from bot.core.model import JSON, Request, Verdict
from bot.core.tool_schema import schema_args

ARGS: dict[str, JSON] = {"to": "ann@example.com", "cc": "", "copies": []}
PART: dict[str, Any] = {
    "properties": {"type": {"const": "edit"}, "edited_action": {"$ref": "#/$defs/Action"}},
    "required": ["type", "edited_action"],
}
DEFS: dict[str, Any] = {
    "Action": {"properties": {"name": {"const": "send"}, "args": {"$ref": "#/$defs/send"}}},
    "send": {
        "type": "object",
        "properties": {"to": {"type": "string"}, "cc": {"type": "string", "default": "boss@example.com"}},
        "required": ["to"],
    },
    "Edit": PART,
    "Approve": {"properties": {"type": {"const": "approve"}}, "required": ["type"]},
}
SEVERAL: dict[str, Any] = {
    "$defs": DEFS,
    "discriminator": {"mapping": {"edit": "#/$defs/Edit", "approve": "#/$defs/Approve"}},
    "oneOf": [{"$ref": "#/$defs/Edit"}, {"$ref": "#/$defs/Approve"}],
}
CALL: dict[str, JSON] = {"type": "tool_approval", "name": "send", "args": ARGS, "tool_call_id": "c1"}


def request(payload: JSON, schema: Any = None) -> Request:
    contract = contract_for(payload, schema, None)
    return Request("g", "thread-1", "interrupt-1", "ask", payload, digest(payload), contract)


def item(name: str, *flags: str) -> JSON:
    config: dict[str, JSON] = {
        f"allow_{flag}": flag in flags for flag in ("accept", "edit", "ignore", "respond")
    }
    return {"action_request": {"action": name, "args": {"to": "ann"}}, "config": config}


@pytest.mark.parametrize("schema", [SEVERAL, PART | {"$defs": DEFS}], ids=["of several", "the only one"])
def test_an_edit_takes_the_arguments_of_its_tool(schema: Any) -> None:
    assert schema_args(schema) == {"$ref": "#/$defs/send"}


@pytest.mark.parametrize(
    "schema",
    [None, {}, {"$defs": DEFS}, {"discriminator": {"mapping": {"edit": "#/$defs/Nowhere"}}}, DEFS["Approve"]],
)
def test_without_an_edit_there_are_no_arguments_to_change(schema: Any) -> None:
    assert schema_args(schema) is None


def test_what_is_empty_in_the_call_and_in_the_form_is_no_change() -> None:
    asked = request(CALL, SEVERAL)
    row: dict[str, JSON] = {"decision": "approve", "args": {"to": "ann@example.com"}}

    assert wrong(asked, {"1": row}) == ()
    assert [one.sentence for one in wrong(asked, {"1": row | {"args": {"to": "eve"}}})] == [UNCHANGED]


def test_an_edit_keeps_what_was_empty_and_does_not_fall_back_to_the_tools_default() -> None:
    asked = request(CALL, SEVERAL)

    answer: Any = given_answer(asked, {"1": {"decision": "edit", "args": {"to": "ben"}}}, None)

    assert answer["edited_action"]["args"] == {"to": "ben", "cc": "", "copies": []}


@pytest.mark.parametrize("args", [{}, {"to": 5}, {"to": None}])
def test_an_edit_that_the_tool_does_not_take_is_refused(args: JSON) -> None:
    asked = request(CALL, SEVERAL)

    assert [one.path[:2] for one in wrong(asked, {"1": {"decision": "edit", "args": args}})] == [
        ("1", "args")
    ]


def test_a_list_of_questions_has_the_buttons_that_fit_all_of_them() -> None:
    asked = request([item("send", "accept", "ignore"), item("pay", "accept", "respond")])

    assert [call.name for call in rows(asked)] == ["send", "pay"]
    assert asked.contract.verdicts == (Verdict.APPROVE, Verdict.ANSWER)
    assert answer_for(asked, Verdict.APPROVE, by="U", approval_id="a", text=None) == [
        {"type": "accept", "args": None},
        {"type": "accept", "args": None},
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"1": {"decision": "approve"}},
        {"1": {"decision": "approve"}, "2": {"decision": "reject"}},
        {"1": {"decision": "approve"}, "2": {"decision": "respond"}},
        {"1": {"decision": "reject", "message": "why"}, "2": {"decision": "approve"}},
        {"1": {"decision": "approve"}, "2": {"decision": "approve"}, "3": {"decision": "approve"}},
        [{"type": "accept", "args": None}, {"type": "accept", "args": None}],
    ],
    ids=["too few", "not allowed", "no words", "lost words", "too many", "another shape"],
)
def test_a_list_of_questions_is_answered_whole_or_not_at_all(given: JSON) -> None:
    asked = request([item("send", "accept", "ignore"), item("pay", "accept", "respond")])

    with pytest.raises(BadAnswer):
        given_answer(asked, given, None)


def test_a_list_that_is_only_partly_of_questions_is_none() -> None:
    asked = request([item("send", "accept"), {"something": "else"}])

    assert rows(asked) == ()
    assert asked.contract.verdicts == (Verdict.APPROVE, Verdict.REJECT)


@pytest.mark.parametrize(
    "payload",
    [
        {"action_requests": [{"name": "send", "args": {}}], "review_configs": []},
        {"action_requests": [], "review_configs": []},
        {"action_requests": [{"name": "send"}], "review_configs": [{"allowed_decisions": ["approve"]}]},
    ],
)
def test_a_batch_that_cannot_be_read_has_no_button_that_would_break_its_run(payload: JSON) -> None:
    assert request(payload).contract.verdicts == ()
    assert contract_for(payload, None, "decision").verdicts != ()
