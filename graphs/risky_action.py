"""Two risky actions that ask side by side, and only when the risk is high.

Each action has its own question, its own answer and its own effect node. Answering one runs the other's
question again, so there is nothing but `interrupt()` in it; the effects start when both are answered.
"""

import asyncio
import operator
import os
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel, Field

from graphs import ledger

ACTIONS = {"rotate_keys": "Rotate the API keys", "drop_index": "Drop the database index"}

TABLE = "CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, action TEXT, service TEXT) STRICT"


class Service(BaseModel):
    """Which service the actions touch, and how much is at stake."""

    service: str = Field(title="Service", description="The service that is changed.", min_length=1)
    risk: Literal["low", "high"] = Field(title="Risk", description="Low: nobody is asked.")


class Risky(TypedDict):
    """The state: `allowed` and `outcomes` are by action, so that two branches can write at once."""

    service: str
    risk: str
    operation_id: str
    allowed: Annotated[dict[str, Any], operator.or_]
    outcomes: Annotated[dict[str, str], operator.or_]
    result: str


def assess(state: Risky, config: RunnableConfig) -> dict[str, Any]:
    """Refuse bad input, name the operation, and allow everything or nothing to begin with."""
    asked = Service.model_validate(state)
    operation = f"{config['configurable']['thread_id']}/{asked.service}"
    return {"operation_id": operation, "allowed": dict.fromkeys(ACTIONS, asked.risk == "low")}


def route(state: Risky) -> list[str]:
    """Straight to the actions when the risk is low, else to a question about each."""
    return [*ACTIONS] if state["risk"] == "low" else [f"ask_{action}" for action in ACTIONS]


def ask(action: str, state: Risky) -> dict[str, Any]:
    """Ask about one action, and nothing else."""
    answer = interrupt(question(action, state), response_schema={"type": "boolean"})
    return {"allowed": {action: answer}}


async def act(action: str, state: Risky) -> dict[str, Any]:
    """Do one action, if the answer was `True`. A repeat after a crash sends the same key."""
    if state["allowed"].get(action) is not True:
        return {"outcomes": {action: "not done"}}
    await asyncio.to_thread(perform, f"{state['operation_id']}/{action}", action, state["service"])
    return {"outcomes": {action: "done"}}


def report(state: Risky) -> dict[str, Any]:
    """Say what was done and what was not."""
    lines = [f"{ACTIONS[action]} of {state['service']}: {state['outcomes'][action]}" for action in ACTIONS]
    return {"result": "\n".join(lines)}


def question(action: str, state: Risky) -> dict[str, Any]:
    """What the approver sees."""
    return {
        "title": f"{ACTIONS[action]} of {state['service']}",
        "summary": "It takes effect at once and cannot be undone.",
        "fields": {"Service": state["service"], "Risk": state["risk"]},
    }


def perform(key: str, action: str, service: str) -> None:
    """Do the action once per `key`. This example only writes it down, in `ACTIONS_DB`."""
    path = Path(os.environ.get("ACTIONS_DB", ".approvals/actions.db"))
    with ledger.transaction(path, TABLE) as db:
        db.execute("INSERT INTO done VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING", (key, action, service))


builder = StateGraph(Risky, input_schema=Service)
builder.add_node(assess)
builder.add_node(report)
for action in ACTIONS:
    builder.add_node(f"ask_{action}", partial(ask, action))
    builder.add_node(action, partial(act, action))
    builder.add_edge(f"ask_{action}", action)
builder.add_edge(START, "assess")
builder.add_conditional_edges("assess", route, [*ACTIONS, *(f"ask_{action}" for action in ACTIONS)])
builder.add_edge([*ACTIONS], "report")
builder.add_edge("report", END)

graph = builder.compile(name="risky_action")  # no checkpointer: whoever runs the graph brings one
