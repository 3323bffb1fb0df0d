"""Small graphs whose nodes can be told to fail, and which note what they did."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from bot.ports import Pause, Snapshot
from bot.runs.loader import Graph
from bot.runs.runner import LocalRunner

Node = Callable[[Any], Any]


class State(TypedDict, total=False):
    done: Annotated[list[Any], operator.add]
    plan: Any


@dataclass
class Trouble:
    """Which steps raise now; a test adds and removes names."""

    now: set[str] = field(default_factory=set)

    def strike(self, step: str) -> None:
        if step in self.now:
            raise ConnectionError(f"{step} is down")


def gate(name: str, trouble: Trouble | None = None) -> Node:
    """A node that asks its own name, and can fail before it asks or after it was answered."""
    trouble = trouble or Trouble()

    def node(state: State) -> State:
        trouble.strike(f"before {name}")
        answer = interrupt(name)
        trouble.strike(f"after {name}")
        return {"done": [f"{name}: {answer}"]}

    return node


def graph(*edges: tuple[str, str], **nodes: Any) -> Graph:
    """A graph of these nodes; without edges they all start at once."""
    builder = StateGraph(State)
    for name, node in nodes.items():
        builder.add_node(name, node)
    for edge in edges or tuple((START, name) for name in nodes):
        builder.add_edge(*edge)
    return builder.compile()


async def started(runner: LocalRunner, thread: str, name: str = "g") -> Snapshot:
    await runner.start(name, thread, {"done": []})
    return await runner.snapshot(name, thread)


async def answered(
    runner: LocalRunner, thread: str, pause: Pause, answer: Any = True, name: str = "g"
) -> Snapshot:
    await runner.resume(name, thread, pause.interrupt_id, answer)
    return await runner.snapshot(name, thread)


def asks(snapshot: Snapshot) -> dict[Any, Pause]:
    """What waits, by its payload."""
    return {pause.payload: pause for pause in snapshot.pauses}
