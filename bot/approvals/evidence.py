"""Tell from the newest state of a thread what became of an answer: LangGraph itself does not say."""

from __future__ import annotations

from enum import StrEnum

from bot.core.digest import digest
from bot.core.model import Request, Sent
from bot.ports import Pause, Snapshot, Task


class Fate(StrEnum):
    """What became of an answer, or of the question while there is none."""

    OPEN = "open"  # the question as shown still waits: the answer may be sent
    CONSUMED = "consumed"  # the graph took the answer and went on
    BROKEN = "broken"  # the answer was taken, then the run raised or died: go on without an answer
    CHANGED = "changed"  # the question waits, but is not the one that was shown
    GONE = "gone"  # nobody asks this any more, and no answer of ours was taken


def fate(request: Request, sent: Sent | None, snapshot: Snapshot) -> Fate:
    """Judge one approval. `sent` is the evidence noted before its answer was sent, if it was."""
    pause = pause_of(snapshot, request.interrupt_id)
    if pause is not None:
        return _while_it_waits(pause, request, sent)
    if sent is None:
        return Fate.GONE
    return _after_it_vanished(sent, snapshot)


def _while_it_waits(pause: Pause, request: Request, sent: Sent | None) -> Fate:
    if pause.failed is not None:
        # The node raised after it was answered: LangGraph keeps that answer, whatever is sent now.
        return Fate.BROKEN if sent is not None else Fate.GONE
    return Fate.OPEN if digest(pause.payload) == request.digest else Fate.CHANGED


def _after_it_vanished(sent: Sent, snapshot: Snapshot) -> Fate:
    if snapshot.head != sent.head:
        return Fate.BROKEN if snapshot.error is not None or stranded(snapshot) else Fate.CONSUMED
    # The same super-step: other branches still wait, so only this task's own end is evidence.
    task = task_of(snapshot, sent.task)
    if task is None:
        return Fate.GONE
    if task.interrupts:
        return Fate.CONSUMED
    return Fate.CONSUMED if task.finished and not stranded(snapshot) else Fate.BROKEN


def stranded(snapshot: Snapshot) -> bool:
    """True when the run neither waits nor is over: a process died, or a run was cancelled, in the middle.

    That is a task without an end, or tasks that all ended without the next checkpoint being written:
    LangGraph reports no `next` then, as if the run were over.
    """
    unfinished = [task for task in snapshot.tasks if not task.finished]
    if not unfinished:
        return bool(snapshot.tasks)
    return any(not (task.interrupts or task.error) for task in unfinished)


def pause_of(snapshot: Snapshot, interrupt_id: str) -> Pause | None:
    """The pause with this id, if it waits."""
    return next((pause for pause in snapshot.pauses if pause.interrupt_id == interrupt_id), None)


def task_of(snapshot: Snapshot, task_id: str) -> Task | None:
    """The task with this id, if the newest checkpoint has it."""
    return next((task for task in snapshot.tasks if task.id == task_id), None)
