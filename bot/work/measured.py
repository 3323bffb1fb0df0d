"""How many tasks there were, how they ended, and how late they began."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from docket import Execution

from bot.telemetry import QUEUE_LAG, TASKS


@contextmanager
def measured(task: str, execution: Execution) -> Iterator[None]:
    """Count the task, and how late it began."""
    lag_noted(task, execution)
    with counted(task):
        yield


def lag_noted(task: str, execution: Execution) -> None:
    """Note how late the task began."""
    late = datetime.now(UTC) - execution.when
    QUEUE_LAG.labels(task).observe(max(late.total_seconds(), 0.0))


@contextmanager
def counted(task: str) -> Iterator[None]:
    """Count the task; an exception passes through to the queue."""
    try:
        yield
    except Exception:
        TASKS.labels(task, "failed").inc()
        raise
    TASKS.labels(task, "done").inc()
