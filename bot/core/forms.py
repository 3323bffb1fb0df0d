"""Questions whose answer is more than a button: the form's schema, what is wrong with an answer, the answer.

A form asks what fits its schema; for LangChain's middleware and Agent Inbox that schema is made here from
the calls that wait, one row for each, and the rows become the protocol's own answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.model import JSON, ContractKind, Request
from bot.core.protocols import (
    Action,
    as_actions,
    as_tool_call,
    inbox_action,
    inbox_args,
    inbox_edits,
    schema_decisions,
)
from bot.core.schema import Misfit, Schema, fault, misfits

# LangChain's decisions, and how a row offers them.
DECISIONS = ("approve", "edit", "reject", "respond")
WITH_WORDS = ("reject", "respond")

UNCHANGED = "You changed the arguments: choose edit, or put them back."
NO_ARGUMENTS = "Please give the arguments."
WORDS_NEEDED = "Please say what to answer: the tool is not run, its caller gets your words instead."
WORDS_LOST = "These words would reach nobody: only reject and respond take words."


@dataclass(frozen=True, slots=True)
class Edit:
    """What one person changed in one call, for the card and the audit trail."""

    name: str
    before: JSON
    after: JSON


def rows(request: Request) -> tuple[Action, ...]:
    """The calls of LangChain's middleware that a form decides one by one; none for any other question."""
    match request.contract.kind:
        case ContractKind.HITL_BATCH:
            return as_actions(request.payload) or ()
        case ContractKind.HITL_CALL:
            call = as_tool_call(request.payload)
            allowed = schema_decisions(request.contract.schema)
            return (Action(call.name, call.args, call.description, allowed, call.more),) if call else ()
    return ()


def form_schema(request: Request) -> Schema:
    """What the form asks; an empty schema, which anything fits, where it is not known."""
    calls = rows(request)
    if calls:
        return _object({str(n): _row(n, call, len(calls)) for n, call in enumerate(calls, 1)})
    if request.contract.kind is ContractKind.INBOX and inbox_edits(request.payload):
        return _object({"args": _args(inbox_args(request.payload), None)})
    return request.contract.schema or {}


def _row(number: int, call: Action, of: int) -> Schema:
    allowed: list[JSON] = [decision for decision in DECISIONS if decision in call.allowed]
    asked: dict[str, Schema] = {"decision": {"enum": allowed, "title": "Decision"}}
    if "edit" in call.allowed:
        args = _args(call.args, _usable(call.args_schema))
        asked["args"] = {**args, "description": "Only edit changes them."}
    with_words = [decision for decision in WITH_WORDS if decision in call.allowed]
    if with_words:
        asked["message"] = {
            "type": "string",
            "title": "Message",
            "description": f"For {' and '.join(with_words)} only: the caller of the tool gets it.",
            "format": "textarea",
        }
    title = f"{number}. {call.name}" if of > 1 else call.name
    return {**_object(asked, "decision"), "title": title}


def _args(args: JSON, schema: Schema | None) -> Schema:
    if isinstance(args, str):
        return {"type": "string", "title": "Arguments", "default": args}
    # A schema with definitions of its own cannot stand inside of another one; it is looked at afterwards.
    typed = schema if schema and "$defs" not in schema else {"type": "object"}
    return {**typed, "title": "Arguments", "default": args}


def _usable(schema: Schema | None) -> Schema | None:
    return schema if schema and fault(schema) is None else None


def _object(properties: Mapping[str, Schema], *required: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required or properties),
        "additionalProperties": False,
    }


def wrong(request: Request, given: JSON) -> tuple[Misfit, ...]:
    """Everything that speaks against this answer, where it stands in the form; empty for a good one."""
    found = misfits(form_schema(request), given)
    if found or not isinstance(given, Mapping):
        return found
    for number, call in enumerate(rows(request), 1):
        found += tuple(_wrong_row(str(number), call, given))
    call_schema = _usable(request.contract.schema)
    if not found and request.contract.kind is ContractKind.HITL_CALL and call_schema is not None:
        found = tuple(Misfit(("1",), one.sentence) for one in misfits(call_schema, formed(request, given)))
    return found


def _wrong_row(row: str, call: Action, given: Mapping[str, JSON]) -> Iterator[Misfit]:
    decision, args, words = _read(given.get(row))
    if decision == "edit" and args is None:
        yield Misfit((row, "args"), NO_ARGUMENTS)
    if decision == "edit" and args is not None:
        for one in misfits(_usable(call.args_schema) or {}, args):
            yield Misfit((row, "args", *one.path), one.sentence)
    if decision != "edit" and args is not None and _without_nothing(args) != _without_nothing(call.args):
        yield Misfit((row, "args"), UNCHANGED)
    if decision == "respond" and not words:
        yield Misfit((row, "message"), WORDS_NEEDED)
    if decision not in WITH_WORDS and words:
        yield Misfit((row, "message"), WORDS_LOST)


def _read(row: JSON) -> tuple[str, JSON, str]:
    match row:
        case Mapping():
            decision, words = row.get("decision"), row.get("message")
            return str(decision), row.get("args"), words.strip() if isinstance(words, str) else ""
    return "", None, ""


def _without_nothing(args: JSON) -> JSON:
    """A field left empty is no change of an argument that was null."""
    if isinstance(args, Mapping):
        return {name: _without_nothing(value) for name, value in args.items() if value is not None}
    return args


def formed(request: Request, given: JSON) -> JSON:
    """The exact value the graph gets for an answer that nothing speaks against."""
    calls = rows(request)
    if calls and isinstance(given, Mapping):
        decided = [_decided(call, given.get(str(number))) for number, call in enumerate(calls, 1)]
        return {"decisions": decided} if request.contract.kind is ContractKind.HITL_BATCH else decided[0]
    if request.contract.kind is ContractKind.INBOX and isinstance(given, Mapping):
        action = inbox_action(request.payload)
        return [{"type": "edit", "args": {"action": action.name if action else "", "args": given["args"]}}]
    return given


def _decided(call: Action, row: JSON) -> JSON:
    decision, args, words = _read(row)
    match decision:
        case "edit":
            return {"type": "edit", "edited_action": {"name": call.name, "args": args}}
        case "reject" if not words:
            return {"type": "reject"}
        case "reject" | "respond":
            return {"type": decision, "message": words}
    return {"type": decision}


def unformed(request: Request, answer: JSON) -> JSON:
    """What was filled in for this answer: the form in which a second person looks at it begins with that."""
    match answer:
        case [{"type": "edit", "args": {"args": args}}]:
            return {"args": args}
    if not rows(request):
        return answer
    return {str(number): _filled(one) for number, one in enumerate(decisions(request, answer), 1)}


def _filled(decision: Mapping[str, JSON]) -> JSON:
    filled: dict[str, JSON] = {"decision": decision.get("type")}
    if "message" in decision:
        filled["message"] = decision["message"]
    for args in _edited(decision):
        filled["args"] = args
    return filled


def decisions(request: Request, answer: JSON) -> tuple[Mapping[str, JSON], ...]:
    """The decisions of an answer to LangChain's middleware, one for each row."""
    match answer:
        case {"decisions": [*several]}:
            found: Sequence[JSON] = several
        case _:
            found = [answer] if rows(request) else []
    return tuple(one for one in found if isinstance(one, Mapping))


def edits(request: Request, answer: JSON) -> tuple[Edit, ...]:
    """Which calls an answer changed, with their arguments before and after."""
    match answer:
        case [{"type": "edit", "args": {"action": str(name), "args": after}}]:
            return (Edit(name, inbox_args(request.payload), after),)
    found = zip(rows(request), decisions(request, answer), strict=False)
    return tuple(Edit(call.name, call.args, after) for call, one in found for after in _edited(one))


def _edited(decision: Mapping[str, JSON]) -> Iterator[JSON]:
    match decision:
        case {"type": "edit", "edited_action": {"args": args}}:
            yield args
