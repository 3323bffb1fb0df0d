"""The record of approvals and runs in Redis; the one class that implements `ports.Store`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from redis.asyncio import Redis

from bot.core.audit import Entry
from bot.core.lifecycle import ANSWERED, ENDS, IN_WORK
from bot.core.model import Approval, State
from bot.ports import Lease, Swapped
from bot.store import keys
from bot.store.cards import Cards
from bot.store.codec import dump, dump_fixed, dump_life, to_text
from bot.store.lease import hold
from bot.store.runs import Runs
from bot.store.scripts import Server, guard, said
from bot.store.waiting import RECENT, Waiting, concerned


class RedisStore(Cards, Waiting, Runs):
    """`ports.Store` on one Redis (a primary, not a cluster).

    `retention` is how many seconds an approval and its history stay readable after its end, and a run
    after its result was told; `lease_ttl` is how many seconds a dead worker's thread stays locked.
    """

    def __init__(
        self, client: Redis, *, retention: float = keys.RETENTION, lease_ttl: float = keys.LEASE
    ) -> None:
        super().__init__(Server(client), retention=retention)
        self._lease_ttl = lease_ttl

    async def create(self, approval: Approval, entries: Sequence[Entry], *, instead_of: str | None) -> str:
        """Record a new approval once per interrupt; see `ports.Store.create`."""
        request = approval.request
        call = said(
            id=approval.id,
            place=keys.place(approval.asked_at, approval.id),
            interrupt=request.interrupt_id,
            instead_of=instead_of,
            version=str(approval.version),
            expires_at=_deadline(approval),
            shelf=_shelf(approval),
            shelf_prefix=keys.shelf(""),
            asked=keys.asked(approval.requester) if approval.requester else None,
        )
        held = await self._server.run(
            "create",
            [keys.thread(request.thread_id), *_own(approval), *_CREATE_INDEXES],
            [call, dump_fixed(approval), dump_life(approval), *map(dump, entries)],
        )
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
        leaves = before.state is State.PENDING and after.state is not State.PENDING
        call = said(
            id=after.id,
            thread=thread_id,
            place=keys.place(after.asked_at, after.id),
            **guard(before, after, lease),
            not_after=not_after,
            not_before=not_before,
            expires_at=_deadline(after),
            in_work=after.state in IN_WORK,
            ended=after.state in ENDS,
            answered=after.request.interrupt_id if after.state in ANSWERED else None,
            shelf_before=_shelf(before),
            shelf=_shelf(after),
            shelf_prefix=keys.shelf(""),
            keep_for=self._retention + round(keys.GRACE),
            asked=keys.asked(after.requester) if leaves and after.requester else None,
            recent=[keys.recent(person) for person in concerned(after)] if leaves else [],
            recent_most=RECENT,
            recent_for=round(keys.RETENTION),
        )
        word = await self._server.run(
            "swap",
            [*_own(after), keys.thread_lease(thread_id), keys.thread(thread_id), *_SWAP_INDEXES],
            [call, dump_life(after), *map(dump, entries)],
        )
        return Swapped(to_text(word))

    async def of_thread(self, thread_id: str) -> Mapping[str, str]:
        """interrupt id -> id of the newest approval for it."""
        (found,) = await self._server.read(("HGETALL", keys.thread(thread_id)))
        return {to_text(interrupt): to_text(approval_id) for interrupt, approval_id in found.items()}

    def lease(self, thread_id: str) -> AbstractAsyncContextManager[Lease | None]:
        """Hold the thread, renewed while held. Yields None at once if somebody else holds it."""
        return hold(self._server, keys.thread_lease(thread_id), thread_id, ttl=self._lease_ttl)

    def card_lease(self, approval_id: str) -> AbstractAsyncContextManager[Lease | None]:
        """The same for one card."""
        return hold(self._server, keys.card_lease(approval_id), approval_id, ttl=self._lease_ttl)


_CREATE_INDEXES = (keys.AUDIT, keys.UNSHOWN, keys.DEADLINES, keys.SHELVES)
_SWAP_INDEXES = (keys.AUDIT, keys.IN_WORK, keys.UNSHOWN, keys.DEADLINES, keys.ENDED, keys.SHELVES)


def _own(approval: Approval) -> tuple[str, str]:
    return keys.approval(approval.id), keys.history(approval.id)


def _deadline(approval: Approval) -> str | None:
    """Exact as text; only a pending approval has one to watch."""
    pending = approval.state is State.PENDING and approval.expires_at is not None
    return repr(approval.expires_at) if pending else None


def _shelf(approval: Approval) -> str:
    return keys.shelf_name(approval.state, approval.request.graph, approval.channel)
