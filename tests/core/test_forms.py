"""Answers that are more than a button: checked whole, made exact, and never out of a No."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.core.answer import BadAnswer, contract_for, given_answer
from bot.core.audit import Fact
from bot.core.calls import Edit, edits
from bot.core.digest import digest
from bot.core.forms import form_schema, wrong
from bot.core.model import JSON, Approval, Click, Request, Source, State, Verdict
from bot.core.outcome import Kind
from bot.core.policy import Policy, Why, one_stage
from bot.core.stages import anyone
from bot.core.voting import Weighed, weigh
from tests.blocks.samples import AMOUNTS, BATCH, ID, NOW, REFUND

GOOD: JSON = {"amount_cents": 5, "pay_on": "2026-01-05"}
CALL: dict[str, Any] = {"type": "tool_approval", "name": "pay", "args": {"cents": 5}, "tool_call_id": "c1"}
CALL_SCHEMA: dict[str, Any] = {
    "discriminator": {"mapping": {"approve": "#/$defs/A", "edit": "#/$defs/E", "reject": "#/$defs/R"}},
    "oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/E"}, {"$ref": "#/$defs/R"}],
    "$defs": {
        "A": {"properties": {"type": {"const": "approve"}}, "required": ["type"]},
        "R": {"properties": {"type": {"const": "reject"}}, "required": ["type"]},
        "E": {
            "properties": {
                "type": {"const": "edit"},
                "edited_action": {"properties": {"args": {"properties": {"cents": {"type": "integer"}}}}},
            },
            "required": ["type", "edited_action"],
        },
    },
}
INBOX: dict[str, Any] = {
    "action_request": {"action": "pay", "args": {"cents": 5}},
    "config": {"allow_accept": True, "allow_ignore": True, "allow_respond": False, "allow_edit": True},
}


def asked(payload: JSON = "How much?", schema: Any = None) -> Approval:
    contract = contract_for(payload, schema, None)
    request = Request("refund", "thread-1", "interrupt-1", "gate", payload, digest(payload), contract)
    return Approval(ID, request, 1, "C0REFUNDS", "U0CAT", NOW)


def vote(approval: Approval, by: str, given: JSON, *, quorum: int = 1, **more: Any) -> Weighed:
    click = Click(f"{by}-{len(approval.votes)}", by, Verdict.ANSWER, ID, 1, Source.MODAL, *[None] * 5)
    click = replace(click, given=given, **more)
    policy = Policy(stages=one_stage(quorum=quorum))
    return weigh(click, approval, policy, refused=None, may=anyone, now=NOW, key=b"key")


def test_a_form_that_fits_decides_and_is_the_answer() -> None:
    weighed = vote(asked(schema=AMOUNTS), "U0ANA", GOOD)

    assert weighed.outcome.kind is Kind.DECIDED
    assert weighed.after is not None
    assert weighed.after.decision is not None
    assert (weighed.after.state, weighed.after.decision.answer) == (State.DECIDED, GOOD)
    assert [(entry.fact, entry.data["answer"]) for entry in weighed.entries] == [
        (Fact.VOTED, GOOD),
        (Fact.DECIDED, GOOD),
    ]


@pytest.mark.parametrize("given", [None, {}, True, "approve", {"amount_cents": "5", "pay_on": "2026-01-05"}])
def test_what_does_not_fit_is_not_recorded(given: JSON) -> None:
    weighed = vote(asked(schema=AMOUNTS), "U0ANA", given)

    assert (weighed.outcome.kind, weighed.after, weighed.entries) == (Kind.BAD_ANSWER, None, ())


def test_a_choice_is_taken_from_the_record_and_not_from_the_click() -> None:
    choices = asked(schema={"enum": ["ship", "hold"]})
    chosen = vote(choices, "U0ANA", "drop", choice=1).after
    never_offered = vote(choices, "U0ANA", None, choice=2)

    assert chosen is not None
    assert chosen.decision is not None
    assert chosen.decision.answer == "hold"
    assert never_offered.outcome.kind is Kind.BAD_ANSWER


@pytest.mark.parametrize("answer", ["boolean", "decision", "text", None])
def test_a_question_without_a_form_takes_none(answer: str | None) -> None:
    contract = contract_for("Deploy?", None, answer)
    request = Request("refund", "t", "i", "gate", "Deploy?", digest("Deploy?"), contract)
    approval = replace(asked(), request=request)

    assert vote(approval, "U0ANA", True).outcome.why is Why.NOT_OFFERED
    with pytest.raises(BadAnswer):
        given_answer(request, True, None)


def test_two_people_decide_only_with_the_same_answer_and_may_change_their_minds() -> None:
    approval = asked(schema=AMOUNTS)
    other: JSON = {"amount_cents": 6, "pay_on": "2026-01-05"}
    kinds = []
    for by, given in (("U0ANA", GOOD), ("U0ANA", GOOD), ("U0BEN", other), ("U0ANA", other)):
        weighed = vote(approval, by, given, quorum=2)
        approval = weighed.after or approval
        kinds.append(weighed.outcome.kind)

    assert kinds == [Kind.COUNTED, Kind.REPEATED, Kind.COUNTED, Kind.DECIDED]
    assert approval.decision is not None
    assert (approval.decision.by, approval.decision.answer) == (("U0BEN", "U0ANA"), other)


def test_who_asked_may_not_answer() -> None:
    assert vote(asked(schema=AMOUNTS), "U0CAT", GOOD).outcome.why is Why.REQUESTER


def test_an_edit_is_in_the_trail_as_it_was_and_as_it_is() -> None:
    rows: JSON = {
        "1": {"decision": "edit", "args": {"to": "ben@example.com", "subject": "Hello"}},
        "2": {"decision": "approve"},
    }
    weighed = vote(asked(BATCH), "U0ANA", rows)

    assert weighed.entries[0].data["edits"] == [
        {
            "name": "send_email",
            "before": {"to": "ann@example.com", "subject": "Hello"},
            "after": {"to": "ben@example.com", "subject": "Hello"},
        }
    ]


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ({"decision": "approve"}, {"type": "approve"}),
        ({"decision": "approve", "args": {"cents": 5}}, {"type": "approve"}),
        ({"decision": "reject"}, {"type": "reject"}),
        (
            {"decision": "edit", "args": {"cents": 6}},
            {"type": "edit", "edited_action": {"name": "pay", "args": {"cents": 6}}},
        ),
    ],
)
def test_one_call_gets_one_decision(rows: JSON, answer: JSON) -> None:
    request = asked(CALL, CALL_SCHEMA).request

    assert given_answer(request, {"1": rows}, None) == answer


def test_what_the_call_itself_does_not_take_is_refused() -> None:
    request = asked(CALL, CALL_SCHEMA).request

    assert wrong(request, {"1": {"decision": "edit", "args": {"cents": "six"}}}) != ()
    assert wrong(request, {"1": {"decision": "respond", "message": "no"}}) != ()


@pytest.mark.parametrize("given", [{"1": {"decision": "approve"}}, {}, {"1": {}, "2": {}}, [1, 2]])
def test_a_batch_is_decided_whole_or_not_at_all(given: JSON) -> None:
    with pytest.raises(BadAnswer):
        given_answer(asked(BATCH).request, given, None)


def test_a_batch_with_typed_arguments_asks_for_them_one_by_one() -> None:
    typed: dict[str, Any] = {
        "action_requests": [{"name": "pay", "args": {"cents": 5}}],
        "review_configs": [
            {
                "action_name": "pay",
                "allowed_decisions": ["approve", "edit"],
                "args_schema": {"type": "object", "properties": {"cents": {"type": "integer", "maximum": 9}}},
            }
        ],
    }
    request = asked(typed).request

    assert wrong(request, {"1": {"decision": "edit", "args": {"cents": 10}}})[0].path == (
        "1",
        "args",
        "cents",
    )
    assert given_answer(request, {"1": {"decision": "edit", "args": {"cents": 9}}}, None) == {
        "decisions": [{"type": "edit", "edited_action": {"name": "pay", "args": {"cents": 9}}}]
    }


def test_an_inbox_edit_has_the_shape_agent_inbox_sends() -> None:
    request = asked([INBOX]).request
    answer = given_answer(request, {"args": {"cents": 6}}, None)

    assert answer == [{"type": "edit", "args": {"action": "pay", "args": {"cents": 6}}}]
    assert edits(request, answer) == (Edit("pay", {"cents": 5}, {"cents": 6}, "pay"),)


def test_a_published_schema_is_the_form_itself() -> None:
    assert form_schema(asked(REFUND, AMOUNTS).request) is AMOUNTS
