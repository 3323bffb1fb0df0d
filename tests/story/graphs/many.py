"""Graphs that ask many questions at once: branches of one step, each a payment with an effect of its own."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send, interrupt


class Payment(TypedDict, total=False):
    """One of them; whatever else is in it is shown too."""

    to: str
    form: bool
    risk: str
    terms: str


class Payments(TypedDict, total=False):
    """Who is paid how much, and what came of each."""

    payments: list[Payment]
    outcomes: Annotated[list[str], operator.add]
    result: str


def spread(state: Payments) -> dict[str, Any]:
    """A step of its own, so that the questions start together."""
    return {}


def each(state: Payments) -> list[Send]:
    """One branch for each payment."""
    return [Send("ask", payment) for payment in state["payments"]]


def ask(state: Payment) -> dict[str, Any]:
    """Ask for one payment; a form where it says so."""
    schema = {"type": "object", "properties": {"paid": {"type": "integer"}}} if state.get("form") else None
    shown = {"title": f"Pay {state['to']}", **state}
    answer = interrupt(shown, response_schema=schema or {"type": "boolean"})
    return {"outcomes": [f"{state['to']}: {answer}"]}


def report(state: Payments) -> dict[str, Any]:
    """Say what was answered, by name."""
    return {"result": ", ".join(sorted(state["outcomes"]))}


builder = StateGraph(Payments)
builder.add_node(spread)
builder.add_node(ask)
builder.add_node(report)
builder.add_edge(START, "spread")
builder.add_conditional_edges("spread", each, ["ask"])
builder.add_edge("ask", "report")
builder.add_edge("report", END)
payments = builder.compile()
