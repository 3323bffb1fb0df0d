"""The record of approvals and runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.core.audit import Entry
from bot.core.batch import Batch
from bot.core.model import Approval, Card, Run
from bot.ports.census import Census
from bot.ports.records import (
    EVER,
    BatchRecord,
    Change,
    HeldCard,
    HeldThread,
    Lease,
    Leftovers,
    Look,
    Page,
    Record,
    Swapped,
)
from bot.ports.trails import Trails


class Store(Trails, Protocol):
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

    async def census(self) -> Census:
        """How much there is of each kind; as cheap with a million approvals as with ten."""
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
