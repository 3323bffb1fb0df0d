"""One pass over one thread: what is known of it, and the one way to change its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.approvals.world import World
from bot.core.audit import Entry, Fact
from bot.core.lifecycle import ANSWERED, IN_WORK
from bot.core.model import JSON, Approval, Run, RunState
from bot.ports import Change, Lease, LeaseLost, Record, Snapshot, Swapped

# Where a thread stands before anybody looked.
NOTHING = Snapshot(exists=False, pauses=(), tasks=(), next=(), error=None, output=None, head=None)


class Overtaken(Exception):
    """The record changed under us (a late vote was refused, say): the pass starts over."""


@dataclass(slots=True)
class Pass:
    """Read once at the start, kept up by its own changes. Wishes go to the queue when the thread is free."""

    world: World
    lease: Lease
    run: Run
    now: float  # the store's clock, as last read
    open: dict[str, Approval] = field(default_factory=dict)  # interrupt id -> its newest approval
    snapshot: Snapshot = NOTHING
    failure: str | None = None  # why the graph raised in this pass, without anybody's decision
    consumed: list[Approval] = field(default_factory=list)  # taken by the graph; noted as applied at the end
    sent_back: list[Approval] = field(default_factory=list)  # their successors are asked in this pass
    follows: dict[str, str] = field(default_factory=dict)  # approval id -> its successor's id
    last: str | None = None  # the approval whose card's thread tells how the run ends
    trace: str | None = None  # the span in which the graph went on in this pass
    batch: str | None = None  # what the questions that are new in this pass belong to
    batch_is_new: bool = False
    show: dict[str, int] = field(default_factory=dict)  # approval id -> version to be shown
    again: float | None = None  # seconds until another pass is due
    changes: list[Change] = field(default_factory=list)  # what `settle` writes of approvals
    becoming: Run | None = None  # what `settle` makes of the run

    async def look(self) -> None:
        """Read the thread's newest state, and the clock after it."""
        await self.lease.check()
        self.snapshot = await self.world.runner.snapshot(self.run.graph, self.run.thread_id)
        self.now = await self.world.store.now()

    def remember(self, records: Sequence[Record]) -> None:
        """The approvals of this thread that are not over."""
        self.open = {record.approval.request.interrupt_id: record.approval for record in records}

    def in_work(self) -> list[Approval]:
        """Decided and neither applied nor taken in this pass, in the order of the decisions."""
        taken = {approval.id for approval in self.consumed}
        decided = [one for one in self.open.values() if one.state in IN_WORK and one.id not in taken]
        return sorted(decided, key=lambda one: one.decision.at if one.decision else 0.0)

    def due_again(self, seconds: float) -> None:
        """Wish for another pass, the earliest wish counts."""
        self.again = seconds if self.again is None else min(self.again, seconds)

    async def swap(
        self,
        before: Approval,
        after: Approval,
        fact: Fact | None,
        data: Mapping[str, JSON] | None = None,
    ) -> Approval:
        """Write one change under the lease, with its audit entry. Raises Overtaken, LeaseLost."""
        change = self._change(before, after, fact, data)
        self._refuse(await self.world.store.swap(before, change.after, change.entries, lease=self.lease))
        self._keep(change.after)
        return change.after

    def will_be(
        self,
        before: Approval,
        after: Approval,
        fact: Fact,
        data: Mapping[str, JSON],
        *,
        by: str | None = None,
    ) -> None:
        """Let `settle` write this change, with its audit entry."""
        self.changes.append(self._change(before, after, fact, data, by))

    def run_becomes(self, after: Run) -> None:
        """Let `settle` write where the run is, if that is news."""
        self.becoming = self._moved(after)

    async def settle(self) -> None:
        """Write what the pass came to, in one step, and let go of the thread. Raises Overtaken, LeaseLost."""
        run = (self.run, self.becoming) if self.becoming is not None else None
        if run is None and not self.changes:
            return
        self._refuse(await self.world.store.settle(self.changes, run, lease=self.lease))
        self.run = self.becoming or self.run
        for change in self.changes:
            self._keep(change.after)

    def _change(
        self,
        before: Approval,
        after: Approval,
        fact: Fact | None,
        data: Mapping[str, JSON] | None,
        by: str | None = None,
    ) -> Change:
        entries: tuple[Entry, ...] = ()
        if fact is not None:
            after, entry = self.world.chain(after, fact, at=self.now, data=dict(data or {}), by=by)
            entries = (entry,)
        return Change(before, replace(after, version=before.version + 1), entries)

    def _refuse(self, swapped: Swapped) -> None:
        if swapped is Swapped.LEASE_LOST:
            raise LeaseLost(self.run.thread_id)
        if swapped is not Swapped.DONE:
            raise Overtaken(self.run.thread_id)

    def _keep(self, after: Approval) -> None:
        self.show[after.id] = after.version
        current = self.open.get(after.request.interrupt_id)
        if current is None or current.id != after.id:
            return
        if after.state in ANSWERED:
            del self.open[after.request.interrupt_id]
        else:
            self.open[after.request.interrupt_id] = after

    async def move_run(self, after: Run) -> None:
        """Write where the run is at once, if that is news. Raises Overtaken, LeaseLost."""
        moved = self._moved(after)
        if moved is not None:
            self._refuse(await self.world.store.swap_run(self.run, moved, lease=self.lease))
            self.run = moved

    def _moved(self, after: Run) -> Run | None:
        """The run's next version; None: it is where it was."""
        if replace(after, version=self.run.version) == self.run:
            return None
        after = replace(after, version=self.run.version + 1)
        if self.run.state is RunState.FAILED and after.state is not RunState.FAILED:
            after = replace(after, announced=None, intended_at=None)  # it goes on: its end is news again
        return after
