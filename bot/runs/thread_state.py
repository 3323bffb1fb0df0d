"""Say in our words what an Agent Server tells of a thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from bot.ports import Pause, Snapshot, Task
from bot.runs.plain import one_line

NAMESPACE = UUID("5e6a0c0e-6f0b-5f0d-9c1d-3c1a2f5f7c11")
NOTHING = Snapshot(exists=False, pauses=(), tasks=(), next=(), error=None, output=None, head=None)


def server_id(thread_id: str) -> str:
    """The thread's id on a server, which takes nothing but a UUID: ours if it is one, else one made of it."""
    try:
        return thread_id if str(UUID(thread_id)) == thread_id else str(uuid5(NAMESPACE, thread_id))
    except ValueError:
        return str(uuid5(NAMESPACE, thread_id))


def read_snapshot(state: Mapping[str, Any], asked: Mapping[str, Sequence[Mapping[str, Any]]]) -> Snapshot:
    """`state` is the thread's newest state; `asked` the questions that the last run ended with, by task."""
    following = tuple(state["next"])
    head = (state.get("checkpoint") or {}).get("checkpoint_id")
    errors = {task["id"]: _error(task, following, asked.get(task["id"], ())) for task in state["tasks"]}
    return Snapshot(
        exists=head is not None,
        pauses=tuple(
            _pause(task, item, errors[task["id"]]) for task in state["tasks"] for item in _distinct(task)
        ),
        tasks=tuple(_task(task, following, errors[task["id"]]) for task in state["tasks"]),
        next=following,
        error=next((error for error in errors.values() if error is not None), None),
        output=state["values"],
        head=head,
    )


def has_children(state: Mapping[str, Any]) -> bool:
    """True where a question came from a graph inside of this one: a second look tells the node."""
    return any(task["interrupts"] and task.get("checkpoint") for task in state["tasks"])


def _error(
    task: Mapping[str, Any], following: Sequence[str], asked: Sequence[Mapping[str, Any]]
) -> str | None:
    """Why the task failed, unless it has outlived that: the server keeps the error of a task that went on.

    A run that fails leaves no questions behind in `asked`, one that asks does.
    """
    if task.get("error") is None or _is_stored(task, following):
        return None
    waiting = {item["id"] for item in task["interrupts"]}
    asks_again = bool(waiting) and waiting <= {item["id"] for item in asked}
    return None if asks_again else one_line(task["error"])


def _is_stored(task: Mapping[str, Any], following: Sequence[str]) -> bool:
    return task.get("result") is not None or task["name"] not in following


def _task(task: Mapping[str, Any], following: Sequence[str], error: str | None) -> Task:
    return Task(
        id=task["id"],
        node=task["name"],
        finished=_is_stored(task, following),
        error=error,
        interrupts=tuple(item["id"] for item in task["interrupts"]),
    )


def _distinct(task: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return iter({item["id"]: item for item in task["interrupts"]}.values())


def _pause(task: Mapping[str, Any], item: Mapping[str, Any], error: str | None) -> Pause:
    schema = item.get("response_schema")
    return Pause(
        interrupt_id=item["id"],
        payload=item["value"],
        response_schema=schema if isinstance(schema, dict) else None,
        node=":".join(_asking(task, item["id"])),
        task=task["id"],
        failed=error,
    )


def _asking(task: Mapping[str, Any], interrupt_id: str) -> list[str]:
    """The names from the root's node down to the one whose question this is."""
    children = (task.get("state") or {}).get("tasks", ())
    for child in children:
        if any(item["id"] == interrupt_id for item in child["interrupts"]):
            return [task["name"], *_asking(child, interrupt_id)]
    return [task["name"]]
