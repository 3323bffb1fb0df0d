"""A graph that asks as Agent Inbox is asked, with the types that LangGraph's prebuilt package has for it."""

from __future__ import annotations

import json
import warnings
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

with warnings.catch_warnings(action="ignore"):  # deprecated, and still what many graphs are written with
    from langgraph.prebuilt.interrupt import (
        ActionRequest,
        HumanInterrupt,
        HumanInterruptConfig,
        HumanResponse,
    )


class Asked(TypedDict, total=False):
    """Which actions to ask about, each with the flags that are set; whether in a list."""

    actions: list[tuple[str, dict[str, Any], list[str]]]
    listed: bool
    result: str


def request(name: str, args: dict[str, Any], flags: list[str]) -> HumanInterrupt:
    """A question as Agent Inbox reads it."""
    config = HumanInterruptConfig(
        allow_ignore="ignore" in flags,
        allow_respond="respond" in flags,
        allow_edit="edit" in flags,
        allow_accept="accept" in flags,
    )
    asked = ActionRequest(action=name, args=args)
    return HumanInterrupt(action_request=asked, config=config, description=f"Wants to {name}.")


def ask(state: Asked) -> dict[str, Any]:
    """Ask about all of them, and do what the responses say, as the convention has it: one by one."""
    asked = [request(*action) for action in state["actions"]]
    responses: list[HumanResponse] = interrupt(asked if state["listed"] else asked[0])
    done = [_done(name, args, one) for (name, args, _), one in zip(state["actions"], responses, strict=True)]
    return {"result": "\n".join(done)}


def _done(name: str, args: dict[str, Any], response: HumanResponse) -> str:
    match response:
        case {"type": "accept", "args": None}:
            return f"{name} with {json.dumps(args)}"
        case {"type": "edit", "args": {"action": str(action), "args": dict(edited)}}:
            return f"{action} with {json.dumps(edited)}"
        case {"type": "ignore", "args": None}:
            return f"{name} ignored"
        case {"type": "response", "args": str(words)}:
            return f"{name} answered: {words}"
    raise ValueError(f"no response of Agent Inbox: {response}")


builder = StateGraph(Asked)
builder.add_node(ask)
builder.add_edge(START, "ask")
builder.add_edge("ask", END)
inbox = builder.compile()
