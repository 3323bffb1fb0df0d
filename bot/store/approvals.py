"""The record of approvals and runs in Redis; the one class that implements `ports.Store`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from redis.asyncio import Redis

from bot.core.audit import Entry
from bot.core.beside import beside
from bot.core.lifecycle import ANSWERED, ENDS, IN_WORK
from bot.core.model import JSON, Approval, Run, State
from bot.core.nudges import due_at
from bot.ports import Change, HeldCard, HeldThread, Lease, LeaseLost, Swapped
from bot.store import keys
from bot.store.batches import Batches
from bot.store.cards import Cards
from bot.store.census import Counted
from bot.store.codec import dump_entry, dump_fixed, dump_life, to_text
from bot.store.every import EveryTrail
from bot.store.lease import hold
from bot.store.records import to_record
from bot.store.redacting import Redacting
from bot.store.runs import RUN_INDEXES, Runs, to_run
from bot.store.scripts import Server, Words, guard, said, spoken
from bot.store.waiting import RECENT, Waiting, concerned


class RedisStore(Batches, Cards, Counted, EveryTrail, Redacting, Waiting, Runs):
    """`ports.Store` on one Redis (a primary, not a cluster).

    `retention` is how many seconds an approval and its history stay readable after its end, and a run
    after its result was told; `lease_ttl` is how many seconds a dead worker's thread stays locked.
    `redact` takes out of an audit entry what must not be written.
    """

    def __init__(
        self,
        client: Redis,
        *,
        retention: float = keys.RETENTION,
        lease_ttl: float = keys.LEASE,
        redact: Callable[[Entry], Entry] = lambda entry: entry,
    ) -> None:
        super().__init__(Server(client), retention=retention)
        self._lease_ttl = lease_ttl
        self._redact = redact

    async def create(
        self,
        approval: Approval,
        entries: Sequence[Entry],
        *,
        instead_of: str | None,
        lease: Lease | None = None,
    ) -> str:
        """Record a new approval once per interrupt; see `ports.Store.create`."""
        request = approval.request
        call = said(
            id=approval.id,
            place=keys.place(approval.asked_at, approval.id),
            interrupt=request.interrupt_id,
            instead_of=instead_of,
            version=str(approval.version),
            expires_at=_deadline(approval),
            nudge_at=_nudge(approval),
            shelf=_shelf(approval),
            shelf_prefix=keys.shelf(""),
            asked=keys.asked(approval.requester) if approval.requester else None,
            token=lease.token if lease else None,
        )
        held = await self._server.run(
            "create",
            [
                keys.thread(request.thread_id),
                *_own(approval),
                *_CREATE_INDEXES,
                keys.thread_lease(request.thread_id),
            ],
            [call, dump_fixed(approval), dump_life(approval), *self._written(entries)],
        )
        if not held:
            raise LeaseLost(request.thread_id)
        return to_text(held)

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
        """Replace `before` by `after` in one step, or do nothing; see `ports.Store.swap`."""
        thread_id = after.request.thread_id
        call = said(
            **self._call(before, after, lease),
            not_after=not_after,
            not_before=not_before,
        )
        word = await self._server.run(
            "swap",
            [*_own(after), keys.thread_lease(thread_id), keys.thread(thread_id), *_SWAP_INDEXES],
            [call, dump_life(after), *self._written(entries)],
        )
        return Swapped(to_text(word))

    def _written(self, entries: Sequence[Entry]) -> list[bytes]:
        return [dump_entry(self._cut(entry)) for entry in entries]

    def _cut(self, entry: Entry) -> Entry:
        return self._redact(entry)

    async def settle(
        self, changes: Sequence[Change], run: tuple[Run, Run] | None, *, lease: Lease
    ) -> Swapped:
        """Write the end of a pass in one step, and give the thread back; see `ports.Store.settle`."""
        call: Words = {"token": lease.token}
        words, records = list[bytes](), list[str]()
        calls: list[JSON] = []
        for one in changes:
            entries = self._written(one.entries)
            calls.append(spoken({**self._call(one.before, one.after, lease), "entries": len(entries)}))
            records += _own(one.after)
            words += [dump_life(one.after), *entries]
        if run is not None:
            call["run"] = spoken(self._run_call(*run, lease))
            words.append(dump_life(run[1]))
        thread_id = lease.thread_id
        indexes = [*RUN_INDEXES, keys.thread(thread_id), *_SWAP_INDEXES]
        word = await self._server.run(
            "settle",
            [keys.thread_lease(thread_id), keys.run(thread_id), *indexes, *records],
            [said(**call, approvals=calls), *words],
        )
        swapped = Swapped(to_text(word))
        if swapped is Swapped.DONE:
            lease.given_back()
        return swapped

    def _call(self, before: Approval, after: Approval, lease: Lease | None) -> Words:
        leaves = before.state is State.PENDING and after.state is not State.PENDING
        return {
            "id": after.id,
            "thread": after.request.thread_id,
            "place": keys.place(after.asked_at, after.id),
            **guard(before, after, lease),
            "expires_at": _deadline(after),
            "nudge_at": _nudge(after),
            "in_work": after.state in IN_WORK,
            "ended": after.state in ENDS,
            "answered": after.request.interrupt_id if after.state in ANSWERED else None,
            "shelf_before": _shelf(before),
            "shelf": _shelf(after),
            "shelf_prefix": keys.shelf(""),
            "keep_for": self._retention + round(keys.GRACE),
            "asked": keys.asked(after.requester) if leaves and after.requester else None,
            "recent": [keys.recent(person) for person in concerned(after)] if leaves else [],
            "beside": [*_beside(after)] if after.state in ENDS else [],
            "recent_most": RECENT,
            "recent_for": round(keys.RETENTION),
        }

    async def of_thread(self, thread_id: str) -> Mapping[str, str]:
        """interrupt id -> id of the newest approval for it."""
        (found,) = await self._server.read(("HGETALL", keys.thread(thread_id)))
        return {to_text(interrupt): to_text(approval_id) for interrupt, approval_id in found.items()}

    @asynccontextmanager
    async def thread(self, thread_id: str) -> AsyncIterator[HeldThread | None]:
        """Hold the thread, with what is on record of it; see `ports.Store.thread`."""
        listed = (keys.thread(thread_id), keys.approval(""))
        key = keys.thread_lease(thread_id)
        async with hold(
            self._server, key, thread_id, keys.run(thread_id), ttl=self._lease_ttl, listed=listed
        ) as lease:
            if lease is None:
                yield None
                return
            run, *approvals = lease.found
            records = tuple(to_record(data, lease.taken_at) for data in approvals if data)
            yield HeldThread(lease, to_run(run), records)

    @asynccontextmanager
    async def card(self, approval_id: str) -> AsyncIterator[HeldCard | None]:
        """Hold the card, with its record; see `ports.Store.card`."""
        key, record = keys.card_lease(approval_id), keys.approval(approval_id)
        async with hold(self._server, key, approval_id, record, ttl=self._lease_ttl) as lease:
            if lease is None:
                yield None
                return
            (data,) = lease.found
            yield HeldCard(lease, to_record(data, lease.taken_at) if data else None)

    @asynccontextmanager
    async def result(self, thread_id: str) -> AsyncIterator[HeldThread | None]:
        """Hold the message that tells how a run ended; see `ports.Store.result`."""
        key = keys.card_lease(f"result-{thread_id}")
        async with hold(self._server, key, thread_id, keys.run(thread_id), ttl=self._lease_ttl) as lease:
            if lease is None:
                yield None
                return
            (data,) = lease.found
            yield HeldThread(lease, to_run(data), ())

    def lease(self, thread_id: str) -> AbstractAsyncContextManager[Lease | None]:
        """Hold the thread, renewed while held. Yields None at once if somebody else holds it."""
        return hold(self._server, keys.thread_lease(thread_id), thread_id, ttl=self._lease_ttl)

    def card_lease(self, approval_id: str) -> AbstractAsyncContextManager[Lease | None]:
        """The same for one card."""
        return hold(self._server, keys.card_lease(approval_id), approval_id, ttl=self._lease_ttl)


_CREATE_INDEXES = (keys.AUDIT, keys.UNSHOWN, keys.DEADLINES, keys.SHELVES, keys.NUDGES)
_SWAP_INDEXES = (
    *(keys.AUDIT, keys.IN_WORK, keys.UNSHOWN, keys.DEADLINES, keys.ENDED, keys.SHELVES),
    keys.NUDGES,
)


def _own(approval: Approval) -> tuple[str, str]:
    return keys.approval(approval.id), keys.history(approval.id)


def _beside(approval: Approval) -> tuple[str, str]:
    name = beside(approval.id)
    return keys.trail(name), keys.trail_entries(name)


def _deadline(approval: Approval) -> str | None:
    """Exact as text; only a pending approval has one to watch."""
    pending = approval.state is State.PENDING and approval.expires_at is not None
    return repr(approval.expires_at) if pending else None


def _nudge(approval: Approval) -> str | None:
    due = due_at(approval)
    return None if due is None else repr(due)


def _shelf(approval: Approval) -> str:
    return keys.shelf_name(approval.state, approval.request.graph, approval.channel)
