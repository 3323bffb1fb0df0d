"""The graph of every row: plan, ask, act; a Revise leads back to the plan.

Without work or effects of its own, so that what is measured is everything around it.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

TEXT = (
    "The customer wrote on Monday that order 48213 arrived two days late and that one of its three lamps "
    "was broken. The carrier confirms the delay; its report names the depot in Lyon. We have sold to them"
    " since 2019 without a complaint. So: refund the lamp and the postage (EUR 42.50), send a new one "
    "from the Vienna store by Thursday, and let the next order go by courier. If the refund fails, "
    "invoicing is told, and nothing is sent twice. It costs 42.50 for the refund and 11.20 for the "
    "courier; the supplier pays for the lamp. What may go wrong: the postage was paid by voucher, so the "
    "sum could be 4 EUR too high; the store counts its stock tonight, so the lamp may leave on Friday. "
    "Nobody else has to agree, for the limit of such refunds is 100 EUR. Afterwards the customer gets one"
    " mail with both dates, and the name of the person who decided. Details are in ticket 7741; the "
    "photograph of the box "
)


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
