"""Approvals, runs and records as the tests show them: one refund, one plan, at one known moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.answer import contract_for
from bot.core.digest import digest
from bot.core.model import (
    JSON,
    Approval,
    Card,
    Decision,
    Failure,
    Request,
    Run,
    RunState,
    State,
    Verdict,
    Vote,
)
from bot.ports import Found, Record

NOW = 1_767_620_520.0  # 2026-01-05 13:42 UTC
ID = "aprv_0123456789abcdef"
NEXT_ID = "aprv_fedcba9876543210"
LINK = "https://acme.slack.com/archives/C0REFUNDS/p1767620520000100"

REFUND: JSON = {
    "title": "Refund $500.00 to ada@example.com",
    "summary": "The order arrived broken; the customer sent a photo.",
    "fields": {"Order": "1001", "Amount": "$500.00", "Customer": "ada@example.com", "Reason": "broken"},
    "amount_cents": 50_000,
}
PLAN: JSON = {
    "title": "Publish the plan “Spring launch”",
    "summary": "Three steps, ready in two weeks.",
    "fields": {"Audience": "Customers", "Steps": 3},
    "body": "1. Write the announcement\n2. Show it to five customers\n3. Send it to everybody",
}
SHORTER: JSON = {
    "title": "Publish the plan “Spring launch”",
    "summary": "Two steps, ready in one week.",
    "fields": {"Audience": "Customers", "Steps": 2, "Owner": "Cat"},
    "body": "1. Write the announcement\n2. Send it to everybody",
}


TOOL: Mapping[str, JSON] = {"name": "send_email", "args": {"to": "ann@example.com", "subject": "Hello"}}
BATCH: JSON = {
    "action_requests": [TOOL, {**TOOL, "name": "delete_file", "description": "Deletes a file."}],
    "review_configs": [
        {"action_name": "send_email", "allowed_decisions": ["approve", "edit", "reject", "respond"]},
        {"action_name": "delete_file", "allowed_decisions": ["approve", "reject"]},
    ],
}
AMOUNTS: Mapping[str, JSON] = {
    "type": "object",
    "required": ["amount_cents", "pay_on"],
    "properties": {
        "amount_cents": {"type": "integer", "title": "Amount in cents", "minimum": 1, "default": 50_000},
        "pay_on": {"type": "string", "format": "date", "title": "Pay on"},
        "method": {"enum": ["card", "cash", "voucher", "transfer"], "title": "Method"},
        "tags": {"type": "array", "items": {"enum": ["late", "broken", "lost"]}, "title": "Tags"},
        "notify": {"type": "boolean", "title": "Tell the customer", "default": True},
        "note": {"anyOf": [{"type": "string", "maxLength": 500}, {"type": "null"}], "default": None},
        "address": {
            "type": "object",
            "required": ["street"],
            "properties": {"street": {"type": "string"}, "country": {"type": "string", "default": "DE"}},
        },
    },
}


def request(
    payload: JSON = REFUND,
    *,
    graph: str = "refund",
    answer: str | None = "decision",
    schema: Mapping[str, JSON] | None = None,
) -> Request:
    """A request as the product makes it from a payload."""
    contract = contract_for(payload, schema, answer)
    return Request(graph, "thread-1", "interrupt-1", "gate", payload, digest(payload), contract)


def approval(
    payload: JSON = REFUND,
    *,
    answer: str | None = "decision",
    schema: Mapping[str, JSON] | None = None,
    **changed: Any,
) -> Approval:
    """A pending approval Cat asked for; anything can be said differently."""
    asked = request(payload, answer=answer, schema=schema)
    made = Approval(ID, asked, 1, "C0REFUNDS", "U0CAT", NOW)
    return replace(made, **changed)


def vote(by: str, verdict: Verdict = Verdict.APPROVE, *, at: float = NOW + 60) -> Vote:
    """A vote one minute after the card was posted."""
    return Vote(by, verdict, at, f"click-{by}")


def decided(
    verdict: Verdict = Verdict.APPROVE,
    *by: str,
    text: str | None = None,
    state: State = State.DECIDED,
    payload: JSON = REFUND,
    **changed: Any,
) -> Approval:
    """An approval somebody decided two minutes after the card was posted."""
    decision = Decision(verdict, by, NOW + 120, verdict is Verdict.APPROVE, text, "policy")
    return approval(payload, state=state, decision=decision, version=1, **changed)


def answered(
    answer: JSON, *by: str, payload: JSON = REFUND, schema: Mapping[str, JSON] | None = None, **changed: Any
) -> Approval:
    """A form somebody filled in two minutes after the card was posted, and the run has the answer."""
    decision = Decision(Verdict.ANSWER, by, NOW + 120, answer, None, "policy")
    given: dict[str, Any] = {"state": State.APPLIED, "version": 1} | changed
    return approval(payload, schema=schema, decision=decision, **given)


def failed(retry_at: float | None) -> Approval:
    """Approved, and then the run raised."""
    failure = Failure("K7Q2", "ConnectionError: the bank did not answer", 2, retry_at)
    return decided(Verdict.APPROVE, "U0ANA", state=State.FAILED, failure=failure)


def record(number: int, *, age: float = 3_600.0, payload: JSON = REFUND) -> Record:
    """One of many waiting approvals."""
    waiting = replace(approval(payload), id=f"aprv_{number:016d}", asked_at=NOW - age)
    return Record(waiting, Card("C0REFUNDS", f"1767620520.{number:06d}"), NOW)


def page(numbers: range, *, total: int, cursor: str | None) -> Found:
    """A page of the list."""
    return Found(tuple(record(number, age=86_400.0 - 60 * number) for number in numbers), cursor, total)


def run(state: RunState = RunState.ENDED, **changed: Any) -> Run:
    """A run that is over."""
    return replace(Run("thread-1", "refund", "C0REFUNDS", "U0CAT", {}, NOW, state), **changed)
