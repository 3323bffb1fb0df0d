"""A graph that asks whatever it is told to ask, and tells the exact answer as JSON."""

from __future__ import annotations

import json
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt


class Shape(TypedDict, total=False):
    """What to ask, the schema of its answer if it has one, and what came."""

    payload: Any
    schema: dict[str, Any]
    result: str


def ask(state: Shape) -> dict[str, Any]:
    """Ask exactly what the caller wants asked."""
    answer = interrupt(state["payload"], response_schema=state.get("schema"))
    return {"result": json.dumps(answer, ensure_ascii=False)}


builder = StateGraph(Shape)
builder.add_node(ask)
builder.add_edge(START, "ask")
builder.add_edge("ask", END)
shape = builder.compile()
