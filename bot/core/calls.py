"""The tool calls that a question is about, one row for each, and what was decided of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.inboxes import as_decision, as_inbox_actions, as_response
from bot.core.model import JSON, ContractKind, Request
from bot.core.protocols import Action, as_actions, as_tool_call, inbox_args, schema_decisions
from bot.core.schema import Schema, fault
from bot.core.tool_schema import schema_args


@dataclass(frozen=True, slots=True)
class Edit:
    """What one person changed in one call, for the card and the audit trail.

    `title` tells calls of the same name apart.
    """

    name: str
    before: JSON
    after: JSON
    title: str


def rows(request: Request) -> tuple[Action, ...]:
    """The calls that a form decides one by one; none for a question that is not about calls."""
    match request.contract.kind:
        case ContractKind.HITL_BATCH:
            return as_actions(request.payload) or ()
        case ContractKind.HITL_CALL:
            call, schema = as_tool_call(request.payload), request.contract.schema
            allowed, typed = schema_decisions(schema), schema_args(usable(schema))
            return (replace(call, allowed=allowed, args_schema=typed),) if call else ()
        case ContractKind.INBOX:
            return as_inbox_actions(request.payload) or ()
    return ()


def titled(request: Request) -> tuple[tuple[str, Action], ...]:
    """Each call with what its row is called: its name, and its number where there are several."""
    calls = rows(request)
    numbered = [f"{number}. {call.name}" for number, call in enumerate(calls, 1)]
    return tuple(zip(numbered if len(calls) > 1 else [call.name for call in calls], calls, strict=True))


def usable(schema: Schema | None) -> Schema | None:
    """The schema, if it is one."""
    return schema if schema and fault(schema) is None else None


def as_protocol(kind: ContractKind, decided: Sequence[Mapping[str, JSON]]) -> JSON:
    """The decisions, one for each row, as the answer of their protocol."""
    match kind:
        case ContractKind.HITL_BATCH:
            return {"decisions": list(decided)}
        case ContractKind.INBOX:
            return [as_response(decision) for decision in decided]
    return decided[0]


def is_nothing(value: JSON) -> bool:
    """What an empty box may stand for."""
    return value is None or value in ("", [], {}) or value == ()


def whole(call: Action, args: JSON) -> JSON:
    """Arguments from typed boxes, where an empty box cannot say whether "" or nothing is meant: what stood
    empty in the call and was left empty is as it was, and never the tool's own default."""
    return _kept(call.args, args) if call.args_schema else args


def _kept(before: JSON, after: JSON) -> JSON:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    empty = {name: value for name, value in before.items() if name not in after and is_nothing(value)}
    return {**{name: _kept(before.get(name), value) for name, value in after.items()}, **empty}


def decisions(request: Request, answer: JSON) -> tuple[Mapping[str, JSON], ...]:
    """The decisions of an answer about calls, in LangChain's words, one for each row."""
    match answer:
        case {"decisions": [*several]}:
            found: Sequence[JSON] = several
        case [_, _, *_] if request.contract.kind is ContractKind.INBOX:
            found = [as_decision(one) for one in answer]
        case _:
            found = [answer] if rows(request) else []
    return tuple(one for one in found if isinstance(one, Mapping))


def edits(request: Request, answer: JSON) -> tuple[Edit, ...]:
    """Which calls an answer changed, with their arguments before and after."""
    match answer:
        case [{"type": "edit", "args": {"action": str(name), "args": after}}]:
            return (Edit(name, inbox_args(request.payload), after, name),)
    found = zip(titled(request), decisions(request, answer), strict=False)
    return tuple(
        Edit(call.name, call.args, after, title) for (title, call), one in found for after in _edited(one)
    )


def _edited(decision: Mapping[str, JSON]) -> Iterator[JSON]:
    match decision:
        case {"type": "edit", "edited_action": {"args": args}}:
            yield args
