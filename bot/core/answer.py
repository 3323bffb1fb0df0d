"""Settle how a graph is answered, and build that answer: a No must never become a Yes.

The order is the design's: a published schema, a known protocol, the configured answer, and only then
the guess that can do no harm (true or false). Nothing else is ever sent to a graph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core.calls import rows
from bot.core.forms import formed, wrong
from bot.core.inboxes import as_inbox_actions
from bot.core.model import JSON, Contract, ContractKind, Request, Verdict
from bot.core.protocols import (
    DECISIONS,
    as_actions,
    as_inbox,
    as_tool_call,
    inbox_edits,
    is_broken_batch,
    schema_decisions,
)
from bot.core.schema import fault, few, misfits, resolved
from bot.texts.marks import recorded

YES_NO = (Verdict.APPROVE, Verdict.REJECT)
ALL = (Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE)

NO_REVISE = recorded("Revise is missing because this graph only takes a yes or a no.")
NO_CONTRACT = recorded(
    "Revise is missing because this graph does not say how it wants to be answered: "
    "it gets true or false (see `answer` in approvals.toml)."
)
NO_FORM = recorded(
    "This question wants an answer that cannot be given with these buttons; answer it where the graph runs."
)
NO_SCHEMA = recorded(
    "This question cannot be answered here: the schema of its answer is no JSON Schema ({})."
)
NO_REJECT = recorded(
    "Reject is missing because this graph has no word for it: it only takes an answer that fits its form."
)
CHOOSE = recorded("Approve and Reject are missing because this graph only takes one of its own answers.")
NO_SUCH_VERDICT = recorded("This question cannot be answered with {}.")
READS_AS_ONE = recorded("“{}” could be read as a decision by this graph; please say what should change.")

# Feedback that a graph answered with plain text could read as a yes.
READS_AS_YES = re.compile(
    r"\W*(approved?|accept(ed)?|yes|y|ok(ay)?|true|1|lgtm|go|ship it|confirm(ed)?)\W*", re.I
)
READS_AS_VERDICT = re.compile(r"\W*reject(ed)?\W*", re.I)


class BadAnswer(Exception):
    """This vote cannot be turned into an answer; the message is a sentence for the person."""


def contract_for(payload: JSON, schema: Mapping[str, JSON] | None, configured: str | None) -> Contract:
    """How this question is answered; decided once, when the card is made, and stored with it."""
    if as_tool_call(payload) is not None:
        return _hitl(ContractKind.HITL_CALL, (schema_decisions(schema),), schema)
    if schema is not None:
        return _published(schema)
    if (actions := as_actions(payload)) is not None:
        return _hitl(ContractKind.HITL_BATCH, tuple(action.allowed for action in actions), None)
    if (several := as_inbox_actions(payload)) is not None:
        return _hitl(ContractKind.INBOX, tuple(action.allowed for action in several), None)
    if (inbox := as_inbox(payload)) is not None:
        edits = (Verdict.ANSWER,) if inbox_edits(payload) else ()
        verdicts = (*(verdict for verdict in ALL if verdict in inbox), *edits)
        return Contract(ContractKind.INBOX, verdicts, why_not=None if verdicts else NO_FORM)
    match configured:
        case "boolean":
            return Contract(ContractKind.BOOLEAN, YES_NO, why_not=NO_REVISE)
        case "decision":
            return Contract(ContractKind.DECISION, ALL)
        case "text":
            return Contract(ContractKind.TEXT, ALL)
    if is_broken_batch(payload):  # its reader would fail at true and at false, and at every answer after
        return Contract(ContractKind.HITL_BATCH, (), why_not=NO_FORM)
    return Contract(ContractKind.GUESSED, YES_NO, why_not=NO_CONTRACT)


def _published(schema: Mapping[str, JSON]) -> Contract:
    if (why := fault(schema)) is not None:
        return Contract(ContractKind.SCHEMA, (), schema, NO_SCHEMA.format(why))
    if resolved(schema, schema).get("type") == "boolean":
        fitting = tuple(verdict for verdict in YES_NO if not misfits(schema, verdict is Verdict.APPROVE))
        return Contract(ContractKind.SCHEMA, fitting, schema, NO_REVISE)
    return Contract(ContractKind.SCHEMA, (Verdict.ANSWER,), schema, CHOOSE if few(schema) else NO_REJECT)


def _hitl(
    kind: ContractKind, calls: tuple[frozenset[str], ...], schema: Mapping[str, JSON] | None
) -> Contract:
    """A button where it may decide every call; a form where calls may differ, or where more is allowed."""
    common = frozenset.intersection(*calls)
    buttons = tuple(verdict for verdict in YES_NO if verdict.value in common)
    known = frozenset(DECISIONS)
    more = len(calls) > 1 or any(allowed & known - set(YES_NO) for allowed in calls)
    form = (Verdict.ANSWER,) if more and all(allowed & known for allowed in calls) else ()
    verdicts = (*buttons, *form)
    return Contract(kind, verdicts, schema, None if verdicts else NO_FORM)


def choices(contract: Contract) -> tuple[JSON, ...]:
    """The few answers that are buttons of their own; empty where a form asks, or nothing of the kind."""
    if contract.kind is not ContractKind.SCHEMA or Verdict.ANSWER not in contract.verdicts:
        return ()
    return few(contract.schema or {})


def given_answer(request: Request, given: JSON, choice: int | None) -> JSON:
    """The exact value for a form that was filled in, or for the choice that was pressed. Raises BadAnswer.

    Nothing but an ANSWER comes through here: no word of a reject or a revise can become a value of a form.
    """
    if Verdict.ANSWER not in request.contract.verdicts:
        raise BadAnswer(request.contract.why_not or recorded("This question is not answered with a form."))
    if choice is not None:
        offered = choices(request.contract)
        if not 0 <= choice < len(offered):
            raise BadAnswer(recorded("This card does not offer that answer."))
        given = offered[choice]
    found = wrong(request, given)
    if found:
        where = ".".join(str(step) for step in found[0].path)
        raise BadAnswer(f"{where}: {found[0].sentence}" if where else found[0].sentence)
    return formed(request, given)


def answer_for(
    request: Request, verdict: Verdict, *, by: str | None, approval_id: str, text: str | None
) -> JSON:
    """The exact value for a button, with its words. Raises BadAnswer where there is no honest one."""
    contract = request.contract
    if verdict not in contract.verdicts:
        raise BadAnswer(contract.why_not or NO_SUCH_VERDICT.format(verdict.value))
    if verdict is Verdict.ANSWER:
        raise BadAnswer(recorded("An answer is what somebody filled in; there is none."))
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
            return [_inbox_response(verdict, text) for _ in rows(request) or (None,)]


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
        raise BadAnswer(recorded("Please say what should change: this graph is answered with your words."))
    if READS_AS_YES.fullmatch(feedback) or READS_AS_VERDICT.fullmatch(feedback):
        raise BadAnswer(READS_AS_ONE.format(feedback))
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
        case _:
            return {"type": "response", "args": text or ""}
