"""Say where a thread stands and what it asks, in our words and in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Interrupt, PregelTask, StateSnapshot

from bot.core.model import JSON
from bot.ports import Pause, Snapshot, Task
from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.loader import Graph
from bot.runs.plain import one_line, plain


async def snapshot(graph: Graph, saver: ApprovalsSaver, config: RunnableConfig) -> Snapshot:
    """The newest state of the thread that `config` names."""
    state = await graph.aget_state(config)
    if any(task.interrupts and task.state is not None for task in state.tasks):
        state = await graph.aget_state(config, subgraphs=True)  # to name the node inside that asks
    latched: frozenset[str] = frozenset()
    if any(task.interrupts and task.error is not None for task in state.tasks):
        latched = await saver.latched(config["configurable"]["thread_id"])
    return _snapshot(state, latched)


def _snapshot(state: StateSnapshot, latched: frozenset[str]) -> Snapshot:
    head = state.config["configurable"].get("checkpoint_id")
    return Snapshot(
        exists=head is not None,
        pauses=tuple(_pause(task, item, latched) for task in state.tasks for item in _distinct(task)),
        tasks=tuple(_task(task, state.next) for task in state.tasks),
        next=state.next,
        error=next((_reason(task) for task in state.tasks if task.error is not None), None),
        output=plain(state.values),
        head=head,
    )


def _distinct(task: PregelTask) -> Iterator[Interrupt[Any]]:
    return iter({item.id: item for item in task.interrupts}.values())


def _pause(task: PregelTask, item: Interrupt[Any], latched: frozenset[str]) -> Pause:
    schema = item.response_schema
    return Pause(
        interrupt_id=item.id,
        payload=plain(item.value),
        response_schema=cast(Mapping[str, JSON], plain(schema)) if isinstance(schema, dict) else None,
        node=":".join(_asking(task, item.id)),
        task=task.id,
        failed=_reason(task) if item.id in latched else None,
    )


def _asking(task: PregelTask, interrupt_id: str) -> list[str]:
    """The names from the root's node down to the one whose question this is, as far as declared."""
    if isinstance(task.state, StateSnapshot):
        for child in task.state.tasks:
            if any(item.id == interrupt_id for item in child.interrupts):
                return [task.name, *_asking(child, interrupt_id)]
    return [task.name]


def _task(task: PregelTask, following: tuple[str, ...]) -> Task:
    # `result` alone does not tell: a task that ended without output has none in a graph with one channel.
    stored = task.result is not None or task.name not in following
    error = None if task.error is None else _reason(task)
    return Task(
        id=task.id,
        node=task.name,
        finished=stored and error is None,
        error=error,
        interrupts=tuple(item.id for item in task.interrupts),
    )


def _reason(task: PregelTask) -> str:
    return one_line(task.error)
