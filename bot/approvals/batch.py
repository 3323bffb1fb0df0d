"""Gather the questions that a run asks at once into a batch, which gets a card of its own.

Its id is made of the thread and its newest checkpoint, so that a pass that a crash cut short is finished by
the next one under the same id.
"""

from __future__ import annotations

from bot.approvals.passes import Pass
from bot.core.batch import AT_LEAST, Batch
from bot.core.digest import digest
from bot.core.model import Approval


def batch_of(step: Pass) -> str | None:
    """The batch that the new questions of this pass belong to; None where they are too few."""
    if step.snapshot.head is None:
        return None
    name = digest(["batch", step.run.thread_id, step.snapshot.head])[:32]
    known = [step.open.get(pause.interrupt_id) for pause in step.snapshot.pauses if pause.failed is None]
    return name if sum(_belongs(one, name) for one in known) >= AT_LEAST else None


def _belongs(known: Approval | None, batch_id: str) -> bool:
    """A question nobody was asked yet, or one that an earlier try of this pass recorded."""
    return known is None or known.batch == batch_id


async def note_batch(step: Pass) -> None:
    """Record the batch, once all its questions are on record."""
    if step.batch is None:
        return
    run = step.run
    members = [one.id for one in _in_order(step) if one.batch == step.batch and one.channel == run.channel]
    if len(members) >= AT_LEAST:
        batch = Batch(step.batch, run.thread_id, run.graph, run.channel, run.requester, tuple(members))
        step.batch_is_new = await step.world.store.create_batch(batch)


def _in_order(step: Pass) -> list[Approval]:
    asked = [pause.interrupt_id for pause in step.snapshot.pauses]
    return [step.open[interrupt] for interrupt in asked if interrupt in step.open]
