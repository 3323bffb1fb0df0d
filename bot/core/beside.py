"""Trails beside the record: what was tried or looked at and changed nothing, each bounded in size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from bot.core.audit import Entry, Fact, mac
from bot.core.model import JSON, Approval, Click
from bot.core.policy import USER_ID

# Seconds between two entries that say the same of the same person; what comes in between is counted. Each
# entry doubles the wait, so that somebody who presses all day long makes a handful of entries.
FIRST_WAIT = 60.0
LONGEST_WAIT = 86_400.0

NEVER = 1e15  # what is written once for ever

# Entries of one fact in one trail; the rest is only counted.
MOST: Mapping[Fact, int] = {Fact.REFUSED: 300, Fact.SHOWN: 100, Fact.VIEWED: 200}

WORD = 60  # characters kept of an id that came from outside


class Noted(StrEnum):
    """What became of an attempt to write beside the record."""

    DONE = "done"
    COUNTED = "counted"  # the same was written a while ago, or the trail is full
    CONFLICT = "conflict"  # somebody else wrote meanwhile: read again
    GONE = "gone"  # there is no such approval


@dataclass(frozen=True, slots=True)
class Note:
    """A fact to be written beside the record. `mark` says what counts as the same again."""

    fact: Fact
    by: str | None
    mark: str
    data: Mapping[str, JSON] = field(default_factory=dict)
    once: bool = False


@dataclass(frozen=True, slots=True)
class Stand:
    """How far such a trail is, and what it holds of one mark, by the store's clock `now`."""

    name: str
    now: float
    seq: int = 0
    head: str = ""
    written: int = 0
    until: float = 0.0  # until then the mark is only counted
    more: int = 0  # how often it was, since its last entry


@dataclass(frozen=True, slots=True)
class Trail:
    """Entries that belong together. `head` is the mac that the record remembers of the last one."""

    name: str
    entries: tuple[Entry, ...]
    head: str
    uncounted: int = 0  # how many facts found the trail full


def beside(approval_id: str) -> str:
    """The name of the trail beside one approval."""
    return f"beside:{approval_id}"


def door(team: str, at: float) -> str:
    """The name of a workspace's trail for gestures that belong to no approval: one for each day."""
    return f"door:{team}:{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def written(stand: Stand, note: Note, key: bytes, *, thread_id: str = "") -> Entry:
    """The entry that a note becomes where the trail stands so."""
    data = {**note.data, "left_out": stand.more} if stand.more else dict(note.data)
    entry = Entry(
        approval_id=stand.name,
        thread_id=thread_id,
        seq=stand.seq + 1,
        at=stand.now,
        fact=note.fact,
        by=note.by,
        data=data,
        prev=stand.head,
    )
    return replace(entry, mac=mac(entry, key))


def wait(stand: Stand, note: Note) -> float:
    """From now on the same is only counted, for so many seconds."""
    return NEVER if note.once else min(FIRST_WAIT * 2.0 ** min(stand.written, 30), LONGEST_WAIT)


def refusal(click: Click, why: str, tried: str | None = None) -> Note:
    """Somebody tried and was not allowed: the person, and apart from them the system that acted for them."""
    person = click.user if USER_ID.fullmatch(click.user) else None
    data: dict[str, JSON] = {"why": why, "verdict": tried or click.verdict, "source": click.source}
    data |= {"app": _word(click.app), "team": _word(click.team), "user_team": _word(click.user_team)}
    if person is None:
        data["user"] = _word(click.user)
    return Note(Fact.REFUSED, person, f"refused {why} {_word(click.user)}", data)


def _word(said: str | None) -> str | None:
    return None if said is None else said[:WORD]


def viewing(user: str, approval: Approval, at: float) -> Note:
    """Somebody opened the whole request for the first time; `after` is how long it had waited by then."""
    return Note(Fact.VIEWED, user, f"viewed {user}", {"after": max(0.0, at - approval.asked_at)}, once=True)
