"""Find what a crash left half done and ask for it again; every step is safe to repeat."""

from __future__ import annotations

from dataclasses import replace

from bot.approvals.absences import note_ends
from bot.approvals.measured import findings_counted
from bot.approvals.retrying import is_stuck
from bot.approvals.world import World
from bot.ports import Leftovers

# Work this young is still in somebody's hands.
SETTLED = 5.0

# How much one round takes on, so that a long outage is worked off in slices.
SLICE = 200


async def reconcile(world: World, *, older_than: float = SETTLED) -> Leftovers:
    """Queue every half-done piece again and return what was found."""
    await note_ends(world)
    left = await world.store.leftovers(older_than=older_than, limit=SLICE)
    records = await world.store.read_many([approval_id for approval_id, _ in left.in_work])
    stuck = {record.approval.id for record in records if is_stuck(record.approval)}
    left = replace(left, in_work=tuple(pair for pair in left.in_work if pair[0] not in stuck))
    findings_counted(left)
    threads = dict.fromkeys([*(thread for _, thread in left.in_work), *left.active, *left.waiting])
    for thread_id in threads:
        await world.queue.advance(thread_id, why="reconcile", if_idle=True)
    for approval_id in left.unshown:
        record = await world.store.read(approval_id)
        if record is not None:
            await world.queue.show(approval_id, version=record.approval.version, if_idle=True)
    for batch_id in left.batches:
        await world.queue.show_batch(batch_id, if_idle=True)
    now = await world.store.now()
    for approval_id in left.overdue:
        await world.queue.expire(approval_id, at=now)
    for approval_id in left.nudges:
        await world.queue.nudge(approval_id, at=now)
    for thread_id in left.unannounced:
        await world.queue.announce(thread_id, if_idle=True)
    return left
