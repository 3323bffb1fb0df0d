"""How a graph is answered: the contract is never guessed towards yes, and a No never becomes a Yes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.answer import (
    ALL,
    CHOOSE,
    NO_CONTRACT,
    NO_FORM,
    NO_REJECT,
    NO_REVISE,
    YES_NO,
    BadAnswer,
    answer_for,
    contract_for,
)
from bot.core.digest import digest
from bot.core.model import JSON, ContractKind, Request, Verdict
from tests.blocks.strategies import payloads

BOOLEAN = {"type": "boolean"}
OBJECT = {"type": "object", "properties": {"approved": {"type": "boolean"}}}
FORM = (Verdict.ANSWER,)


def batch(*allowed: list[str]) -> dict[str, Any]:
    """A batched request of LangChain's middleware, one tool per list of allowed decisions."""
    return {
        "action_requests": [{"name": f"tool_{n}", "args": {}} for n in range(len(allowed))],
        "review_configs": [
            {"action_name": f"tool_{n}", "allowed_decisions": kinds} for n, kinds in enumerate(allowed)
        ],
    }


CALL: dict[str, Any] = {"type": "tool_approval", "name": "pay", "args": {}, "tool_call_id": "c1"}
CALL_SCHEMA: dict[str, Any] = {
    "discriminator": {"mapping": {"approve": "#/1", "reject": "#/2", "edit": "#/3"}}
}
INBOX: dict[str, Any] = {
    "action_request": {"action": "pay", "args": {}},
    "config": {"allow_accept": True, "allow_ignore": True, "allow_respond": True, "allow_edit": True},
}


def answer(
    verdict: Verdict,
    payload: JSON = "Deploy?",
    *,
    schema: Any = None,
    configured: str | None = None,
    text: str | None = None,
) -> JSON:
    """What the graph would be resumed with."""
    contract = contract_for(payload, schema, configured)
    request = Request("refund", "thread", "interrupt", "gate", payload, digest(payload), contract)
    return answer_for(request, verdict, by="U0ANA", approval_id="a1", text=text)


@pytest.mark.parametrize(
    ("payload", "schema", "configured", "kind", "verdicts", "why_not"),
    [
        ("Deploy?", BOOLEAN, "decision", ContractKind.SCHEMA, YES_NO, NO_REVISE),
        ("Deploy?", {"const": False, **BOOLEAN}, None, ContractKind.SCHEMA, (Verdict.REJECT,), NO_REVISE),
        ("Deploy?", OBJECT, "boolean", ContractKind.SCHEMA, FORM, NO_REJECT),
        ("Deploy?", {"enum": ["a", "b"]}, "boolean", ContractKind.SCHEMA, FORM, CHOOSE),
        ("Deploy?", {}, "boolean", ContractKind.SCHEMA, FORM, NO_REJECT),
        (batch(["approve", "reject"]), None, "text", ContractKind.HITL_BATCH, YES_NO, None),
        (
            batch(["approve", "reject", "edit"]),
            None,
            "text",
            ContractKind.HITL_BATCH,
            (*YES_NO, *FORM),
            None,
        ),
        (
            batch(["approve"], ["approve", "reject"]),
            None,
            None,
            ContractKind.HITL_BATCH,
            (Verdict.APPROVE, *FORM),
            None,
        ),
        (batch(["approve"], ["think"]), None, None, ContractKind.HITL_BATCH, (), NO_FORM),
        (batch(["edit"]), None, "boolean", ContractKind.HITL_BATCH, FORM, None),
        (CALL, CALL_SCHEMA, "text", ContractKind.HITL_CALL, (*YES_NO, *FORM), None),
        (CALL, None, "boolean", ContractKind.HITL_CALL, (), NO_FORM),
        (INBOX, None, "boolean", ContractKind.INBOX, (*ALL, *FORM), None),
        ([INBOX], None, None, ContractKind.INBOX, (*ALL, *FORM), None),
        (
            {**INBOX, "config": {"allow_respond": True}},
            None,
            None,
            ContractKind.INBOX,
            (Verdict.REVISE,),
            None,
        ),
        ({**INBOX, "config": {"allow_accept": "yes"}}, None, None, ContractKind.INBOX, (), NO_FORM),
        ("Deploy?", None, "boolean", ContractKind.BOOLEAN, YES_NO, NO_REVISE),
        ("Deploy?", None, "decision", ContractKind.DECISION, ALL, None),
        ("Deploy?", None, "text", ContractKind.TEXT, ALL, None),
        ("Deploy?", None, None, ContractKind.GUESSED, YES_NO, NO_CONTRACT),
    ],
)
def test_what_the_graph_says_of_itself_goes_before_what_is_configured(
    payload: JSON,
    schema: Any,
    configured: str | None,
    kind: ContractKind,
    verdicts: tuple[Verdict, ...],
    why_not: str,
) -> None:
    contract = contract_for(payload, schema, configured)

    assert (contract.kind, contract.verdicts, contract.why_not) == (kind, verdicts, why_not)


@pytest.mark.parametrize(
    ("verdict", "payload", "schema", "configured", "text", "expected"),
    [
        (Verdict.APPROVE, "Deploy?", BOOLEAN, None, None, True),
        (Verdict.REJECT, "Deploy?", BOOLEAN, None, "no", False),
        (Verdict.APPROVE, "Deploy?", None, None, None, True),
        (Verdict.REJECT, "Deploy?", None, None, None, False),
        (Verdict.APPROVE, "Deploy?", None, "text", None, "approve"),
        (Verdict.REJECT, "Deploy?", None, "text", "too early", "reject"),
        (Verdict.REVISE, "Deploy?", None, "text", " to staging first ", "to staging first"),
        (Verdict.APPROVE, CALL, CALL_SCHEMA, None, None, {"type": "approve"}),
        (Verdict.REJECT, CALL, CALL_SCHEMA, None, "too early", {"type": "reject", "message": "too early"}),
        (Verdict.APPROVE, INBOX, None, None, None, [{"type": "accept", "args": None}]),
        (Verdict.REJECT, INBOX, None, None, None, [{"type": "ignore", "args": None}]),
        (Verdict.REVISE, [INBOX], None, None, "smaller", [{"type": "response", "args": "smaller"}]),
    ],
)
def test_each_protocol_gets_its_exact_answer(
    verdict: Verdict, payload: JSON, schema: Any, configured: str | None, text: str | None, expected: JSON
) -> None:
    given_answer = answer(verdict, payload, schema=schema, configured=configured, text=text)

    assert given_answer == expected
    assert type(given_answer) is type(expected)


def test_a_batch_gets_one_decision_for_each_tool_in_order() -> None:
    both = ["approve", "reject"]

    assert answer(Verdict.REJECT, batch(both, both, both), text="no") == {
        "decisions": [{"type": "reject", "message": "no"}] * 3
    }


def test_a_decision_says_everything() -> None:
    assert answer(Verdict.REVISE, configured="decision", text="shorter") == {
        "decision": "revise",
        "approved": False,
        "feedback": "shorter",
        "edits": None,
        "by": "U0ANA",
        "approval_id": "a1",
    }


@pytest.mark.parametrize(
    "words",
    [
        "yes",
        "Approve",
        " ok! ",
        "LGTM",
        "true",
        "approved.",
        "(y)",
        "go",
        "reject",
        "1",
        "ship it",
        "Confirmed",
        "  ",
        None,
    ],
)
def test_feedback_that_reads_as_a_decision_is_refused_where_words_are_the_answer(words: str | None) -> None:
    with pytest.raises(BadAnswer, match="what should change"):
        answer(Verdict.REVISE, configured="text", text=words)


@pytest.mark.parametrize("configured", ["boolean", None])
def test_a_verdict_that_is_not_offered_is_refused(configured: str | None) -> None:
    with pytest.raises(BadAnswer, match="Revise is missing"):
        answer(Verdict.REVISE, configured=configured, text="shorter")


def test_a_schema_that_is_none_gets_no_answer_at_all() -> None:
    for verdict in Verdict:
        with pytest.raises(BadAnswer, match="is no JSON Schema"):
            answer(verdict, schema={"type": "banana"}, configured="boolean")


@pytest.mark.parametrize("verdict", Verdict)
def test_no_button_and_no_words_make_the_value_of_a_form(verdict: Verdict) -> None:
    with pytest.raises(BadAnswer):
        answer(verdict, schema=OBJECT, text='{"approved": true}')


def _says_yes(value: JSON) -> bool:
    """Every way a graph of a known protocol can hear a yes."""
    match value:
        case True | "approve":
            return True
        case {"decision": "approve"} | {"approved": True} | {"type": "approve" | "accept" | "edit"}:
            return True
        case {"decisions": [*inner]} | [*inner]:
            return any(_says_yes(one) for one in inner)
    return False


configurations = st.sampled_from([None, "boolean", "decision", "text"])
schemas = st.sampled_from([None, BOOLEAN, OBJECT, CALL_SCHEMA, {}, {"type": ["boolean", "null"]}])
questions = st.one_of(
    payloads, st.just(CALL), st.just(INBOX), st.just([INBOX]), st.just(batch(["approve", "reject"]))
)


@settings(max_examples=300, deadline=None)
@given(
    questions,
    schemas,
    configurations,
    st.sampled_from([Verdict.REJECT, Verdict.REVISE]),
    st.text(max_size=20),
)
def test_no_never_becomes_yes(
    payload: JSON, schema: Any, configured: str | None, verdict: Verdict, text: str
) -> None:
    try:
        value = answer(verdict, payload, schema=schema, configured=configured, text=text)
    except BadAnswer:
        return

    assert not _says_yes(value)


@settings(max_examples=300, deadline=None)
@given(questions, schemas, configurations)
def test_every_offered_button_has_an_answer(payload: JSON, schema: Any, configured: str | None) -> None:
    contract = contract_for(payload, schema, configured)
    given_answers = [
        answer(one, payload, schema=schema, configured=configured, text="smaller")
        for one in contract.verdicts
        if one is not Verdict.ANSWER
    ]

    assert len({repr(one) for one in given_answers}) == len(given_answers)
    assert contract.verdicts or contract.why_not
