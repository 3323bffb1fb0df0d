"""Every Redis key of the product: who builds it, what it holds, how long it lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote

PREFIX = "approvals:"

DAY = 86_400.0
RETENTION = 90 * DAY  # after its end an approval can still be read for this long
GRACE = DAY  # an ended record outlives its retention by this, so that `forget.lua` still finds it
LEASE = 30.0
CLAIM = 60.0
TURN = 60.0  # a message may come this late to its turn
ANSWER = 7 * DAY
TICKET = 600.0  # a log-in, from the link to the vote


class Kind(StrEnum):
    """What a key holds."""

    APPROVAL = "approval"  # hash: request (packed), life, version, stamp, card, shown, intended, viewed
    HISTORY = "history"  # list: the stream ids of one approval's audit entries
    THREAD = "thread"  # hash: interrupt id -> id of the newest approval for it
    BATCH = "batch"  # hash: batch, version, card, shown, intended
    RUN = "run"  # hash: request (packed), life, version, stamp
    MESSAGE = "message"  # string: the approval shown by a message
    LEASE = "lease"  # string: the token of whoever drives a thread or draws a card
    TURN = "turn"  # string: when one message may be posted, in microseconds
    PACE = "pace"  # string: when the channel's next post is due, in microseconds
    IDEMPOTENCY = "idem"  # hash: fingerprint, claim, until, result
    TICKET = "ticket"  # string: a log-in on our own page, or that a link was used
    SHELF = "shelf"  # zset in lexical order: the places of approvals of one state, graph and channel
    ASKED = "asked"  # zset in lexical order: the places of one requester's pending approvals
    RECENT = "recent"  # zset: what one person decided or got decided, by when; the newest few
    SHELVES = "shelves"  # set: the names of the shelves that are not empty
    AUDIT = "audit"  # stream: every audit entry of every approval
    IN_WORK = "in_work"  # zset: decided, not applied; by the time of the last change
    UNSHOWN = "unshown"  # zset: the card is behind; by the time of the last change
    BEHIND = "behind"  # zset: batches whose card is behind; by the time of the last change
    DEADLINES = "deadlines"  # zset: pending approvals by the time they expire
    LEAVE = "leave"  # hash: life, version, stamp: whether one person is away, and who stands in
    LEAVE_HISTORY = "leave_history"  # list: the person's own audit entries
    BESIDE = "beside"  # hash: head, marks: the trail of what was tried at one approval, or looked at
    BESIDE_ENTRIES = "beside_entries"  # list: its audit entries
    DOOR = "door"  # hash: the same for gestures of one day that belong to no approval
    DOOR_ENTRIES = "door_entries"  # list: its audit entries
    STAND_IN = "stand_in"  # zset: for whom one person stands in, by the end
    LEAVE_ENDS = "leave_ends"  # zset: who is away, by the end
    NUDGES = "nudges"  # zset: pending approvals by the time of their next reminder or escalation
    ENDED = "ended"  # zset: what `forget.lua` will delete, by the time it ended
    ACTIVE = "active"  # zset: runs that should be moving, by the time they were last looked at
    WAITING = "waiting"  # zset: runs that wait for people, by the time they were last looked at
    UNANNOUNCED = "unannounced"  # zset: runs that are over and nobody was told


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long keys of a kind live: `seconds` from their last write, or None with the reason."""

    seconds: float | None
    reason: str
    from_end: bool = False  # the time counts from the end of what the key describes; until then it stays


_INDEX = Lifetime(None, "an index: its members leave when what they name moves on, and it goes with the last")

LIFETIMES: Mapping[Kind, Lifetime] = MappingProxyType(
    {
        Kind.APPROVAL: Lifetime(RETENTION + GRACE, "kept for questions asked later", from_end=True),
        Kind.HISTORY: Lifetime(RETENTION + GRACE, "goes with its approval", from_end=True),
        Kind.THREAD: Lifetime(RETENTION, "goes with its run", from_end=True),
        Kind.BATCH: Lifetime(RETENTION, "a list for the time people look at it; each approval stands alone"),
        Kind.RUN: Lifetime(RETENTION, "kept until its result is told, then for questions", from_end=True),
        Kind.MESSAGE: Lifetime(RETENTION, "replies in a card's thread matter while people remember it"),
        Kind.LEASE: Lifetime(
            6 * LEASE, "names its end; the key stays to tell a slow holder that nobody came"
        ),
        Kind.TURN: Lifetime(DAY, "goes soon after the message could be posted"),
        Kind.PACE: Lifetime(DAY, "goes as soon as its last slot has passed"),
        Kind.IDEMPOTENCY: Lifetime(ANSWER, "longer than any caller repeats a request"),
        Kind.TICKET: Lifetime(TICKET, "a log-in that takes longer begins again"),
        Kind.SHELF: _INDEX,
        Kind.ASKED: _INDEX,
        Kind.RECENT: Lifetime(RETENTION, "what it names is forgotten after this, too"),
        Kind.SHELVES: _INDEX,
        Kind.AUDIT: Lifetime(None, "`forget.lua` deletes the entries of each approval together with it"),
        Kind.IN_WORK: _INDEX,
        Kind.UNSHOWN: _INDEX,
        Kind.BEHIND: _INDEX,
        Kind.DEADLINES: _INDEX,
        Kind.NUDGES: _INDEX,
        Kind.LEAVE: Lifetime(None, "remembers the end of the person's audit trail"),
        Kind.LEAVE_HISTORY: Lifetime(None, "a few entries for each absence of one person"),
        Kind.BESIDE: Lifetime(RETENTION + GRACE, "goes with its approval", from_end=True),
        Kind.BESIDE_ENTRIES: Lifetime(RETENTION + GRACE, "goes with its approval", from_end=True),
        Kind.DOOR: Lifetime(RETENTION, "a day's gestures matter as long as those at approvals"),
        Kind.DOOR_ENTRIES: Lifetime(RETENTION, "goes with its day"),
        Kind.STAND_IN: _INDEX,
        Kind.LEAVE_ENDS: _INDEX,
        Kind.ENDED: _INDEX,
        Kind.ACTIVE: _INDEX,
        Kind.WAITING: _INDEX,
        Kind.UNANNOUNCED: _INDEX,
    }
)

SHELVES = PREFIX + Kind.SHELVES
AUDIT = PREFIX + Kind.AUDIT
IN_WORK = PREFIX + Kind.IN_WORK
UNSHOWN = PREFIX + Kind.UNSHOWN
BEHIND = PREFIX + Kind.BEHIND
DEADLINES = PREFIX + Kind.DEADLINES
NUDGES = PREFIX + Kind.NUDGES
ENDED = PREFIX + Kind.ENDED
ACTIVE = PREFIX + Kind.ACTIVE
WAITING = PREFIX + Kind.WAITING
UNANNOUNCED = PREFIX + Kind.UNANNOUNCED


def approval(approval_id: str) -> str:
    return f"{PREFIX}{Kind.APPROVAL}:{approval_id}"


def history(approval_id: str) -> str:
    return f"{PREFIX}{Kind.HISTORY}:{approval_id}"


def thread(thread_id: str) -> str:
    return f"{PREFIX}{Kind.THREAD}:{thread_id}"


def batch(batch_id: str) -> str:
    return f"{PREFIX}{Kind.BATCH}:{batch_id}"


def run(thread_id: str) -> str:
    return f"{PREFIX}{Kind.RUN}:{thread_id}"


def message(channel: str, ts: str) -> str:
    return f"{PREFIX}{Kind.MESSAGE}:{channel}:{ts}"


def thread_lease(thread_id: str) -> str:
    return f"{PREFIX}{Kind.LEASE}:thread:{thread_id}"


def card_lease(approval_id: str) -> str:
    return f"{PREFIX}{Kind.LEASE}:card:{approval_id}"


def pace(channel: str) -> str:
    return f"{PREFIX}{Kind.PACE}:{channel}"


def turn(channel: str, message: str) -> str:
    return f"{PREFIX}{Kind.TURN}:{channel}:{message}"


def idempotency(scope: str, key: str) -> str:
    """`idem:{scope}:{key}`, without our prefix: graphs may use the same keys for their side effects."""
    return f"{Kind.IDEMPOTENCY}:{scope}:{key}"


def leave(team: str, user: str) -> str:
    return f"{PREFIX}{Kind.LEAVE}:{team}:{user}"


def leave_history(team: str, user: str) -> str:
    return f"{PREFIX}{Kind.LEAVE_HISTORY}:{team}:{user}"


def stand_in(team: str, user: str) -> str:
    return f"{PREFIX}{Kind.STAND_IN}:{team}:{user}"


def leave_ends(team: str) -> str:
    return f"{PREFIX}{Kind.LEAVE_ENDS}:{team}"


def trail(name: str) -> str:
    """A trail beside the record; its name begins with its kind."""
    return f"{PREFIX}{name}"


def trail_entries(name: str) -> str:
    kind, _, rest = name.partition(":")
    return f"{PREFIX}{kind}_entries:{rest}"


def owner(name: str) -> str | None:
    """The approval that a trail belongs to; None: it belongs to none."""
    kind, _, rest = name.partition(":")
    return approval(rest) if kind == Kind.BESIDE else None


def ticket(name: str) -> str:
    return f"{PREFIX}{Kind.TICKET}:{name}"


def shelf(name: str) -> str:
    return f"{PREFIX}{Kind.SHELF}:{name}"


def quoted(part: str) -> str:
    """Somebody's text as a part of a key or of a shelf's name."""
    return quote(part, safe="")


def asked(requester: str) -> str:
    return f"{PREFIX}{Kind.ASKED}:{quoted(requester)}"


def recent(person: str) -> str:
    return f"{PREFIX}{Kind.RECENT}:{quoted(person)}"


def shelf_name(state: str, graph: str, channel: str) -> str:
    """The three parts, escaped, so that `|` can only be the separator."""
    return "|".join(quote(part, safe="") for part in (state, graph, channel))


def place(asked_at: float, approval_id: str) -> str:
    """Where an approval stands on its shelf: text that sorts by time, then by id, and never changes."""
    return f"{asked_at:017.6f}:{approval_id}"


def kind_of(key: str) -> Kind | None:
    """What a key of ours holds; None for a key that this table does not know."""
    head, _, rest = key.removeprefix(PREFIX).partition(":")
    kind = next((kind for kind in Kind if kind == head), None)
    ours = key.startswith(PREFIX) != (kind is Kind.IDEMPOTENCY)
    return kind if kind and ours and bool(rest) == (kind in _NAMED) else None


_NAMED = frozenset(
    {
        Kind.APPROVAL,
        Kind.HISTORY,
        Kind.THREAD,
        Kind.BATCH,
        Kind.RUN,
        Kind.MESSAGE,
        Kind.LEASE,
        Kind.PACE,
        Kind.TURN,
        Kind.IDEMPOTENCY,
        Kind.TICKET,
        Kind.SHELF,
        Kind.LEAVE,
        Kind.LEAVE_HISTORY,
        Kind.BESIDE,
        Kind.BESIDE_ENTRIES,
        Kind.DOOR,
        Kind.DOOR_ENTRIES,
        Kind.STAND_IN,
        Kind.LEAVE_ENDS,
        Kind.ASKED,
        Kind.RECENT,
    }
)
