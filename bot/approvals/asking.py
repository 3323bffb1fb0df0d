"""Find what a thread asks now: a fresh approval for each new question, an end for each one that vanished."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.approvals.evidence import pause_of
from bot.core.answer import contract_for
from bot.core.audit import Fact
from bot.core.digest import digest
from bot.core.lifecycle import Event, advance
from bot.core.model import Approval, Request, State
from bot.ports import Pause

if TYPE_CHECKING:
    from bot.approvals.driving import Pass

RECOMPUTED = "The question changed while it waited; the new one is below."
WITHDRAWN = "The run went on without this answer."


async def ask_what_is_new(step: Pass) -> None:
    """After this, each waiting question has one live approval, and no other approval is live."""
    known = await step.world.store.of_thread(step.run.thread_id)
    records = await step.world.store.read_many(tuple(known.values()))
    of = {record.approval.id: record.approval for record in records}
    for pause in step.snapshot.pauses:
        if pause.failed is None:
            await _ask(step, pause, of.get(known.get(pause.interrupt_id, "")))
    for approval in of.values():
        if approval.state is State.PENDING and pause_of(step.snapshot, approval.request.interrupt_id) is None:
            await _close(step, approval, WITHDRAWN, successor=None)


async def _ask(step: Pass, pause: Pause, current: Approval | None) -> None:
    same = current is not None and current.request.digest == digest(pause.payload)
    if current is not None and same and current.state is not State.SUPERSEDED:
        return
    previous = current or await _sent_back(step, pause)
    approval = await _create(step, pause, previous, instead_of=current)
    if current is not None and current.state is State.PENDING:
        await _close(step, current, RECOMPUTED, successor=approval)
    elif previous is not None and previous.next is None:
        await _link(step, previous, approval)


async def _sent_back(step: Pass, pause: Pause) -> Approval | None:
    """The approval this question follows: one of the same node that was revised or refused by the graph."""
    for approval in reversed(step.sent_back):
        if approval.request.node == pause.node and approval.next is None:
            return approval
    last = step.run.last_approval
    record = await step.world.store.read(last) if last and not step.sent_back else None
    if record is None or record.approval.request.node != pause.node or record.approval.next is not None:
        return None
    decision = record.approval.decision
    return record.approval if decision is not None and decision.verdict == "revise" else None


async def _create(
    step: Pass, pause: Pause, previous: Approval | None, *, instead_of: Approval | None
) -> Approval:
    world, run = step.world, step.run
    policy, now = world.policy(run.graph), await world.store.now()
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
        asked_at=now,
        expires_at=now + policy.expires_in if policy.expires_in is not None else None,
        previous=previous.id if previous else None,
    )
    data = {"digest": request.digest, "revision": approval.revision, "interrupt": request.interrupt_id}
    approval, entry = world.chain(approval, Fact.ASKED, at=now, data=data)  # type: ignore[arg-type]
    held = await world.store.create(approval, (entry,), instead_of=instead_of.id if instead_of else None)
    if held == approval.id:
        step.show.append((approval.id, approval.version))
        if approval.expires_at is not None:
            await world.queue.expire(approval.id, at=approval.expires_at)
    return approval if held == approval.id else replace(approval, id=held)


async def _close(step: Pass, approval: Approval, why: str, *, successor: Approval | None) -> None:
    now = await step.world.store.now()
    after = replace(
        approval,
        state=advance(approval.state, Event.SUPERSEDE),
        closed_at=now,
        closed_why=why,
        next=successor.id if successor else None,
    )
    await step.swap(approval, after, Fact.SUPERSEDED, {"why": why})


async def _link(step: Pass, previous: Approval, approval: Approval) -> None:
    """Let the old card point to the fresh one; what was decided stays as it is."""
    record = await step.world.store.read(previous.id)
    if record is None or record.approval.next is not None:
        return
    after = replace(record.approval, next=approval.id, version=record.approval.version + 1)
    await step.world.store.swap(record.approval, after, (), lease=step.lease)
    step.show.append((after.id, after.version))
