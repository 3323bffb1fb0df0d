"""Drive one thread forward, exactly once: start it, answer it, find what it asks next.

Level-triggered: each pass looks at what is and does what is missing, so any pass may be repeated, and a
crash at any line is mended by the next one. The thread's lease is held throughout; every change of the
record names it, and every step checks it first. What was decided counts as in work until everything that
follows from it is on record: whatever happens in between, the reconciler comes back for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum

import structlog

from bot.approvals import answering, asking
from bot.approvals.cancelling import cancelled
from bot.approvals.evidence import stranded
from bot.approvals.passes import Overtaken, Pass
from bot.approvals.retrying import is_stuck
from bot.approvals.world import World
from bot.core.audit import Fact
from bot.core.lifecycle import Event, advance
from bot.core.model import JSON, Run, RunState, State
from bot.core.payload import result_sentence
from bot.ports import GraphUnavailable, RunFailed, Span, Step, write_guard
from bot.texts.marks import recorded

log = structlog.get_logger("approvals.runs")

OVER = (RunState.ENDED, RunState.CANCELLED)
TO_TELL = (RunState.ENDED, RunState.FAILED, RunState.LOST)

# The history of a run that is revised again and again is dropped this often: every checkpoint in it holds
# the whole state.
PRUNE_EVERY = 10


class Progress(StrEnum):
    """How a pass ended."""

    DONE = "done"
    BUSY = "busy"  # somebody else drives this thread now: try again later
    UNKNOWN = "unknown"  # no such run


async def drive(world: World, thread_id: str) -> Progress:
    """Bring a thread as far as it goes now. Raises StoreUnavailable, LeaseLost."""
    async with world.store.thread(thread_id) as held:
        if held is None:
            return Progress.BUSY
        if held.run is None:
            return Progress.UNKNOWN
        step = Pass(world, held.lease, held.run, now=max((one.now for one in held.records), default=0.0))
        step.remember(held.records)
        guard = write_guard.set(held.lease.check)
        try:
            await _through(step)
        except Overtaken:
            step.due_again(0.05)
        except GraphUnavailable as away:
            if away.retry_after is not None:
                step.due_again(away.retry_after)
        finally:
            write_guard.reset(guard)
    await _send_wishes(step)
    return Progress.DONE


async def _through(step: Pass) -> None:
    try:
        await step.look()
        if cancelled(step):
            await step.settle()
            return
        await _forward(step)
    except RunFailed as unreadable:
        if not cancelled(step):
            _failed(step, unreadable.reason)
        await step.settle()
        return
    if not cancelled(step):  # what was decided before the wish has been answered by now
        await asking.ask_what_is_new(step)
        await _note_where_the_run_is(step)
    await answering.note_what_was_applied(step)


async def _forward(step: Pass) -> None:
    """Let the graph do what it can do now. RunFailed from here means that the thread cannot even be read."""
    if not step.snapshot.exists and step.run.state is RunState.STARTING:
        await _run_graph(step, step.world.runner.start, step.run.input)
    for approval in step.in_work():
        await answering.answer(step, approval)
    if stranded(step.snapshot) and not step.in_work():
        # Nobody's answer is on its way and nothing waits: a process died in the middle of the graph.
        await _run_graph(step, step.world.runner.proceed)


async def _run_graph(step: Pass, attempt: Callable[..., Awaitable[None]], *args: JSON) -> None:
    """Start or go on, counting the tries: what kills its process must not kill the next one for ever."""
    if step.run.tries >= answering.MOST_TRIES:
        step.failure = answering.DIED
        return
    tries = step.run.tries
    await step.move_run(replace(step.run, tries=tries + 1))
    try:
        await step.lease.check()
        with _graph_span(step) as span:
            step.trace = span.context
            await attempt(step.run.graph, step.run.thread_id, *args)
    except RunFailed as failed:
        step.failure = failed.reason
    except GraphUnavailable as away:
        if not away.sent:  # that was no try
            await step.move_run(replace(step.run, tries=tries))
        raise
    await step.look()


@contextmanager
def _graph_span(step: Pass) -> Iterator[Span]:
    """The start is a part of the request's own trace; what a crash cut off may go on on another day."""
    run = step.run
    parent = run.trace if run.state is RunState.STARTING else None
    with step.world.traces.span(Step.RUN, parent=parent, graph=run.graph, thread_id=run.thread_id) as span:
        span.link(None if parent else run.trace)
        yield span


async def _note_where_the_run_is(step: Pass) -> None:
    snapshot = step.snapshot
    run = replace(step.run, tries=0, last_approval=step.last or step.run.last_approval)
    if not snapshot.exists:
        await _without_a_checkpoint(step)
    elif any(not is_stuck(approval) for approval in step.in_work()):
        step.run_becomes(replace(run, state=RunState.RUNNING))
    elif step.in_work() or any(pause.failed is None for pause in snapshot.pauses):
        step.run_becomes(replace(run, state=RunState.WAITING, failure=None))
        await _prune(step)
    elif not snapshot.tasks:
        step.run_becomes(_ended(run, snapshot.output))
    else:
        reason = snapshot.error or step.failure or "The run stopped in the middle and cannot go on by itself."
        _failed(step, reason)


def _ended(run: Run, output: JSON) -> Run:
    if run.state in OVER:
        return run
    return replace(run, state=RunState.ENDED, output=output, result=result_sentence(output), failure=None)


def _failed(step: Pass, reason: str) -> None:
    """The run cannot go on by itself: an operator must look."""
    reference = step.run.reference or step.world.chance.reference()
    if step.run.state is not RunState.FAILED:
        log.warning("run failed", reference=reference, thread=step.run.thread_id, reason=reason)
    last = step.last or step.run.last_approval
    step.run_becomes(
        replace(
            step.run, state=RunState.FAILED, failure=reason, reference=reference, last_approval=last, tries=0
        )
    )


async def _without_a_checkpoint(step: Pass) -> None:
    match step.run.state:
        case RunState.STARTING:
            _failed(step, step.failure or "The run did not start.")
        case RunState.RUNNING | RunState.WAITING:
            await _lost(step)


async def _lost(step: Pass) -> None:
    """The checkpoint is gone (expired or deleted): never start over, close what is open and say so."""
    why = recorded("The run's saved state is gone, so nothing can be resumed.")
    for before in list(step.open.values()):
        if before.state in (State.PENDING, State.FAILED):
            event, fact = Event.CANCEL, Fact.CANCELLED
        elif before.state is State.DECIDED:
            event, fact = Event.SUPERSEDE, Fact.SUPERSEDED
        else:
            continue
        state = advance(before.state, event)
        after = replace(before, state=state, closed_at=step.now, closed_why=why)
        await step.swap(before, after, fact, {"why": why})
    step.run_becomes(replace(step.run, state=RunState.LOST, failure=why))


async def _prune(step: Pass) -> None:
    revisions = [one.revision for one in step.open.values() if one.previous in step.follows]
    if any(revision % PRUNE_EVERY == 0 for revision in revisions):
        await step.world.runner.prune(step.run.graph, step.run.thread_id)


async def _send_wishes(step: Pass) -> None:
    """Ask for the cards and the result to be shown; the reconciler asks again if this is lost."""
    queue = step.world.queue
    if step.batch is not None and step.batch_is_new:
        await queue.show_batch(step.batch)
    for approval_id, version in step.show.items():
        await queue.show(approval_id, version=version)
    if step.run.state in TO_TELL and step.run.announced is None:
        await queue.announce(step.run.thread_id)
    if step.again is not None:
        await queue.advance(step.run.thread_id, why="again", delay=max(step.again, 0.05))
