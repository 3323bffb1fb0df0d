"""Recognise the payloads of well-known protocols: LangChain's middleware and Agent Inbox.

Shapes: https://docs.langchain.com/oss/python/langchain/human-in-the-loop (HITLRequest, ToolApprovalRequest)
and langgraph.prebuilt.interrupt (HumanInterrupt). Anything that fits only partly is not recognised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.model import JSON, Verdict

# LangChain's decisions in the order a form offers them, and those that carry words to the tool's caller.
DECISIONS = ("approve", "edit", "reject", "respond")
WITH_WORDS = ("reject", "respond")


@dataclass(frozen=True, slots=True)
class Action:
    """One tool call that waits for a decision; `more` is what the protocol does not name, for showing.

    `with_words` are the decisions whose words reach the tool's caller.
    """

    name: str
    args: Mapping[str, JSON]
    description: str
    allowed: frozenset[str]
    more: Mapping[str, JSON]
    args_schema: Mapping[str, JSON] | None = None
    with_words: tuple[str, ...] = WITH_WORDS


def as_actions(payload: JSON) -> tuple[Action, ...] | None:
    """The tool calls of a batched `HITLRequest`, in order; None if it is not one."""
    match payload:
        case {"action_requests": [*requests], "review_configs": [*configs]} if requests:
            if len(requests) != len(configs):
                return None
            actions = [_action(request, config) for request, config in zip(requests, configs, strict=True)]
            return tuple(action for action in actions if action) if all(actions) else None
    return None


def is_broken_batch(payload: JSON) -> bool:
    """True for what names itself a batched `HITLRequest` and cannot be read as one."""
    return isinstance(payload, Mapping) and {"action_requests", "review_configs"} <= payload.keys()


def _action(request: JSON, config: JSON) -> Action | None:
    match request, config:
        case {"name": str(name), "args": Mapping() as args, **rest}, {
            "allowed_decisions": [*allowed],
            **settings,
        }:
            kinds = frozenset(str(kind) for kind in allowed)
            schema = settings.get("args_schema")
            typed = schema if isinstance(schema, Mapping) else None
            about = _description(rest, name, args)
            return Action(name, args, about, kinds, _without(rest, "description"), typed)
    return None


def as_tool_call(payload: JSON) -> Action | None:
    """The call of a `ToolApprovalRequest` (interrupt_mode="per_call"); None if it is not one."""
    match payload:
        case {
            "type": "tool_approval",
            "name": str(name),
            "args": Mapping() as args,
            "tool_call_id": str(),
            **rest,
        }:
            about = _description(rest, name, args)
            return Action(name, args, about, frozenset(), _without(rest, "description"))
    return None


def schema_decisions(schema: Mapping[str, JSON] | None) -> frozenset[str]:
    """Decision types that a per-call response schema allows: its discriminator, or its one constant."""
    match schema:
        case {"discriminator": {"mapping": Mapping() as mapping}}:
            return frozenset(mapping)
        case {"properties": {"type": {"const": str(kind)}}}:
            return frozenset({kind})
    return frozenset()


def as_inbox(payload: JSON) -> frozenset[Verdict] | None:
    """Verdicts a `HumanInterrupt` (or a list of exactly one) allows; None if it is not one."""
    match payload:
        case [single]:
            return as_inbox(single)
        case {"action_request": {"action": str()}, "config": Mapping() as config}:
            flags = {
                Verdict.APPROVE: "allow_accept",
                Verdict.REJECT: "allow_ignore",
                Verdict.REVISE: "allow_respond",
            }
            return frozenset(verdict for verdict, flag in flags.items() if config.get(flag) is True)
    return None


def inbox_edits(payload: JSON) -> bool:
    """True where a `HumanInterrupt` lets people change the arguments."""
    match payload:
        case [single]:
            return inbox_edits(single)
        case {"config": {"allow_edit": True}}:
            return as_inbox(payload) is not None
    return False


def inbox_args(payload: JSON) -> JSON:
    """The arguments of a `HumanInterrupt` as they are: a mapping, or a text."""
    match payload:
        case [single]:
            return inbox_args(single)
        case {"action_request": {"args": args}}:
            return args
    return None


def inbox_action(payload: JSON) -> Action | None:
    """The action of a `HumanInterrupt`, for showing."""
    match payload:
        case [single]:
            return inbox_action(single)
        case {"action_request": {"action": str(name), "args": args, **inner}, **rest}:
            shown = args if isinstance(args, Mapping) else {"args": args}
            more = _without(inner) | _without(rest, "description", "config")
            return Action(name, shown, _description(rest, name, shown), frozenset(), more)
    return None


def _description(rest: Mapping[Any, Any], name: str, args: Mapping[str, JSON]) -> str:
    """LangChain's own description ends with the call once more, which the card shows anyway."""
    return str(rest.get("description") or "").removesuffix(f"\n\nTool: {name}\nArgs: {dict(args)}")


def _without(rest: Mapping[Any, Any], *known: str) -> dict[str, JSON]:
    return {key: value for key, value in rest.items() if key not in known}
