"""Graphs that ask in other ways than the examples do, and behave."""

from __future__ import annotations

import json
from typing import Any, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.func import entrypoint, task
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt


class Shown(TypedDict, total=False):
    """What to ask, the answer, and what became of it."""

    payload: Any
    answer: Any
    result: str


def ask(state: Shown) -> dict[str, Any]:
    """Ask exactly what the caller wants asked."""
    return {"answer": interrupt(state["payload"])}


def say(state: Shown) -> dict[str, Any]:
    """Tell what the graph was given."""
    return {"result": f"The graph was given {json.dumps(state['answer'], sort_keys=True)}"}


def asking(checkpointer: Any = None) -> Any:
    """Ask, then tell the answer."""
    builder = StateGraph(Shown)
    builder.add_node(ask)
    builder.add_node(say)
    builder.add_edge(START, "ask")
    builder.add_edge("ask", "say")
    builder.add_edge("say", END)
    return builder.compile(checkpointer=checkpointer)


def around(child: Any) -> Any:
    """The same question, asked by a graph inside a graph."""
    builder = StateGraph(Shown)
    builder.add_node("inside", child)
    builder.add_edge(START, "inside")
    builder.add_edge("inside", END)
    return builder.compile()


@task
def prepared(payload: Any) -> Any:
    """Work before the question: done once, however often the function runs again."""
    return payload


@entrypoint()
async def functional(given: dict[str, Any]) -> dict[str, Any]:
    """The functional API: one function that asks in the middle."""
    answer = interrupt(await prepared(given["payload"]))
    return {"result": f"The graph was given {json.dumps(answer, sort_keys=True)}"}


show = asking()
own_checkpointer = asking(InMemorySaver())
nested = around(asking())
