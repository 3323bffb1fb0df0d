"""Traces: the steps of a request, tied together for whoever follows it through several processes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar
from enum import StrEnum
from types import TracebackType
from typing import Protocol, TypedDict, Unpack


class Step(StrEnum):
    """What has a span; docs/operations.md says which step follows from which."""

    START = "start run"
    RUN = "run graph"
    ASK = "ask"
    POST = "post card"
    VOTE = "vote"
    RESUME = "resume"


class Facts(TypedDict, total=False):
    """All that a span may say: words and ids of ours. No payload, no person, nothing that somebody wrote."""

    graph: str
    thread_id: str
    approval_id: str
    revision: int
    source: str
    verdict: str
    outcome: str
    reason: str


class Span(Protocol):
    """One step while it lasts. An exception that leaves it is told by its type alone."""

    @property
    def context(self) -> str | None:
        """What the record keeps of it, as a W3C traceparent; None: nobody follows."""
        ...

    def link(self, context: str | None) -> None:
        """This step follows from that one, of whatever process and day."""
        ...

    def note(self, **facts: Unpack[Facts]) -> None:
        """Say more about it."""
        ...


class Traces(Protocol):
    """Where spans come from."""

    def span(
        self, step: Step, *, parent: str | None = None, **facts: Unpack[Facts]
    ) -> AbstractContextManager[Span]:
        """A step, in the trace of `parent` or in one of its own."""
        ...


class NoTraces:
    """Nobody follows: the same span for every step, and it does nothing."""

    context: str | None = None

    def span(
        self, step: Step, *, parent: str | None = None, **facts: Unpack[Facts]
    ) -> AbstractContextManager[Span]:
        """Itself."""
        return self

    def link(self, context: str | None) -> None:
        """Nothing."""

    def note(self, **facts: Unpack[Facts]) -> None:
        """Nothing."""

    def __enter__(self) -> Span:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing."""


NO_TRACES = NoTraces()

# The traceparent of the request that is being answered, where its caller is followed and known to us.
# https://www.w3.org/TR/trace-context/#traceparent-header
caller: ContextVar[str | None] = ContextVar("caller", default=None)
