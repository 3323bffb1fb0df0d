"""The graph of every row: plan, ask, act; a Revise leads back to the plan.

Without work or effects of its own, so that what is measured is everything around it.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

TEXT = ("Write to the customer, wait a day, then ask again. " * 20)[:900]


class State(TypedDict, total=False):
    """`notes` keeps every feedback, as the messages of an agent do."""

    goal: str
    plan: str
    version: int
    answer: Any
    notes: Annotated[list[str], operator.add]
    result: str


def suggest(state: State) -> dict[str, Any]:
    """A plan of about a kilobyte."""
    return {"plan": TEXT, "version": state.get("version", 0) + 1}


def ask(state: State) -> dict[str, Any]:
    """Ask, and nothing else."""
    answer = interrupt(
        {
            "title": f"Carry out {state['goal']}",
            "fields": {"Version": state["version"]},
            "body": state["plan"],
        }
    )
    return {"answer": answer, "notes": [str(answer.get("feedback") or "")]}


def decided(state: State) -> Literal["suggest", "act"]:
    return "suggest" if state["answer"]["decision"] == "revise" else "act"


def act(state: State) -> dict[str, Any]:
    return {"result": "Done."}


builder = StateGraph(State)
builder.add_node(suggest)
builder.add_node(ask)
builder.add_node(act)
builder.add_edge(START, "suggest")
builder.add_edge("suggest", "ask")
builder.add_conditional_edges("ask", decided)
builder.add_edge("act", END)

graph = builder.compile(name="bench")
