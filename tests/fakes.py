"""The record in memory: the same ports as `bot.store`, kept so simple that one can see they are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.core.audit import Entry
from bot.core.batch import Batch
from bot.core.lifecycle import ANSWERED, IN_WORK
from bot.core.model import JSON, Approval, Card, Run, RunState, State
from bot.core.nudges import due_at
from bot.ports import (
    AGES,
    EVER,
    AskedBy,
    BatchRecord,
    Begun,
    Census,
    Change,
    Claim,
    DueBy,
    HeldCard,
    HeldThread,
    InPlaces,
    Lease,
    LeaseLost,
    Leftovers,
    Look,
    Page,
    Record,
    Swapped,
)
from tests.fake_trails import FakeTrails

ACTIVE = (RunState.STARTING, RunState.RUNNING)
TO_TELL = (RunState.ENDED, RunState.FAILED, RunState.LOST)


@dataclass(slots=True)
class Clock:
    """The store's clock in a test: it stands still until the test turns it."""

    now: float = 1_800_000_000.0

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass(slots=True)
class FakeChance:
    """`ports.Chance` that counts."""

    count: int = 0

    def new_id(self) -> str:
        self.count += 1
        return f"id-{self.count:04d}"

    def reference(self) -> str:
        self.count += 1
        return f"R{self.count:04d}"


@dataclass(frozen=True, slots=True)
class FakeLease:
    """Held until it is released, or until the test breaks it."""

    thread_id: str
    token: str
    held: dict[str, str]
    name: str
    overran: bool = False

    def given_back(self) -> None:
        """The store has struck it off."""

    async def check(self) -> None:
        if self.held.get(self.name) != self.token:
            raise LeaseLost(f"the lease of {self.thread_id} was broken")


@dataclass(slots=True)
class FakeStore(FakeTrails):
    """`ports.Store`. Nothing awaits anything: each method is one step."""

    clock: Clock = field(default_factory=Clock)
    approvals: dict[str, Approval] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    messages: dict[tuple[str, str], str] = field(default_factory=dict)
    threads: dict[str, dict[str, str]] = field(default_factory=dict)
    trail: list[Entry] = field(default_factory=list)
    batches: dict[str, BatchRecord] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    recent: dict[str | None, list[str]] = field(default_factory=dict)  # person -> decided, oldest first
    held: dict[str, str] = field(default_factory=dict)  # leases: name -> token
    ran_out: set[str] = field(default_factory=set)  # those of them that may be taken over
    touched: dict[tuple[str, str], float] = field(default_factory=dict)  # (kind of leftover, id) -> when
    taken: int = 0

    async def now(self) -> float:
        return self.clock.now

    async def read(self, approval_id: str) -> Record | None:
        approval = self.approvals.get(approval_id)
        viewed_at = self.viewed.get(approval_id)
        return Record(approval, self.cards[approval_id], self.clock.now, viewed_at) if approval else None

    async def read_many(self, approval_ids: Sequence[str]) -> tuple[Record, ...]:
        records = [await self.read(approval_id) for approval_id in approval_ids]
        return tuple(record for record in records if record)

    async def create(
        self,
        approval: Approval,
        entries: Sequence[Entry],
        *,
        instead_of: str | None,
        lease: Lease | None = None,
    ) -> str:
        if lease is not None:
            await lease.check()
        known = self.threads.setdefault(approval.request.thread_id, {})
        held = known.get(approval.request.interrupt_id)
        if held is not None and held != instead_of:
            return held
        known[approval.request.interrupt_id] = approval.id
        self.approvals[approval.id] = approval
        self.cards[approval.id] = Card(approval.channel)
        self.trail.extend(entries)
        self._touch("unshown", [approval.id])
        return approval.id

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
        refused = self._refusal(self.approvals.get(before.id), before, after, lease)
        if refused is not None:
            return refused
        if not_after is not None and self.clock.now >= not_after:
            return Swapped.LATE
        if not_before is not None and self.clock.now < not_before:
            return Swapped.EARLY
        self.approvals[after.id] = after
        self.trail.extend(entries)
        if before.state is State.PENDING and after.state in (State.DECIDED, State.EXPIRED):
            for person in {*(vote.by for vote in after.votes), after.requester} - {None}:
                self.recent[person] = [*self.recent.get(person, []), after.id][-20:]
        known = self.threads[after.request.thread_id]
        if after.state in ANSWERED and known.get(after.request.interrupt_id) == after.id:
            del known[after.request.interrupt_id]
        self._touch("in_work", [after.id])
        self._touch("unshown", [after.id])
        return Swapped.DONE

    async def settle(
        self, changes: Sequence[Change], run: tuple[Run, Run] | None, *, lease: Lease
    ) -> Swapped:
        swaps: list[tuple[Approval | Run | None, Approval | Run, Approval | Run]] = [
            (self.approvals.get(one.before.id), one.before, one.after) for one in changes
        ]
        if run is not None:
            swaps.append((self.runs.get(run[0].thread_id), *run))
        for stored, before, after in swaps:
            refused = self._refusal(stored, before, after, lease)
            if refused is not None:
                return refused
        for one in changes:
            await self.swap(one.before, one.after, one.entries, lease=lease)
        if run is not None:
            await self.swap_run(*run, lease=lease)
        del self.held[lease.name]
        return Swapped.DONE

    async def of_thread(self, thread_id: str) -> Mapping[str, str]:
        return dict(self.threads.get(thread_id, {}))

    async def card_at(self, channel: str, ts: str) -> str | None:
        return self.messages.get((channel, ts))

    async def intend_card(self, approval_id: str) -> float:
        card = self.cards.get(approval_id)
        if card is None:
            return self.clock.now
        # No two at one moment: Redis counts microseconds.
        noted = max(self.clock.now, (card.intended_at or 0.0) + 1e-6)
        self.cards[approval_id] = replace(card, intended_at=noted)
        self._touch("unshown", [approval_id])
        return noted

    async def save_card(
        self,
        approval_id: str,
        card: Card,
        *,
        seen: float = EVER,
        release: Lease | None = None,
        batch: str | None = None,
    ) -> None:
        if release is not None:
            if self.held.get(release.name) != release.token:
                await self.intend_card(approval_id)
                raise LeaseLost(f"the card of {approval_id} was taken")
            del self.held[release.name]
        known = self.cards.get(approval_id)
        if known is None or card.shown < known.shown:
            return
        later = known.intended_at is not None and known.intended_at > seen
        self.cards[approval_id] = replace(card, intended_at=known.intended_at) if later else card
        if card.ts:
            self.messages[card.channel, card.ts] = approval_id
        if batch in self.batches:
            listed = self.batches[batch]
            self.batches[batch] = replace(listed, version=listed.version + 1)
            self._touch("batch", [batch])

    async def create_batch(self, batch: Batch) -> bool:
        if batch.id in self.batches:
            return False
        self.batches[batch.id] = BatchRecord(batch, Card(batch.channel), 0, self.clock.now)
        self._touch("batch", [batch.id])
        return True

    async def read_batch(self, batch_id: str) -> BatchRecord | None:
        known = self.batches.get(batch_id)
        return replace(known, now=self.clock.now) if known else None

    async def intend_batch(self, batch_id: str) -> float:
        known = self.batches.get(batch_id)
        if known is None:
            return self.clock.now
        noted = max(self.clock.now, (known.card.intended_at or 0.0) + 1e-6)
        self.batches[batch_id] = replace(known, card=replace(known.card, intended_at=noted))
        self._touch("batch", [batch_id])
        return noted

    async def save_batch(self, batch_id: str, card: Card, *, seen: float = EVER) -> None:
        known = self.batches.get(batch_id)
        if known is None or card.shown < known.card.shown:
            return
        begun = known.card.intended_at
        later = begun is not None and begun > seen
        self.batches[batch_id] = replace(known, card=replace(card, intended_at=begun if later else None))

    async def pending(self, *, cursor: str | None = None, limit: int = 10) -> Page:
        found = [one for one in self.approvals.values() if one.state is State.PENDING]
        return await self._page(found, cursor, limit)

    async def waiting(self, look: Look, *, cursor: str | None = None, limit: int = 10) -> Page:
        found = [one for one in self.approvals.values() if one.state is State.PENDING and looked(look, one)]
        if not isinstance(look, DueBy):
            return await self._page(found, cursor, limit, newest_first=look.newest)
        due = sorted((one.expires_at or 0.0, one.id) for one in found)
        if cursor is not None:
            deadline, _, approval_id = cursor.partition(" ")
            due = [place for place in due if place > (float(deadline), approval_id)]
        return await self._paged(due, limit, len(found))

    async def places(self) -> frozenset[tuple[str, str]]:
        pending = (one for one in self.approvals.values() if one.state is State.PENDING)
        return frozenset((one.request.graph, one.channel) for one in pending)

    async def lately(self, person: str, *, limit: int) -> tuple[Record, ...]:
        return await self.read_many(list(reversed(self.recent.get(person, [])))[:limit])

    async def search(
        self,
        *,
        state: str | None = None,
        graph: str | None = None,
        channel: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        found = [
            one
            for one in self.approvals.values()
            if state in (None, one.state)
            and graph in (None, one.request.graph)
            and channel in (None, one.channel)
        ]
        return await self._page(found, cursor, limit, newest_first=True)

    async def census(self) -> Census:
        pending, in_work = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        waits = [0.0]
        for one in self.approvals.values():
            if one.state is State.PENDING:
                waited = self.clock.now - one.asked_at
                age = next((name for name, begins in AGES if waited > begins), AGES[-1][0])
                pending[one.request.graph, age] += 1
            elif one.state in IN_WORK:
                in_work[one.request.graph, one.state] += 1
                waits.append(self.clock.now - self.touched["in_work", one.id])
        return Census(dict(pending), dict(in_work), max(waits))

    async def history(self, approval_id: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.trail if entry.approval_id == approval_id)

    async def create_run(self, run: Run) -> Run:
        if run.thread_id not in self.runs:
            self.runs[run.thread_id] = run
            self._touch("run", [run.thread_id])
        return self.runs[run.thread_id]

    async def read_run(self, thread_id: str) -> Run | None:
        return self.runs.get(thread_id)

    async def swap_run(
        self, before: Run, after: Run, *, lease: Lease | None = None, release: Lease | None = None
    ) -> Swapped:
        refused = self._refusal(self.runs.get(before.thread_id), before, after, lease)
        if refused is not None:
            return refused
        if release is not None and self.held.get(release.name) == release.token:
            del self.held[release.name]
        self.runs[after.thread_id] = after
        self._touch("run", [after.thread_id])
        return Swapped.DONE

    async def leftovers(
        self, *, older_than: float, limit: int, waited: float = 60.0, few: int = 5, take: bool = True
    ) -> Leftovers:
        approvals, runs, until = self.approvals.values(), self.runs.values(), self.clock.now - older_than
        in_work = (one.id for one in approvals if one.state in IN_WORK)
        unshown = (
            one.id
            for one in approvals
            if self.cards[one.id].shown < one.version or self.cards[one.id].intended_at is not None
        )
        overdue = sorted(
            (one.expires_at, one.id)
            for one in approvals
            if one.state is State.PENDING and one.expires_at is not None and one.expires_at <= until
        )
        behind = (
            one.batch.id
            for one in self.batches.values()
            if one.card.shown < one.version or one.card.intended_at is not None
        )
        nudges = sorted((due, one.id) for one in approvals if (due := due_at(one)) is not None)
        active = (run.thread_id for run in runs if run.state in ACTIVE)
        waiting = (run.thread_id for run in runs if run.state is RunState.WAITING)
        unannounced = (run.thread_id for run in runs if run.state in TO_TELL and run.announced is None)
        return Leftovers(
            tuple(
                (one, self.approvals[one].request.thread_id)
                for one in self._due("in_work", in_work, until, limit, take)
            ),
            self._due("unshown", unshown, until, limit, take),
            tuple(approval_id for _, approval_id in overdue[:limit]),
            self._due("run", active, until, limit, take),
            self._due("run", unannounced, until, limit, take),
            self._due("run", waiting, self.clock.now - waited, few, take),
            self._due("batch", behind, until, limit, take),
            tuple(one for due, one in nudges if due <= until)[:limit],
        )

    @asynccontextmanager
    async def thread(self, thread_id: str) -> AsyncIterator[HeldThread | None]:
        async with self.lease(thread_id) as lease:
            records = await self.read_many(tuple(self.threads.get(thread_id, {}).values()))
            yield HeldThread(lease, self.runs.get(thread_id), records) if lease is not None else None

    @asynccontextmanager
    async def card(self, approval_id: str) -> AsyncIterator[HeldCard | None]:
        async with self.card_lease(approval_id) as lease:
            yield HeldCard(lease, await self.read(approval_id)) if lease is not None else None

    @asynccontextmanager
    async def result(self, thread_id: str) -> AsyncIterator[HeldThread | None]:
        async with self.card_lease(f"result-{thread_id}") as lease:
            yield HeldThread(lease, self.runs.get(thread_id), ()) if lease is not None else None

    def lease(self, thread_id: str) -> AbstractAsyncContextManager[Lease | None]:
        return self._hold(f"thread:{thread_id}", thread_id)

    def card_lease(self, approval_id: str) -> AbstractAsyncContextManager[Lease | None]:
        return self._hold(f"card:{approval_id}", approval_id)

    def break_lease(self, thread_id: str) -> None:
        """Let the lease run out under its holder, as after a long pause."""
        self.held.pop(f"thread:{thread_id}", None)

    @asynccontextmanager
    async def _hold(self, name: str, thread_id: str) -> AsyncIterator[Lease | None]:
        overran = name in self.ran_out
        if name in self.held and not overran:
            yield None
            return
        self.ran_out.discard(name)
        self.taken += 1
        lease = FakeLease(thread_id, f"token-{self.taken}", self.held, name, overran)
        self.held[name] = lease.token
        try:
            yield lease
        finally:
            if self.held.get(name) == lease.token:
                del self.held[name]

    def _refusal(
        self,
        stored: Approval | Run | None,
        before: Approval | Run,
        after: Approval | Run,
        lease: Lease | None,
    ) -> Swapped | None:
        if after.version != before.version + 1:
            raise ValueError(f"version {after.version} cannot follow {before.version}")
        if lease is not None and self.held.get(f"thread:{lease.thread_id}") != lease.token:
            return Swapped.LEASE_LOST
        return None if stored is not None and stored.version == before.version else Swapped.CONFLICT

    async def _page(
        self, found: Sequence[Approval], cursor: str | None, limit: int, *, newest_first: bool = False
    ) -> Page:
        places = sorted(((one.asked_at, one.id) for one in found), reverse=newest_first)
        if cursor is not None:
            asked_at, _, approval_id = cursor.partition(" ")
            last = (float(asked_at), approval_id)
            places = [place for place in places if (place < last if newest_first else place > last)]
        return await self._paged(places, limit, len(found))

    async def _paged(self, places: Sequence[tuple[float, str]], limit: int, total: int) -> Page:
        page = places[:limit]
        marks = tuple("{} {}".format(*place) for place in page)
        records = await self.read_many([approval_id for _, approval_id in page])
        return Page(records, marks[-1] if len(places) > limit else None, total, marks)

    def _touch(self, kind: str, ids: Iterable[str]) -> None:
        self.touched |= {(kind, one): self.clock.now for one in ids}

    def _due(self, kind: str, ids: Iterable[str], until: float, limit: int, take: bool) -> tuple[str, ...]:
        """Those untouched since `until`, oldest first; taking them touches them."""
        ages = sorted((self.touched[kind, one], one) for one in ids)
        due = tuple(one for touched, one in ages if touched <= until)[:limit]
        if take:
            self._touch(kind, due)
        return due


def looked(look: Look, one: Approval) -> bool:
    """Whether a pending approval is what the look is for."""
    match look:
        case DueBy(moment):
            return one.expires_at is not None and one.expires_at <= moment
        case AskedBy(requester):
            fits = one.requester == requester
        case InPlaces(graph, channel, pairs):
            place = (one.request.graph, one.channel)
            fits = graph in (None, place[0]) and channel in (None, place[1])
            fits = fits and (pairs is None or place in pairs)
    return fits and (look.before is None or one.asked_at < look.before)


@dataclass(slots=True)
class FakePace:
    """`ports.Pace`: one slot per second and channel."""

    clock: Clock = field(default_factory=Clock)
    every: float = 1.0
    due: dict[str, float] = field(default_factory=dict)
    turns: dict[tuple[str, str], float] = field(default_factory=dict)

    async def reserve(self, channel: str, turn: str) -> float:
        if (channel, turn) in self.turns:
            return max(0.0, self.turns[channel, turn] - self.clock.now)
        slot = max(self.clock.now, self.due.get(channel, 0.0))
        self.due[channel] = slot + self.every
        self.turns[channel, turn] = slot
        return slot - self.clock.now


@dataclass(slots=True)
class FakeTickets:
    """`ports.Tickets`, gone after ten minutes."""

    clock: Clock = field(default_factory=Clock)
    kept: dict[str, tuple[JSON, float]] = field(default_factory=dict)

    async def put(self, name: str, value: JSON) -> bool:
        if name in self.kept and self.clock.now < self.kept[name][1]:
            return False
        self.kept[name] = (value, self.clock.now + 600.0)
        return True

    async def take(self, name: str) -> JSON:
        value, until = self.kept.pop(name, (None, 0.0))
        return value if self.clock.now < until else None


@dataclass(slots=True)
class FakeIdempotency:
    """`ports.Idempotency`; a claim that is never finished is free after `claim_for` seconds."""

    clock: Clock = field(default_factory=Clock)
    claim_for: float = 60.0
    claims: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)  # fingerprint, until
    results: dict[tuple[str, str], JSON] = field(default_factory=dict)

    async def begin(self, scope: str, key: str, fingerprint: str) -> Begun:
        known, until = self.claims.get((scope, key), (fingerprint, self.clock.now))
        if known != fingerprint:
            return Begun(Claim.MISMATCH)
        if (scope, key) in self.results:
            return Begun(Claim.DONE, self.results[scope, key])
        if self.clock.now < until:
            return Begun(Claim.RUNNING)
        self.claims[scope, key] = (fingerprint, self.clock.now + self.claim_for)
        return Begun(Claim.MINE)

    async def finish(self, scope: str, key: str, result: JSON) -> None:
        if (scope, key) in self.claims:
            self.results.setdefault((scope, key), result)

    async def release(self, scope: str, key: str) -> None:
        if (scope, key) not in self.results:
            self.claims.pop((scope, key), None)
