"""What the record holds and hands out: values, and the two ways it can fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.core.audit import Entry
from bot.core.batch import Batch
from bot.core.filters import Filters
from bot.core.model import Approval, Card, Run, Verdict
from bot.core.outcome import Outcome
from bot.core.problem import Problem


class StoreUnavailable(Problem):
    """The record cannot be read or written now: nothing was decided, say so and try again."""


class LeaseLost(Exception):
    """The thread's lease ran out under us: another worker may drive the thread, so stop at once."""


class Swapped(StrEnum):
    """What became of an attempt to change a record."""

    DONE = "done"
    CONFLICT = "conflict"  # somebody changed it since it was read: read again
    LATE = "late"  # the deadline passed, by the store's clock
    EARLY = "early"  # the deadline has not passed yet
    LEASE_LOST = "lease_lost"


@dataclass(frozen=True, slots=True)
class Record:
    """An approval as it stands, its card, and the store's clock at the moment of reading."""

    approval: Approval
    card: Card
    now: float
    viewed_at: float | None = None  # when somebody opened the whole request for the first time


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch, its card, and the store's clock. `version` grows whenever one of its approvals changed."""

    batch: Batch
    card: Card
    version: int
    now: float


class Lease(Protocol):
    """The right to drive one thread, for a limited time."""

    @property
    def thread_id(self) -> str: ...

    @property
    def token(self) -> str: ...

    @property
    def name(self) -> str:
        """What is held, as the store names it."""
        ...

    @property
    def overran(self) -> bool:
        """Whether another let it run out: who was killed, or is stopped and may still send something."""
        ...

    def given_back(self) -> None:
        """The store released it together with the last write that was made under it."""
        ...

    async def check(self) -> None:
        """Raise LeaseLost if another may hold it by now; costs nothing while that cannot be."""
        ...


# Asked before every write of a checkpoint: a process that was stopped while its lease ran out must not
# write when it wakes up. Set by whoever drives a thread, for the time it does.
write_guard: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("write_guard", default=None)


@dataclass(frozen=True, slots=True)
class HeldThread:
    """A thread that is ours to drive, and what was on record of it at the moment it was taken."""

    lease: Lease
    run: Run | None
    records: tuple[Record, ...]  # its approvals that are not over


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card that is ours to draw, and its record at the moment it was taken."""

    lease: Lease
    record: Record | None


@dataclass(frozen=True, slots=True)
class Change:
    """One approval's next version with the facts that made it."""

    before: Approval
    after: Approval
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `cursor` fetches the next one, None where there is none."""

    records: tuple[Record, ...]
    cursor: str | None
    total: int
    marks: tuple[str, ...] = ()  # beside each record, the cursor of a page that begins after it


@dataclass(frozen=True, slots=True)
class InPlaces:
    """Pending approvals of some graphs and channels, by when they were asked."""

    graph: str | None = None
    channel: str | None = None
    pairs: frozenset[tuple[str, str]] | None = None  # only these of (graph, channel)
    before: float | None = None  # only what was asked before this moment
    newest: bool = False  # newest first


@dataclass(frozen=True, slots=True)
class AskedBy:
    """Pending approvals that one person or service asked for, by when they were asked."""

    requester: str
    before: float | None = None
    newest: bool = False


@dataclass(frozen=True, slots=True)
class DueBy:
    """Pending approvals whose deadline comes no later than this moment, the most urgent first."""

    moment: float


@dataclass(frozen=True, slots=True)
class CardAt:
    """A message, as its link names it."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what somebody asked to see; `cursor` goes on after it, None: there is no more."""

    records: tuple[Record, ...]
    cursor: str | None
    total: int | None  # None: only a search of everything could tell
    filters: Filters = field(default_factory=Filters)
    searched: int | None = None  # the search stopped after looking at so many
    unsure: bool = False  # Slack did not tell everything: something may be missing


@dataclass(frozen=True, slots=True)
class Offered:
    """Which verdicts of one person would count now; `why` they cannot approve, None where they can."""

    verdicts: frozenset[Verdict] = frozenset()
    typed: bool = False  # Approve asks for something to be typed first
    risky: bool = True  # more than low, by the payload or by a rule
    why: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """What one person's App Home shows; `links` are permalinks by approval id, `offers` what they may press.

    What stands in no offer gets no button. `held` is what others must approve now.
    """

    user: str
    waiting: Found
    asked: Found
    recent: tuple[Record, ...]
    links: Mapping[str, str]
    note: str | None = None  # a sentence of ours about the last press, as mrkdwn
    offers: Mapping[str, Offered] = field(default_factory=dict)
    held: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a channel is told once a day."""

    channel: str
    day: str  # 2026-01-05, where the channel is
    total: int
    graphs: tuple[tuple[str, int], ...]  # how many of each graph, most first
    overdue: int
    soon: int  # due within a day
    oldest: tuple[Record, ...]
    links: Mapping[str, str]  # permalinks by approval id


# What the store can look up at once, however many approvals there are.
Look = InPlaces | AskedBy | DueBy


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What a crash may have left half done: work for the reconciler."""

    in_work: tuple[tuple[str, str], ...]  # (approval id, thread id): decided, not applied
    unshown: tuple[str, ...]  # approval ids whose card is behind
    overdue: tuple[str, ...]  # approval ids whose deadline passed
    active: tuple[str, ...]  # thread ids that should be moving
    unannounced: tuple[str, ...]  # thread ids whose result nobody was told
    waiting: tuple[str, ...] = ()  # thread ids that wait for people: a few at a time, for a look
    batches: tuple[str, ...] = ()  # batch ids whose card is behind
    nudges: tuple[str, ...] = ()  # approval ids whose reminder or escalation is due


# Later than every moment; infinity is no number in JSON, nor to every Lua.
EVER = 1e15
