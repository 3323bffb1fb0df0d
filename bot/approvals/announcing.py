"""Tell people how a run ended, once, in the thread of the card that decided it."""

from __future__ import annotations

from dataclasses import replace

from bot.approvals.showing import CLOCK_SLACK, Shown
from bot.approvals.world import World
from bot.core.model import Run, RunState
from bot.ports import SlackUnavailable

OVER = (RunState.ENDED, RunState.FAILED, RunState.LOST)


async def announce(world: World, thread_id: str) -> Shown:
    """Post the result of a run that is over. A repeat finds the first post and adopts it."""
    async with world.store.card_lease(f"result-{thread_id}") as lease:
        if lease is None:
            return Shown.BUSY
        run = await world.store.read_run(thread_id)
        if run is None or run.announced is not None or run.state not in OVER:
            return Shown.DONE
        try:
            ts = await _say(world, run)
        except SlackUnavailable as down:
            await world.queue.announce(thread_id, delay=down.retry_after)
            return Shown.LATER
        await world.store.swap_run(run, replace(run, announced=ts, version=run.version + 1))
    return Shown.DONE


async def _say(world: World, run: Run) -> str:
    record = await world.store.read(run.last_approval) if run.last_approval else None
    thread_ts = record.card.ts if record else None
    message = world.faces.result(run)
    found = await world.messenger.find(
        run.channel, message, since=run.started_at - CLOCK_SLACK, thread_ts=thread_ts
    )
    return found[0] if found else await world.messenger.post(run.channel, message, thread_ts=thread_ts)
