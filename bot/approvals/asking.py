"""Find what a thread asks now: a fresh approval for each new question, an end for each one that vanished."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.approvals.batch import batch_of, note_batch
from bot.approvals.evidence import pause_of
from bot.approvals.measured import asked_counted
from bot.approvals.passes import Pass
from bot.core.answer import contract_for
from bot.core.audit import Fact
from bot.core.digest import digest
from bot.core.lifecycle import Event, advance
from bot.core.model import JSON, Approval, Request, State, Verdict
from bot.core.nudges import due_at, planned
from bot.ports import Pause, Span, Step
from bot.texts.marks import recorded

RECOMPUTED = recorded("The question changed while it waited; the new one is below.")
WITHDRAWN = recorded("The run went on without this answer.")


async def ask_what_is_new(step: Pass) -> None:
    """After this, each waiting question has one live approval, and no other approval is live."""
    if not step.snapshot.exists:
        return
    step.batch = batch_of(step)
    for pause in step.snapshot.pauses:
        if pause.failed is None:
            await _ask(step, pause, _current(step, pause))
    await note_batch(step)
    for approval in list(step.open.values()):
        if approval.state is State.PENDING and pause_of(step.snapshot, approval.request.interrupt_id) is None:
            await _close(step, approval, WITHDRAWN, successor=None)


def _current(step: Pass, pause: Pause) -> Approval | None:
    """The newest approval of this question; one whose answer was taken in this pass is over."""
    approval = step.open.get(pause.interrupt_id)
    return None if approval is None or approval in step.consumed else approval


async def _ask(step: Pass, pause: Pause, current: Approval | None) -> None:
    same = current is not None and current.request.digest == digest(pause.payload)
    if current is not None and same and current.state is not State.SUPERSEDED:
        return
    previous = current or await _sent_back(step, pause)
    approval = await _create(step, pause, previous, instead_of=current)
    if previous is not None:
        step.follows[previous.id] = approval.id
    if current is not None and current.state is State.PENDING:
        await _close(step, current, RECOMPUTED, successor=approval)
    elif previous is not None and previous not in step.consumed and previous.next is None:
        # What is consumed gets its link when it is noted as applied, in the same step.
        await step.swap(previous, replace(previous, next=approval.id), None)


async def _sent_back(step: Pass, pause: Pause) -> Approval | None:
    """The approval this question follows: one of the same node that was revised or refused by the graph."""
    for approval in reversed(step.sent_back):
        if approval.request.node == pause.node and approval.id not in step.follows:
            return approval
    last = step.run.last_approval
    record = await step.world.store.read(last) if last and not step.sent_back else None
    if record is None or record.approval.request.node != pause.node or record.approval.next is not None:
        return None
    decision = record.approval.decision
    return record.approval if decision is not None and decision.verdict is Verdict.REVISE else None


async def _create(
    step: Pass, pause: Pause, previous: Approval | None, *, instead_of: Approval | None
) -> Approval:
    world, run = step.world, step.run
    policy = world.policy(run.graph).resolved(pause.payload)
    request = Request(
        graph=run.graph,
        thread_id=run.thread_id,
        interrupt_id=pause.interrupt_id,
        node=pause.node,
        payload=pause.payload,
        digest=digest(pause.payload),
        contract=contract_for(pause.payload, pause.response_schema, policy.answer),
    )
    approval = Approval(
        id=world.chance.new_id(),
        request=request,
        revision=previous.revision + 1 if previous else 1,
        channel=run.channel,
        requester=run.requester,
        asked_at=step.now,
        previous=previous.id if previous else None,
        batch=step.batch if previous is None else None,
        policy=policy.version,
    )
    with _ask_span(step, approval, previous) as span:
        approval = replace(approval, trace=span.context)
        return await _record(step, planned(approval, policy), instead_of)


@contextmanager
def _ask_span(step: Pass, approval: Approval, previous: Approval | None) -> Iterator[Span]:
    """It belongs to what the graph just did; where that is not known, it follows from the run's start."""
    request = approval.request
    with step.world.traces.span(
        Step.ASK,
        parent=step.trace,
        graph=request.graph,
        thread_id=request.thread_id,
        approval_id=approval.id,
        revision=approval.revision,
    ) as span:
        span.link(previous.trace if previous else None)
        span.link(None if step.trace else step.run.trace)
        yield span


async def _record(step: Pass, approval: Approval, instead_of: Approval | None) -> Approval:
    request = approval.request
    data: dict[str, JSON] = {
        "digest": request.digest,
        "revision": approval.revision,
        "interrupt": request.interrupt_id,
        "policy": approval.policy,
    }
    approval, entry = step.world.chain(approval, Fact.ASKED, at=step.now, data=data)
    known = instead_of.id if instead_of else None
    held = await step.world.store.create(approval, (entry,), instead_of=known, lease=step.lease)
    if held != approval.id:
        return replace(approval, id=held)
    asked_counted(approval)
    step.open[request.interrupt_id] = approval
    step.show[approval.id] = approval.version
    if approval.expires_at is not None:
        await step.world.queue.expire(approval.id, at=approval.expires_at)
    if (due := due_at(approval)) is not None:
        await step.world.queue.nudge(approval.id, at=due)
    return approval


async def _close(step: Pass, approval: Approval, why: str, *, successor: Approval | None) -> None:
    after = replace(
        approval,
        state=advance(approval.state, Event.SUPERSEDE),
        closed_at=step.now,
        closed_why=why,
        next=successor.id if successor else None,
    )
    await step.swap(approval, after, Fact.SUPERSEDED, {"why": why})
