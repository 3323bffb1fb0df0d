"""What the use cases need from the world; each port is written once for real and once in `tests/fakes.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from bot.core.absence import Absence, Leave
from bot.core.audit import Entry
from bot.core.batch import Batch
from bot.core.filters import Filters
from bot.core.model import JSON, Approval, Card, Nudge, Person, Run
from bot.core.needed import Needed
from bot.core.outcome import Outcome
from bot.core.problem import Problem

# --- the graphs -----------------------------------------------------------------------------------


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


# --- the record -----------------------------------------------------------------------------------


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
class Home:
    """What one person's App Home shows; `links` are permalinks by approval id."""

    user: str
    waiting: Found
    asked: Found
    recent: tuple[Record, ...]
    links: Mapping[str, str]
    note: str | None = None  # a sentence of ours about the last press, as mrkdwn


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


class Store(Protocol):
    """The record of approvals and runs. Every method may raise StoreUnavailable."""

    async def now(self) -> float:
        """The store's clock, a moment ago at most: to write down, not to decide by."""
        ...

    async def read(self, approval_id: str) -> Record | None: ...

    async def read_many(self, approval_ids: Sequence[str]) -> tuple[Record, ...]:
        """The records that exist, in the order asked for."""
        ...

    async def create(
        self,
        approval: Approval,
        entries: Sequence[Entry],
        *,
        instead_of: str | None,
        lease: Lease | None = None,
    ) -> str:
        """Record a new approval once per interrupt; returns the id that holds.

        `instead_of` is the approval known for this interrupt so far (None: none). If another one is
        recorded meanwhile, nothing is written and that one's id is returned. Raises LeaseLost.
        """
        ...

    async def swap(
        self,
        before: Approval,
        after: Approval,
        entries: Sequence[Entry],
        *,
        not_after: float | None = None,
        not_before: float | None = None,
        lease: Lease | None = None,
    ) -> Swapped:
        """Replace `before` by `after` in one step: record, indexes, outbox and audit; or do nothing.

        A repeat of the same call after a lost reply answers DONE, not CONFLICT.
        """
        ...

    async def settle(
        self, changes: Sequence[Change], run: tuple[Run, Run] | None, *, lease: Lease
    ) -> Swapped:
        """Replace approvals and the run of the thread that is held, and give it back: all or nothing."""
        ...

    async def of_thread(self, thread_id: str) -> Mapping[str, str]:
        """interrupt id -> id of the newest approval for it."""
        ...

    async def card_at(self, channel: str, ts: str) -> str | None:
        """The approval shown by that message."""
        ...

    async def intend_card(self, approval_id: str) -> float:
        """Note that something is about to be sent, or may still arrive: it is looked for. Returns when."""
        ...

    async def save_card(
        self,
        approval_id: str,
        card: Card,
        *,
        seen: float = EVER,
        release: Lease | None = None,
        batch: str | None = None,
    ) -> None:
        """Note where the card is and what it shows; never goes back to an older version.

        An intention noted after `seen` stays: whoever saves this knew nothing of it. `release` is given back
        in the same step. The card of `batch`, which lists this approval, counts as behind from then on.
        Raises LeaseLost if another has had it meanwhile: then nothing is saved but an
        intention, so that somebody looks for what two of us may have sent.
        """
        ...

    async def create_batch(self, batch: Batch) -> bool:
        """Record a batch once; False where it was on record before."""
        ...

    async def read_batch(self, batch_id: str) -> BatchRecord | None: ...

    async def intend_batch(self, batch_id: str) -> float:
        """As `intend_card`, for the card of a batch."""
        ...

    async def save_batch(self, batch_id: str, card: Card, *, seen: float = EVER) -> None:
        """As `save_card`, for the card of a batch; `card.shown` is the version that was read."""
        ...

    async def pending(self, *, cursor: str | None = None, limit: int = 10) -> Page:
        """Pending approvals, oldest first."""
        ...

    async def search(
        self,
        *,
        state: str | None = None,
        graph: str | None = None,
        channel: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """Approvals newest first, filtered."""
        ...

    async def waiting(self, look: Look, *, cursor: str | None = None, limit: int = 10) -> Page:
        """Pending approvals that the look is for. ValueError: the cursor is not one of this kind of look."""
        ...

    async def places(self) -> frozenset[tuple[str, str]]:
        """The graph and channel of everything that is pending."""
        ...

    async def lately(self, person: str, *, limit: int) -> tuple[Record, ...]:
        """What this person decided, or asked for and got decided, newest decision first; at most twenty."""
        ...

    async def history(self, approval_id: str) -> tuple[Entry, ...]:
        """The audit entries of one approval, oldest first."""
        ...

    async def create_run(self, run: Run) -> Run:
        """Record a run once per thread id; returns the run that holds."""
        ...

    async def read_run(self, thread_id: str) -> Run | None: ...

    async def swap_run(
        self, before: Run, after: Run, *, lease: Lease | None = None, release: Lease | None = None
    ) -> Swapped:
        """The same for a run. `lease` is the thread's, and checked; `release` is given back if it is done."""
        ...

    async def leftovers(
        self, *, older_than: float, limit: int, waited: float = 60.0, few: int = 5, take: bool = True
    ) -> Leftovers:
        """Half-done work untouched for `older_than` seconds, at most `limit` of each kind, oldest first.

        What is handed out counts as touched: it comes again only `older_than` seconds later, so that
        several processes share the work. Only a deadline that passed, and a reminder or escalation that is
        due, are named until they are dealt with.
        Without `take` it is only looked at, and nothing changes.
        """
        ...

    def lease(self, thread_id: str) -> AbstractAsyncContextManager[Lease | None]:
        """Hold the thread, renewed while held. Yields None at once if somebody else holds it."""
        ...

    def thread(self, thread_id: str) -> AbstractAsyncContextManager[HeldThread | None]:
        """The same, with the run and its open approvals as they stand at that moment."""
        ...

    def card(self, approval_id: str) -> AbstractAsyncContextManager[HeldCard | None]:
        """Hold one card, so that a late update cannot overwrite a newer one, with its record."""
        ...

    def result(self, thread_id: str) -> AbstractAsyncContextManager[HeldThread | None]:
        """Hold the message that tells how a run ended, with the run; without its approvals."""
        ...

    def card_lease(self, approval_id: str) -> AbstractAsyncContextManager[Lease | None]:
        """Hold one card, without its record."""
        ...


# --- Slack, the queue, chance ---------------------------------------------------------------------


class ChannelClosed(Exception):
    """The bot cannot post there (not a member, archived, unknown); the message says what to do."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__(
            f"Cannot post to channel {channel} ({reason}): invite the bot there, e.g. /invite @approvals"
        )
        self.channel = channel
        self.reason = reason


class MessageGone(Exception):
    """The message to update was deleted."""


class SlackUnavailable(Exception):
    """Slack did not take the call (and says so, or did not answer); `retry_after` is in seconds."""

    def __init__(self, reason: str, *, retry_after: float = 1.0, sent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.sent = sent  # True: it may have been carried out, look before doing it again


class MessageRefused(Exception):
    """Slack refused the message itself (for example invalid_blocks): sending it again will not help."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to Slack; `key` makes it findable and its repeat recognisable."""

    text: str
    blocks: Sequence[Mapping[str, JSON]]
    key: str
    metadata: Mapping[str, JSON] | None = None


NOBODY: Mapping[str, Absence] = MappingProxyType({})


class Faces(Protocol):
    """Draws what people see; pure, written in `blocks/`."""

    def card(
        self,
        approval: Approval,
        *,
        previous: Approval | None,
        previous_link: str | None,
        next_link: str | None,
        now: float,
        away: Mapping[str, Absence] = NOBODY,
    ) -> Message:
        """The card as it should look now; without buttons unless the approval is pending.

        `away`: of those who may decide, who is not there, and until when.
        """
        ...

    def nudge(
        self,
        approval: Approval,
        nudge: Nudge,
        *,
        needed: Needed | None,
        away: Mapping[str, Absence],
        names: Mapping[str, str],
        link: str | None,
    ) -> Message:
        """A reminder, or what an escalation changed. `names` are those of the people who are away."""
        ...

    def batch(self, batch: Batch, records: Sequence[Record], links: Mapping[str, str]) -> Message:
        """The card that lists what a run asks at once; `links` are the cards' permalinks by approval id."""
        ...

    def shows_all(self, approval: Approval) -> bool:
        """True if nothing of the request is left out on its card."""
        ...

    def result(self, run: Run) -> Message:
        """What a run that is over says of itself."""
        ...

    def note(self, outcome: Outcome, user: str | None = None) -> str | None:
        """The private sentence to one person about one attempt; None where the card itself says enough."""
        ...

    def sentence(self, outcome: Outcome, user: str | None = None) -> str:
        """The same where there is no card to say it."""
        ...

    def home(self, shown: Home) -> Mapping[str, JSON]:
        """The view of one person's App Home."""
        ...

    def summary(self, told: Summary) -> Message:
        """What a channel is told once a day."""
        ...

    def waits(self, approval: Approval, link: str | None) -> str:
        """The direct message to the one person who may decide."""
        ...


class Messenger(Protocol):
    """Writes to Slack."""

    async def link(self, channel: str, ts: str) -> str | None:
        """The message's permalink; None where Slack cannot say."""
        ...

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> str:
        """Post and return the ts. Raises ChannelClosed, SlackUnavailable, MessageRefused."""
        ...

    async def find(
        self, channel: str, message: Message, *, since: float, thread_ts: str | None = None
    ) -> tuple[str, ...]:
        """The ts of every message of ours with this key, oldest first."""
        ...

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Raises MessageGone besides what `post` raises."""
        ...

    async def remove(self, channel: str, ts: str) -> None:
        """Take back a message of ours that stands twice. Raises as `post` does."""
        ...

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None:
        """A private sentence to one person; a direct message where they are not in the channel."""
        ...

    async def publish(self, user: str, view: Mapping[str, JSON]) -> None:
        """Show this App Home to one person. Raises SlackUnavailable, MessageRefused."""
        ...


class DirectoryUnavailable(Exception):
    """Slack cannot say now who somebody is: refuse rather than widen."""


class Directory(Protocol):
    """Who people are, cached for at most 60 seconds."""

    async def person(self, user_id: str) -> Person: ...

    async def is_member(self, channel: str, user_id: str) -> bool: ...

    async def group(self, group_id: str, *, fresh: bool = False) -> frozenset[str]:
        """The people of a user group; `fresh` asks Slack now, whatever is remembered."""
        ...

    async def by_email(self, email: str) -> str | None:
        """Whose address this is, asked now; None where it is nobody's."""
        ...


class Tickets(Protocol):
    """What a log-in must remember, for ten minutes. Every method may raise StoreUnavailable."""

    async def put(self, name: str, value: JSON) -> bool:
        """Keep it; False where something is kept under this name."""
        ...

    async def take(self, name: str) -> JSON:
        """Take it out, once; None where there is none."""
        ...


class Delegations(Protocol):
    """Who is away, and who stands in for whom. Times are those of the store's clock."""

    async def of(self, user: str, now: float) -> Mapping[str, Absence]:
        """The absences in which this person stands in now, by whose they are."""
        ...

    async def away(self, users: Collection[str], now: float) -> Mapping[str, Absence]:
        """Who of these is away now."""
        ...

    async def read(self, user: str) -> Leave:
        """What is on record of one person; an empty record where there is none."""
        ...

    async def swap(self, before: Leave, after: Leave, entries: Sequence[Entry]) -> Swapped:
        """Replace one person's record in one step, with its audit entries; or CONFLICT and nothing."""
        ...

    async def ended(self, limit: int) -> tuple[str, ...]:
        """Whose absence passed its end without anybody having noted it."""
        ...

    async def history(self, user: str) -> tuple[Entry, ...]:
        """The person's own audit trail, oldest first."""
        ...


class Queue(Protocol):
    """Durable tasks. A lost or doubled task must not matter: our record is the truth.

    `delay` (seconds) plans a later look and replaces the one that was planned; `if_idle` asks for a look
    only where none is planned: the reconciler must not undo a back-off.
    """

    async def advance(
        self, thread_id: str, *, why: str, delay: float = 0.0, if_idle: bool = False
    ) -> None: ...

    async def show(
        self, approval_id: str, *, version: int, delay: float = 0.0, if_idle: bool = False
    ) -> None: ...

    async def show_batch(self, batch_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None: ...

    async def expire(self, approval_id: str, *, at: float) -> None: ...

    async def nudge(self, approval_id: str, *, at: float) -> None:
        """Look for a due reminder or escalation at this time."""
        ...

    async def announce(self, thread_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None: ...

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None: ...

    async def home(self, user: str, *, note: str | None = None) -> None:
        """Draw this person's App Home; each note is shown, a Home without one is drawn once."""
        ...

    async def notify(self, approval_id: str, *, delay: float = 0.0) -> None:
        """Tell the one person who may decide, if there is just one."""
        ...


class Chance(Protocol):
    """New identifiers; a test hands in a predictable one."""

    def new_id(self) -> str:
        """An unguessable id of at least 128 bits, made of [A-Za-z0-9_-]."""
        ...

    def reference(self) -> str:
        """A short reference a person can read aloud."""
        ...


class Pace(Protocol):
    """Spreads posts over time, across every process that shares the store."""

    async def reserve(self, channel: str, turn: str) -> float:
        """Take the channel's next slot for this turn; returns how many seconds to wait for it (0: now).

        The same turn again, from any process, is the same slot.
        """
        ...


class Idempotency(Protocol):
    """Once per key: `idem:{scope}:{key}` remembers the request's fingerprint and the answer."""

    async def begin(self, scope: str, key: str, fingerprint: str) -> Begun:
        """Claim the key, or learn who has it."""
        ...

    async def finish(self, scope: str, key: str, result: JSON) -> None:
        """Store the answer that later callers get."""
        ...

    async def release(self, scope: str, key: str) -> None:
        """Give the key back after a failure that left nothing behind."""
        ...


class Claim(StrEnum):
    """What a caller learns of a key."""

    MINE = "mine"  # first caller: do the work, then `finish`
    RUNNING = "running"  # somebody else is at it
    DONE = "done"  # here is the stored answer
    MISMATCH = "mismatch"  # the same key was used for another request


@dataclass(frozen=True, slots=True)
class Begun:
    """The claim, and the stored answer where it is DONE."""

    claim: Claim
    result: JSON = None
