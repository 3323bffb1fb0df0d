"""Give one decision to the graph: look, note the evidence, answer by id, look again, settle."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import structlog

from bot.approvals.evidence import Fate, fate, pause_of
from bot.approvals.measured import resume_counted
from bot.approvals.passes import Pass
from bot.core.audit import Fact
from bot.core.lifecycle import Event, advance
from bot.core.model import JSON, Approval, Failure, Sent, State, Verdict
from bot.core.payload import receipt
from bot.ports import AnswerRefused, GraphUnavailable, RunFailed, Span, Step
from bot.texts.marks import recorded

log = structlog.get_logger("approvals.runs")

# Seconds before each automatic retry of a run that raised; after the last one an operator decides.
BACKOFF = (1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0)

# A try that ends in neither success nor an exception is a dead process; this many are enough.
MOST_TRIES = 5

ANSWERED_ELSEWHERE = recorded(
    "This question was answered, or withdrawn, outside of Slack before this decision arrived."
)
CHANGED = recorded("The question changed after it was shown, so this decision was not used.")
NOT_CONSUMED = recorded("The graph went on without taking this answer (was it changed while it waited?).")
REFUSED = recorded("The graph refused this answer: {}")
DIED = "The process that ran the graph died with every try."


async def answer(step: Pass, approval: Approval) -> None:
    """Bring one decided approval to its end, or to its next try."""
    if not _due(step, approval):
        return
    run = step.run
    match fate(approval.request, approval.sent, step.snapshot):
        case Fate.CONSUMED:
            _consumed(step, approval)
        case Fate.GONE:
            await _superseded(step, approval, ANSWERED_ELSEWHERE if approval.sent is None else NOT_CONSUMED)
        case Fate.CHANGED:
            await _superseded(step, approval, CHANGED)
        case Fate.BROKEN:
            await _try(step, approval, lambda: step.world.runner.proceed(run.graph, run.thread_id))
        case Fate.OPEN:
            await _send(step, approval)


async def note_what_was_applied(step: Pass) -> None:
    """The last thing of a pass, in one step with where the run is: what follows is on record by now."""
    effect = _effect(step)
    for approval in step.consumed:
        state = advance(approval.state, Event.APPLY)
        following = step.follows.get(approval.id)
        after = replace(approval, state=state, closed_at=step.now, failure=None, next=following)
        told: dict[str, JSON] = {"digest": approval.request.digest}
        step.will_be(approval, after, Fact.APPLIED, told | ({"effect": effect} if effect else {}))
    await step.settle()
    for change in step.changes:
        if change.after.state is State.APPLIED:
            resume_counted(change.after)


def _effect(step: Pass) -> str | None:
    """What the graph says its effect is known by, where it has said so since it asked.

    What stood there before, in its input say, is no effect: the end of each pass notes what it saw.
    """
    if not step.snapshot.exists:
        return None
    found, before = receipt(step.snapshot.output) or "", step.run.effect
    step.run_becomes(replace(step.becoming or step.run, effect=found))
    return found if step.consumed and before is not None and found != before else None


def _due(step: Pass, approval: Approval) -> bool:
    if approval.failure is None:
        return True
    if approval.failure.retry_at is None:
        return False
    wait = approval.failure.retry_at - step.now
    if wait > 0:
        step.due_again(wait)
    return wait <= 0


async def _send(step: Pass, approval: Approval) -> None:
    """Note where the thread stands, then answer: after a crash the note tells whether it arrived."""
    pause = pause_of(step.snapshot, approval.request.interrupt_id)
    tries = approval.sent.tries + 1 if approval.sent else 1
    if tries > MOST_TRIES:
        await _failed(step, approval, DIED, operator=True)
        return
    noted = replace(approval, sent=Sent(step.snapshot.head, pause.task if pause else "", tries))
    noted = await step.swap(approval, noted, Fact.SENT, {"try": tries, "digest": approval.request.digest})
    step.show.pop(noted.id)  # nothing a person sees has changed
    await _try(step, noted, lambda: _resume(step, approval, noted))


async def _resume(step: Pass, approval: Approval, noted: Approval) -> None:
    """An answer that did not leave is no evidence: what is taken meanwhile would pass for ours."""
    run, interrupt_id = step.run, noted.request.interrupt_id
    value = noted.decision.answer if noted.decision else None
    try:
        await step.world.runner.resume(run.graph, run.thread_id, interrupt_id, value)
    except GraphUnavailable as away:
        if not away.sent:
            await step.swap(noted, replace(noted, sent=approval.sent), None)
            step.show.pop(noted.id)
        raise


async def _try(step: Pass, approval: Approval, attempt: Callable[[], Awaitable[None]]) -> None:
    await step.lease.check()
    try:
        with _resume_span(step, approval) as span:
            step.trace = span.context
            await attempt()
    except RunFailed as failed:
        await step.look()
        await _settle_failed(step, approval, failed.reason)
    except AnswerRefused as refused:
        await step.look()
        await _superseded(step, approval, REFUSED.format(refused.reason))
    else:
        await step.look()
        await _settle(step, approval)


@contextmanager
def _resume_span(step: Pass, approval: Approval) -> Iterator[Span]:
    """It goes on in the trace of the click that decided; what was asked, maybe days ago, is linked."""
    with step.world.traces.span(
        Step.RESUME,
        parent=approval.click_trace,
        graph=step.run.graph,
        thread_id=step.run.thread_id,
        approval_id=approval.id,
        revision=approval.revision,
    ) as span:
        span.link(approval.trace)
        yield span


async def _settle(step: Pass, approval: Approval) -> None:
    match fate(approval.request, approval.sent, step.snapshot):
        case Fate.CONSUMED:
            _consumed(step, approval)
        case Fate.BROKEN:
            await _failed(step, approval, step.snapshot.error or "The run stopped in the middle.")
        case _:
            await _superseded(step, approval, NOT_CONSUMED)


async def _settle_failed(step: Pass, approval: Approval, reason: str) -> None:
    """The run raised: in this branch this approval failed, in another one it is the other's business."""
    match fate(approval.request, approval.sent, step.snapshot):
        case Fate.CONSUMED:
            _consumed(step, approval)
        case Fate.GONE:
            await _superseded(step, approval, NOT_CONSUMED)
        case _:
            await _failed(step, approval, reason)


def _consumed(step: Pass, approval: Approval) -> None:
    step.consumed.append(approval)
    step.last = approval.id
    if approval.decision is not None and approval.decision.verdict is Verdict.REVISE:
        step.sent_back.append(approval)


async def _superseded(step: Pass, approval: Approval, why: str) -> None:
    state = advance(approval.state, Event.SUPERSEDE)
    after = replace(approval, state=state, closed_at=step.now, closed_why=why, failure=None)
    after = await step.swap(approval, after, Fact.SUPERSEDED, {"why": why})
    resume_counted(after)
    step.sent_back.append(after)


async def _failed(step: Pass, approval: Approval, reason: str, *, operator: bool = False) -> None:
    known = approval.failure
    attempts = known.attempts + 1 if known else 1
    wait = None if operator or attempts > len(BACKOFF) else BACKOFF[attempts - 1]
    reference = known.reference if known else step.world.chance.reference()
    failure = Failure(reference, reason, attempts, None if wait is None else step.now + wait)
    after = replace(approval, state=advance(approval.state, Event.FAIL), failure=failure)
    data: dict[str, JSON] = {"reference": reference, "reason": reason, "try": attempts}
    resume_counted(await step.swap(approval, after, Fact.FAILED, data))
    log.warning("run failed", reference=reference, thread=step.run.thread_id, reason=reason, attempt=attempts)
    step.last = approval.id
    if wait is not None:
        step.due_again(wait)
