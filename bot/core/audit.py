"""The audit trail: every fact is an entry, linked to the one before it and keyed, so that a change shows."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.absence import Leave
from bot.core.model import JSON, Approval
from bot.core.seals import REDACTED, About, at, fields_named, instead, keyed_hash, seal, without


@dataclass(frozen=True, slots=True)
class AuditRules:
    """What `[audit]` of approvals.toml says: whose values are not written, and for how long all is kept."""

    redact: frozenset[str] = frozenset()
    retention: float | None = None  # seconds after the end; None: the store's own


class Fact(StrEnum):
    """What can be said of an approval."""

    ASKED = "asked"
    SHOWN = "shown"  # its card was posted, or began to ask others
    VIEWED = "viewed"  # somebody opened the whole request
    VOTED = "voted"
    REFUSED = "refused"  # somebody tried and was not allowed
    COMMENTED = "commented"
    POLICY_CHANGED = "policy_changed"  # decided by other rules than it was asked under
    DECIDED = "decided"
    SENT = "sent"  # the answer is about to be given to the graph
    APPLIED = "applied"
    FAILED = "failed"
    RETRIED = "retried"  # an operator let the failed run go on once more
    EXPIRED = "expired"
    REMINDED = "reminded"
    ESCALATED = "escalated"  # others may answer from now on, as well or instead
    AWAY = "away"  # a person's own trail: away from now on, and who stands in
    BACK = "back"  # the absence was ended, or its time was over
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    REDACTED = "redacted"  # an operator took values out, of the record and of its trails


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. `seq` counts from 1 within the approval; `mac` covers everything above it and `prev`."""

    approval_id: str
    thread_id: str
    seq: int
    at: float
    fact: Fact
    by: str | None  # the person; None: the system itself
    data: Mapping[str, JSON]
    prev: str
    mac: str = ""
    redacted: tuple[tuple[str, str], ...] = ()  # place in `data` -> the seal of what stood there


def chained(
    approval: Approval,
    key: bytes,
    fact: Fact,
    *,
    at: float,
    by: str | None = None,
    data: Mapping[str, JSON] | None = None,
) -> tuple[Approval, Entry]:
    """The approval with its audit head moved on, and the entry that moved it."""
    entry = Entry(
        approval_id=approval.id,
        thread_id=approval.request.thread_id,
        seq=approval.audit_seq + 1,
        at=at,
        fact=fact,
        by=by,
        data=dict(data or {}),
        prev=approval.audit_head,
    )
    entry = replace(entry, mac=mac(entry, key))
    return replace(approval, audit_seq=entry.seq, audit_head=entry.mac), entry


def trailed(
    leave: Leave, key: bytes, fact: Fact, *, at: float, by: str | None, data: Mapping[str, JSON]
) -> tuple[Leave, Entry]:
    """The same for a person's own trail: `approval_id` says whose it is, and there is no thread."""
    entry = Entry(
        approval_id=f"leave:{leave.user}",
        thread_id="",
        seq=leave.audit_seq + 1,
        at=at,
        fact=fact,
        by=by,
        data=dict(data),
        prev=leave.audit_head,
    )
    entry = replace(entry, mac=mac(entry, key))
    return replace(leave, audit_seq=entry.seq, audit_head=entry.mac), entry


def mac(entry: Entry, key: bytes) -> str:
    """HMAC-SHA256 over every field of the entry but the mac itself; of `data` only its seal is covered."""
    fields: list[JSON] = [entry.approval_id, entry.thread_id, entry.seq, entry.at, entry.fact, entry.by]
    return keyed_hash(key, [*fields, seal(dict(entry.data), "", **_about(entry, key)), entry.prev])


def redact(entry: Entry, names: Collection[str], key: bytes) -> Entry:
    """The entry without the values of these fields, wherever they stand in it; its mac stays as it is.

    A value's place is taken by null and its seal is kept: the chain can still be verified, and the value
    cannot be guessed without the key.
    """
    if not names:
        return entry
    return taken_out(entry, dict(fields_named(dict(entry.data), names)), key)


def taken_out(entry: Entry, values: Mapping[str, JSON], key: bytes) -> Entry:
    """The same without the values at these places, none of which stands inside another."""
    about = _about(entry, key)
    found = {place: seal(value, place, **about) for place, value in values.items() if value is not None}
    if not found:
        return entry
    data = without(entry.data, found)
    return replace(entry, data=data, redacted=tuple(sorted({**dict(entry.redacted), **found}.items())))


def with_marks(entry: Entry) -> dict[str, JSON]:
    """The data as people read it: where a value was taken out, it says so."""
    return instead(entry.data, {place: REDACTED for place, _ in entry.redacted})


def _about(entry: Entry, key: bytes) -> About:
    return {"key": key, "where": (entry.approval_id, entry.seq), "known": dict(entry.redacted)}


def faults(
    entries: Iterable[Entry], key: bytes, *, head: str | None = None, name: str | None = None
) -> list[str]:
    """Every break in one trail's chain, named; empty when it is whole.

    `head` is the mac the record itself remembers: it shows entries missing at the end. `name` is whose trail
    it must be: it shows one that was put in the place of another.
    """
    found: list[str] = []
    prev, seq = "", 0
    for entry in entries:
        seq += 1
        if name not in (None, entry.approval_id):
            found.append(f"entry {entry.seq} belongs to another trail, {entry.approval_id}")
        if entry.seq != seq:
            found.append(f"{entry.approval_id}: entry {seq} is missing or out of order (found {entry.seq})")
            seq = entry.seq
        if entry.prev != prev:
            found.append(f"{entry.approval_id}: entry {entry.seq} does not follow the one before it")
        if not hmac.compare_digest(entry.mac, mac(entry, key)):
            found.append(f"{entry.approval_id}: entry {entry.seq} was changed")
        elif any(at(dict(entry.data), place) is not None for place, _ in entry.redacted):
            found.append(f"{entry.approval_id}: entry {entry.seq} was changed where it is redacted")
        prev = entry.mac
    if head is not None and prev != head:
        found.append(
            f"the last entries are missing: the record ends with {head[:12]}, the trail with {prev[:12]}"
        )
    return found
