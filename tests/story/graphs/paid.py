"""A graph that asks about one tool call, does it, and says what its effect is known by."""

from __future__ import annotations

from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

CALL = {"name": "pay", "args": {"iban": "DE89", "cents": 500}}
DECISIONS = {"action_name": "pay", "allowed_decisions": ["approve", "edit", "reject"]}


class Paid(TypedDict, total=False):
    """What was decided, and the bank's number for it."""

    order: str
    decided: Any
    receipt: str
    result: str


def ask(state: Paid) -> dict[str, Any]:
    """Ask as LangChain's middleware does."""
    return {"decided": interrupt({"action_requests": [CALL], "review_configs": [DECISIONS]})}


def pay(state: Paid) -> dict[str, Any]:
    """Tell the number that the bank would know it by."""
    return {"receipt": f"bank-{state['order']}", "result": "Paid."}


builder = StateGraph(Paid)
builder.add_node(ask)
builder.add_node(pay)
builder.add_edge(START, "ask")
builder.add_edge("ask", "pay")
builder.add_edge("pay", END)
paid = builder.compile()
