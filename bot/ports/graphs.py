"""The graphs, as the use cases see them: what waits, what ran, and how to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.model import JSON
from bot.core.problem import Problem


@dataclass(frozen=True, slots=True)
class Pause:
    """One interrupt that waits, as the graph reports it."""

    interrupt_id: str
    payload: JSON
    response_schema: Mapping[str, JSON] | None
    node: str
    task: str
    failed: str | None  # the task raised after it was answered: the answer is latched


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the newest checkpoint; `finished` means its result is stored."""

    id: str
    node: str
    finished: bool
    error: str | None
    interrupts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest state of a thread, never one pinned by a checkpoint id."""

    exists: bool
    pauses: tuple[Pause, ...]
    tasks: tuple[Task, ...]
    next: tuple[str, ...]
    error: str | None
    output: JSON
    head: str | None


class RunFailed(Exception):
    """The graph's own code raised; `reason` is one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AnswerRefused(Exception):
    """LangGraph refused the answer before it was latched: the question is still open, or gone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GraphUnavailable(Problem):
    """The graph cannot be driven now: its server is away, or somebody else runs the thread. Try later.

    `retry_after` is in seconds; None: nobody knows, the reconciler comes back.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, sent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.sent = sent  # True: it may have been carried out, look before doing it again


class UnknownGraph(Problem):
    """No graph of that name; the message lists the known ones."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"Unknown graph {name!r}; known: {', '.join(known) or 'none'}; see langgraph.json")
        self.name = name
        self.known = tuple(known)


class InvalidInput(Problem):
    """The input does not fit the graph's schema; `field` names where."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Runner(Protocol):
    """Drives LangGraph threads. The caller holds the thread's lease for every call but the first three.

    Whatever touches a thread may raise GraphUnavailable: the thread is not known then, so judge nothing.
    """

    def graphs(self) -> tuple[str, ...]: ...

    def description(self, graph: str) -> str:
        """One line about the graph, or an empty string."""
        ...

    def input_schema(self, graph: str) -> Mapping[str, JSON]: ...

    async def snapshot(self, graph: str, thread_id: str) -> Snapshot:
        """The newest state of the thread. Raises RunFailed where the graph cannot even read it."""
        ...

    async def start(self, graph: str, thread_id: str, input: JSON) -> None:  # noqa: A002 (LangGraph's word)
        """Run until the first pause or the end. Raises RunFailed."""
        ...

    async def resume(self, graph: str, thread_id: str, interrupt_id: str, answer: JSON) -> None:
        """Answer exactly this interrupt. Raises RunFailed, or AnswerRefused when nothing was latched."""
        ...

    async def proceed(self, graph: str, thread_id: str) -> None:
        """Go on after a crash or a failed node, sending no answer. Raises RunFailed."""
        ...

    async def prune(self, graph: str, thread_id: str) -> None:
        """Drop the history; keep the newest checkpoint and what waits in it."""
        ...


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A thread on an Agent Server that waits for people, whoever started it."""

    graph: str
    thread_id: str  # ours, where we started it; else the server's
    interrupts: frozenset[str]
    requester: str | None
    wanted: bool  # `adopt` in approvals.toml asks for it


class Scout(Protocol):
    """Finds threads that were started elsewhere."""

    async def waiting(self) -> tuple[Elsewhere, ...]:
        """Every thread that `adopt` asks for; a server that is away has none."""
        ...

    async def look_up(self, server_thread: str) -> Elsewhere | None:
        """The thread with this id on a server; None where no server has it. Raises GraphUnavailable."""
        ...
