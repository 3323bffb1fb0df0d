"""Questions whose answer is more than a button: the form's schema, what is wrong with an answer, the answer.

A form asks what fits its schema; for LangChain's middleware and Agent Inbox that schema is made here from
the calls that wait, one row for each, and the rows become the protocol's own answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.core.calls import as_protocol, decisions, is_nothing, rows, titled, usable, whole
from bot.core.model import JSON, ContractKind, Request
from bot.core.protocols import DECISIONS, Action, inbox_action, inbox_args, inbox_edits
from bot.core.schema import Misfit, Schema, misfits
from bot.core.wording import Say, english
from bot.texts.marks import marked, recorded

UNCHANGED = recorded("You changed the arguments: choose edit, or put them back.")
NO_ARGUMENTS = recorded("Please give the arguments.")
WORDS_NEEDED = recorded("Please say what to answer: the tool is not run, its caller gets your words instead.")
WORDS_LOST = recorded("These words would reach nobody: only {} takes words.")
DECISION, MESSAGE, ARGUMENTS = marked("Decision"), marked("Message"), marked("Arguments")
ONLY_EDIT, ONLY_EDIT_ARGUMENTS = marked("Only edit changes them."), marked("Only edit changes the arguments.")
BOTH = recorded("reject or respond")
CALLED = {
    "approve": marked("approve"),
    "edit": marked("edit"),
    "reject": recorded("reject"),
    "respond": recorded("respond"),
}  # the words of the protocols
FOR_SOME = marked("For {} only: the caller of the tool gets it.")


def form_schema(request: Request, *, typed: bool = True, say: Say = english) -> Schema:
    """What the form asks; an empty schema, which anything fits, where it is not known.

    With `typed`, the arguments of a call are asked for as its own schema says, where that is known.
    """
    calls = [(title, call if typed else replace(call, args_schema=None)) for title, call in titled(request)]
    if calls:
        asked = _object({str(n): _row(title, call, say) for n, (title, call) in enumerate(calls, 1)})
        known = (request.contract.schema or {}).get("$defs")
        return {**asked, "$defs": known} if known else asked
    if request.contract.kind is ContractKind.INBOX and inbox_edits(request.payload):
        return _object({"args": _args(inbox_args(request.payload), None, say)})
    return request.contract.schema or {}


def _row(title: str, call: Action, say: Say) -> Schema:
    allowed: list[JSON] = [decision for decision in DECISIONS if decision in call.allowed]
    asked: dict[str, Schema] = {"decision": {"enum": allowed, "title": say(DECISION)}}
    if "edit" in call.allowed:
        args = _args(call.args, usable(call.args_schema), say)
        asked["args"] = {**args, "description": say(ONLY_EDIT)}
        if call.args_schema:  # then each argument has a box of its own, and the sentence above none
            asked["decision"] = {**asked["decision"], "description": say(ONLY_EDIT_ARGUMENTS)}
    with_words = [decision for decision in call.with_words if decision in call.allowed]
    if with_words:
        asked["message"] = {
            "type": "string",
            "title": say(MESSAGE),
            "description": say(FOR_SOME, say(" and ").join(say(CALLED[word]) for word in with_words)),
            "format": "textarea",
        }
    return {**_object(asked, "decision"), "title": title}


def _args(args: JSON, schema: Schema | None, say: Say) -> Schema:
    if isinstance(args, str):
        return {"type": "string", "title": say(ARGUMENTS), "default": args}
    # A schema with definitions of its own cannot stand inside of another one; it is looked at afterwards.
    typed = schema if schema and "$defs" not in schema else {"type": "object"}
    return {**typed, "title": say(ARGUMENTS), "default": args}


def _object(properties: Mapping[str, Schema], *required: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required or properties),
        "additionalProperties": False,
    }


def wrong(request: Request, given: JSON) -> tuple[Misfit, ...]:
    """Everything that speaks against this answer, where it stands in the form; empty for a good one."""
    calls = rows(request)
    found = misfits(form_schema(request), _used(calls, given))
    if found or not isinstance(given, Mapping):
        return found
    for number, call in enumerate(calls, 1):
        found += tuple(_wrong_row(str(number), call, given))
    call_schema = usable(request.contract.schema)
    if not found and request.contract.kind is ContractKind.HITL_CALL and call_schema is not None:
        found = tuple(Misfit(("1",), one.sentence) for one in misfits(call_schema, formed(request, given)))
    return found


def _used(calls: Sequence[Action], given: JSON) -> JSON:
    """The same rows without the arguments that no edit asks for: they need not fit what an edit must."""
    if not calls or not isinstance(given, Mapping):
        return given
    return {key: _row_used(calls, key, row) for key, row in given.items()}


def _row_used(calls: Sequence[Action], key: str, row: JSON) -> JSON:
    if not isinstance(row, Mapping):
        return row
    if row.get("decision") != "edit":
        return {name: value for name, value in row.items() if name != "args"}
    call = next((call for number, call in enumerate(calls, 1) if str(number) == key), None)
    return {**row, "args": whole(call, row["args"])} if call and "args" in row else row


def _wrong_row(row: str, call: Action, given: Mapping[str, JSON]) -> Iterator[Misfit]:
    decision, args, words = _read(given.get(row))
    if decision == "edit" and args is None:
        yield Misfit((row, "args"), NO_ARGUMENTS)
    if decision == "edit" and args is not None and "$defs" in (call.args_schema or {}):
        for one in misfits(usable(call.args_schema) or {}, args):
            yield Misfit((row, "args", *one.path), one.sentence)
    if decision != "edit" and args is not None and _without_nothing(args) != _without_nothing(call.args):
        yield Misfit((row, "args"), UNCHANGED)
    if decision == "respond" and not words:
        yield Misfit((row, "message"), WORDS_NEEDED)
    if decision not in call.with_words and words:
        yield Misfit((row, "message"), WORDS_LOST.format(" or ".join(call.with_words)))


def _read(row: JSON) -> tuple[str, JSON, str]:
    match row:
        case Mapping():
            decision, words = row.get("decision"), row.get("message")
            return str(decision), row.get("args"), words.strip() if isinstance(words, str) else ""
    return "", None, ""


def _without_nothing(args: JSON) -> JSON:
    """A field left empty is no change of an argument that was null, or empty itself."""
    if isinstance(args, Mapping):
        kept = {name: _without_nothing(value) for name, value in args.items()}
        return {name: value for name, value in kept.items() if not is_nothing(value)}
    return args


def formed(request: Request, given: JSON) -> JSON:
    """The exact value the graph gets for an answer that nothing speaks against."""
    calls = rows(request)
    if calls and isinstance(given, Mapping):
        decided = [_decided(call, given.get(str(number))) for number, call in enumerate(calls, 1)]
        return as_protocol(request.contract.kind, decided)
    if request.contract.kind is ContractKind.INBOX and isinstance(given, Mapping):
        action = inbox_action(request.payload)
        return [{"type": "edit", "args": {"action": action.name if action else "", "args": given["args"]}}]
    return given


def _decided(call: Action, row: JSON) -> Mapping[str, JSON]:
    decision, args, words = _read(row)
    match decision:
        case "edit":
            return {"type": "edit", "edited_action": {"name": call.name, "args": whole(call, args)}}
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
    match decision:
        case {"type": "edit", "edited_action": {"args": args}}:
            filled["args"] = args
    return filled
