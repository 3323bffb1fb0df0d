"""A refund that one yes or no decides: prepare, ask, then pay or decline.

The node of an `interrupt()` runs again from its first line when the answer comes, so all work is done
before it and the payment after it, in nodes of their own. A crash may run `commit` again too: the key
chosen in `prepare` makes the payments service recognise the repeat.
"""

import asyncio
from typing import Any, Literal, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel, Field

from graphs import payments

LARGEST = 2**53 - 1  # the largest integer every JSON reader keeps exact (RFC 8259, section 6)


class RefundInput(BaseModel):
    """What to refund, to whom and why."""

    order_id: str = Field(title="Order", description="The order that is refunded.", min_length=1)
    amount_cents: int = Field(
        title="Amount",
        description="In the currency's minor unit: 50000 is $500.00.",
        strict=True,
        ge=1,
        le=LARGEST,
    )
    currency: str = Field("USD", title="Currency", description="ISO 4217 code.", pattern="^[A-Z]{3}$")
    customer: str = Field(title="Customer", description="E-mail address or name.", min_length=1)
    reason: str = Field("", title="Reason", description="Why the money goes back.")


class Refund(TypedDict):
    """The state: the input, then what each node adds.

    Plain types: a checkpoint keeps them exactly, and bad input cannot make a paused thread unreadable, as it
    can with a Pydantic state, which is validated whenever the thread is read.
    """

    order_id: str
    amount_cents: int
    currency: str
    customer: str
    reason: str
    operation_id: str
    approved: Any
    result: str


def prepare(state: Refund, config: RunnableConfig) -> dict[str, Any]:
    """Refuse bad input before anybody is asked, and name the operation: a thread refunds an order once."""
    asked = RefundInput.model_validate(state)
    return {**asked.model_dump(), "operation_id": f"{config['configurable']['thread_id']}/{asked.order_id}"}


def gate(state: Refund) -> dict[str, Any]:
    """Ask, and nothing else."""
    approved = interrupt(question(state))
    return {"approved": approved}


def decided(state: Refund) -> Literal["commit", "decline"]:
    """Only `True` is a yes: `{"approved": false}` would be one for `if state["approved"]`."""
    return "commit" if state["approved"] is True else "decline"


async def commit(state: Refund) -> dict[str, Any]:
    """Pay. A repeat after a crash sends the same key and gets the same refund."""
    refund = await asyncio.to_thread(
        payments.refund,
        state["operation_id"],
        state["order_id"],
        state["amount_cents"],
        state["currency"],
        state["customer"],
    )
    return {"result": f"Refund {refund.id} issued, {payments.money(refund.amount_cents, refund.currency)}"}


def decline(state: Refund) -> dict[str, Any]:
    """Say that nothing happened."""
    return {"result": "Refund declined; nothing was paid."}


def question(state: Refund) -> dict[str, Any]:
    """What the approver sees, made from the very values that `commit` will use."""
    amount = payments.money(state["amount_cents"], state["currency"])
    return {
        "title": f"Refund {amount} to {state['customer']}",
        "summary": state["reason"] or "No reason was given.",
        "fields": {"Amount": amount},
        "customer": state["customer"],
        "order_id": state["order_id"],
        "amount_cents": state["amount_cents"],
        "currency": state["currency"],
    }


builder = StateGraph(Refund, input_schema=RefundInput)
builder.add_node(prepare)
builder.add_node(gate)
builder.add_node(commit)
builder.add_node(decline)
builder.add_edge(START, "prepare")
builder.add_edge("prepare", "gate")
builder.add_conditional_edges("gate", decided)
builder.add_edge("commit", END)
builder.add_edge("decline", END)

graph = builder.compile(name="refund")  # no checkpointer: whoever runs the graph brings one
