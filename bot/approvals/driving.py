"""Drive one thread forward, exactly once: start it, answer it, find what it asks next.

Level-triggered: each pass looks at what is and does what is missing, so any pass may be repeated, and a
crash at any line is mended by the next one. The thread's lease is held throughout; every change of the
record names it, and every step checks it first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.approvals import answering, asking
from bot.approvals.evidence import stranded
from bot.approvals.world import World
from bot.core.audit import Fact
from bot.core.lifecycle import Event, advance
from bot.core.model import JSON, Approval, Run, RunState, State
from bot.core.payload import result_sentence
from bot.ports import Lease, LeaseLost, Record, RunFailed, Snapshot, Swapped, write_guard


class Progress(StrEnum):
    """How a pass ended."""

    DONE = "done"
    BUSY = "busy"  # somebody else drives this thread now: try again later
    UNKNOWN = "unknown"  # no such run


@dataclass(slots=True)
class Pass:
    """One pass over one thread; `wishes` go to the queue when the thread is free again."""

    world: World
    lease: Lease
    run: Run
    snapshot: Snapshot
    show: list[tuple[str, int]] = field(default_factory=list)
    again: float | None = None  # seconds until another pass is due
    sent_back: list[Approval] = field(default_factory=list)  # revised in this pass: their successors follow

    async def swap(self, before: Approval, after: Approval, fact: Fact, data: dict[str, object]) -> Approval:
        """Write one change under the lease, with its audit entry and a fresh card; raises LeaseLost."""
        now = await self.world.store.now()
        after, entry = self.world.chain(after, fact, at=now, data=data)  # type: ignore[arg-type]
        after = replace(after, version=before.version + 1)
        match await self.world.store.swap(before, after, (entry,), lease=self.lease):
            case Swapped.DONE:
                self.show.append((after.id, after.version))
                return after
            case Swapped.CONFLICT:
                raise Overtaken(before.id)
        raise LeaseLost(self.run.thread_id)

    async def look(self) -> None:
        """Read the thread's newest state again."""
        self.lease.check()
        self.snapshot = await self.world.runner.snapshot(self.run.graph, self.run.thread_id)


# Where a thread stands before anybody looked.
NOTHING = Snapshot(exists=False, pauses=(), tasks=(), next=(), error=None, output=None, head=None)


class Overtaken(Exception):
    """The record changed under us (a late vote was refused, say): the pass starts over."""


async def drive(world: World, thread_id: str) -> Progress:
    """Bring a thread as far as it goes now."""
    async with world.store.lease(thread_id) as lease:
        if lease is None:
            return Progress.BUSY
        run = await world.store.read_run(thread_id)
        if run is None:
            return Progress.UNKNOWN
        step = Pass(world, lease, run, NOTHING)
        guard = write_guard.set(lease.check)
        try:
            await _through(step)
        except Overtaken:
            step.again = 0.0
        finally:
            write_guard.reset(guard)
    await _send_wishes(step)
    return Progress.DONE


async def _through(step: Pass) -> None:
    try:
        await step.look()
    except RunFailed as unreadable:
        await _unreadable(step, unreadable.reason)
        return
    if step.run.state in (RunState.ENDED, RunState.CANCELLED) and not step.snapshot.pauses:
        return
    if not step.snapshot.exists:
        match step.run.state:
            case RunState.STARTING:
                await _run_graph(step, step.world.runner.start, step.run.input)
            case RunState.RUNNING | RunState.WAITING:
                await _lost(step)
                return
            case _:
                return
    decided = await _in_work(step)
    if decided:
        # After a crash from here on it is a run that moves, not one that waits: looked at far more often.
        await _move_run(step, replace(step.run, state=RunState.RUNNING))
    for approval in decided:
        await answering.answer(step, approval)
    if stranded(step.snapshot) and not await _in_work(step):
        # Nobody's answer is on its way and nothing waits: a process died in the middle of the graph.
        await _run_graph(step, step.world.runner.proceed)
    await asking.ask_what_is_new(step)
    await _note_where_the_run_is(step)


async def _run_graph(step: Pass, attempt: Callable[..., Awaitable[None]], *args: JSON) -> None:
    """Start or go on, counting the tries: what kills its process must not kill the next one for ever."""
    if step.run.tries >= answering.MOST_TRIES:
        step.run = replace(step.run, failure=answering.DIED)
        return
    await _move_run(step, replace(step.run, tries=step.run.tries + 1))
    try:
        step.lease.check()
        await attempt(step.run.graph, step.run.thread_id, *args)
    except RunFailed as failed:
        step.run = replace(step.run, failure=failed.reason)
    step.run = replace(step.run, tries=0)
    await step.look()


async def _in_work(step: Pass) -> list[Approval]:
    approvals = [record.approval for record in await approvals_of(step)]
    decided = [a for a in approvals if a.state in (State.DECIDED, State.FAILED) and a.decision is not None]
    return sorted(decided, key=lambda a: a.decision.at if a.decision else 0.0)


async def approvals_of(step: Pass) -> tuple[Record, ...]:
    """The approvals of this thread that are not over."""
    known = await step.world.store.of_thread(step.run.thread_id)
    return await step.world.store.read_many(tuple(known.values()))


async def _lost(step: Pass) -> None:
    """The checkpoint is gone (expired or deleted): never start over, close what is open and say so."""
    why = "The run's saved state is gone, so nothing can be resumed."
    for record in await approvals_of(step):
        before = record.approval
        if before.state in (State.PENDING, State.FAILED):
            event = Event.CANCEL
        elif before.state is State.DECIDED:
            event = Event.SUPERSEDE
        else:
            continue
        now = record.now
        after = replace(before, state=advance(before.state, event), closed_at=now, closed_why=why)
        fact = Fact.CANCELLED if event is Event.CANCEL else Fact.SUPERSEDED
        await step.swap(before, after, fact, {"why": why})
    await _move_run(step, replace(step.run, state=RunState.LOST, failure=why))


async def _unreadable(step: Pass, reason: str) -> None:
    """LangGraph cannot even read the thread: nothing may be resumed, an operator must look."""
    reference = step.run.reference or step.world.chance.reference()
    await _move_run(step, replace(step.run, state=RunState.FAILED, failure=reason, reference=reference))


async def _note_where_the_run_is(step: Pass) -> None:
    snapshot, run = step.snapshot, step.run
    waiting = any(pause.failed is None for pause in snapshot.pauses)
    if await _in_work(step):
        await _move_run(step, replace(run, state=RunState.RUNNING))
    elif waiting:
        await _move_run(step, replace(run, state=RunState.WAITING, failure=None))
    elif snapshot.exists and not snapshot.tasks:
        result = result_sentence(snapshot.output)
        await _move_run(
            step, replace(run, state=RunState.ENDED, output=snapshot.output, result=result, failure=None)
        )
    else:
        reason = snapshot.error or run.failure or "The run stopped in the middle and cannot go on by itself."
        reference = run.reference or step.world.chance.reference()
        await _move_run(step, replace(run, state=RunState.FAILED, failure=reason, reference=reference))


async def _move_run(step: Pass, after: Run) -> None:
    before = await step.world.store.read_run(step.run.thread_id)
    if before is None or replace(after, version=before.version) == before:
        return
    after = replace(after, version=before.version + 1)
    match await step.world.store.swap_run(before, after, lease=step.lease):
        case Swapped.DONE:
            step.run = after
        case Swapped.LEASE_LOST:
            raise LeaseLost(step.run.thread_id)
        case _:
            raise Overtaken(step.run.thread_id)


async def _send_wishes(step: Pass) -> None:
    """Ask for the cards and the result to be shown; the reconciler asks again if this is lost."""
    queue = step.world.queue
    for approval_id, version in dict(step.show).items():
        await queue.show(approval_id, version=version)
    if step.run.state in (RunState.ENDED, RunState.FAILED, RunState.LOST) and step.run.announced is None:
        await queue.announce(step.run.thread_id)
    if step.again is not None:
        await queue.advance(step.run.thread_id, why="again", delay=max(step.again, 0.05))
