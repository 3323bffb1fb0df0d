"""Settle how a graph is answered, and build that answer: a No must never become a Yes.

The order is the design's: a published schema, a known protocol, the configured answer, and only then
the guess that can do no harm (true or false). Nothing else is ever sent to a graph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core.model import JSON, Contract, ContractKind, Request, Verdict
from bot.core.protocols import as_actions, as_inbox, as_tool_call, schema_decisions

YES_NO = (Verdict.APPROVE, Verdict.REJECT)
ALL = (Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE)

NO_REVISE = "Revise is missing because this graph only takes a yes or a no."
NO_CONTRACT = (
    "Revise is missing because this graph does not say how it wants to be answered: "
    "it gets true or false (see `answer` in approvals.toml)."
)
NO_FORM = (
    "This question wants an answer that cannot be given with these buttons; answer it where the graph runs."
)

# Feedback that a graph answered with plain text could read as a yes.
READS_AS_YES = re.compile(
    r"\W*(approved?|accept(ed)?|yes|y|ok(ay)?|true|1|lgtm|go|ship it|confirm(ed)?)\W*", re.I
)
READS_AS_VERDICT = re.compile(r"\W*reject(ed)?\W*", re.I)


class BadAnswer(Exception):
    """This vote cannot be turned into an answer; the message is a sentence for the person."""


def contract_for(payload: JSON, schema: Mapping[str, JSON] | None, configured: str | None) -> Contract:
    """How this question is answered; decided once, when the card is made, and stored with it."""
    if (call := as_tool_call(payload)) is not None:
        return _hitl(ContractKind.HITL_CALL, schema_decisions(schema), schema, known=call)
    if schema is not None:
        return _published(schema)
    if (actions := as_actions(payload)) is not None:
        allowed = frozenset.intersection(*(action.allowed for action in actions))
        return _hitl(ContractKind.HITL_BATCH, allowed, None, known=actions)
    if (inbox := as_inbox(payload)) is not None:
        verdicts = tuple(verdict for verdict in ALL if verdict in inbox)
        return Contract(ContractKind.INBOX, verdicts, why_not=None if verdicts else NO_FORM)
    match configured:
        case "boolean":
            return Contract(ContractKind.BOOLEAN, YES_NO, why_not=NO_REVISE)
        case "decision":
            return Contract(ContractKind.DECISION, ALL)
        case "text":
            return Contract(ContractKind.TEXT, ALL)
    return Contract(ContractKind.GUESSED, YES_NO, why_not=NO_CONTRACT)


def _published(schema: Mapping[str, JSON]) -> Contract:
    if schema.get("type") == "boolean":
        return Contract(ContractKind.SCHEMA, YES_NO, schema, NO_REVISE)
    return Contract(ContractKind.SCHEMA, (), schema, NO_FORM)


def _hitl(
    kind: ContractKind, allowed: frozenset[str], schema: Mapping[str, JSON] | None, known: object
) -> Contract:
    verdicts = tuple(verdict for verdict in YES_NO if verdict.value in allowed) if known else ()
    return Contract(kind, verdicts, schema, None if verdicts else NO_FORM)


def answer_for(
    request: Request, verdict: Verdict, *, by: str | None, approval_id: str, text: str | None
) -> JSON:
    """The exact value the graph is resumed with. Raises BadAnswer where there is no honest one."""
    contract = request.contract
    if verdict not in contract.verdicts:
        raise BadAnswer(contract.why_not or f"This question cannot be answered with {verdict.value}.")
    match contract.kind:
        case ContractKind.SCHEMA | ContractKind.BOOLEAN | ContractKind.GUESSED:
            return verdict is Verdict.APPROVE
        case ContractKind.DECISION:
            return _decision(verdict, by, approval_id, text)
        case ContractKind.TEXT:
            return _text(verdict, text)
        case ContractKind.HITL_BATCH:
            return {"decisions": [_hitl_decision(verdict, text) for _ in as_actions(request.payload) or ()]}
        case ContractKind.HITL_CALL:
            return _hitl_decision(verdict, text)
        case ContractKind.INBOX:
            return [_inbox_response(verdict, text)]


def _decision(verdict: Verdict, by: str | None, approval_id: str, text: str | None) -> JSON:
    return {
        "decision": verdict.value,
        "approved": verdict is Verdict.APPROVE,
        "feedback": text,
        "edits": None,
        "by": by,
        "approval_id": approval_id,
    }


def _text(verdict: Verdict, text: str | None) -> str:
    if verdict is not Verdict.REVISE:
        return verdict.value
    feedback = (text or "").strip()
    if not feedback:
        raise BadAnswer("Please say what should change: this graph is answered with your words.")
    if READS_AS_YES.fullmatch(feedback) or READS_AS_VERDICT.fullmatch(feedback):
        raise BadAnswer(
            f"“{feedback}” could be read as a decision by this graph; please say what should change."
        )
    return feedback


def _hitl_decision(verdict: Verdict, text: str | None) -> JSON:
    if verdict is Verdict.APPROVE:
        return {"type": "approve"}
    return {"type": "reject", "message": text} if text else {"type": "reject"}


def _inbox_response(verdict: Verdict, text: str | None) -> JSON:
    match verdict:
        case Verdict.APPROVE:
            return {"type": "accept", "args": None}
        case Verdict.REJECT:
            return {"type": "ignore", "args": None}
        case Verdict.REVISE:
            return {"type": "response", "args": text or ""}
