"""Take on threads that were started elsewhere on an Agent Server: a run of ours for each, and its cards."""

from __future__ import annotations

from dataclasses import replace

from bot.approvals.world import World
from bot.core.model import Run, RunState
from bot.ports import Elsewhere

OVER = (RunState.ENDED, RunState.FAILED, RunState.LOST, RunState.CANCELLED)


async def adopt(world: World) -> tuple[str, ...]:
    """Look everywhere for what waits; returns the threads that are new to us. A repeat changes nothing."""
    found = await world.scout.waiting() if world.scout is not None else ()
    return tuple([one.thread_id for one in found if await _take(world, one)])


async def wake(world: World, server_thread: str) -> None:
    """Somebody says that this thread has moved: look at it now. Raises GraphUnavailable."""
    found = await world.scout.look_up(server_thread) if world.scout is not None else None
    if found is None or await _take(world, found):
        return
    if await world.store.read_run(found.thread_id) is not None:
        await world.queue.advance(found.thread_id, why="woken", if_idle=True)


async def _take(world: World, found: Elsewhere) -> bool:
    """Wake a worker where the thread asks what is not on record; True where the thread itself is new."""
    known = await world.store.read_run(found.thread_id)
    asked = await world.store.of_thread(found.thread_id) if known is not None else {}
    if found.interrupts <= asked.keys():
        return False
    run = known or await _recorded(world, found)
    if run is None:
        return False
    if run.state in OVER:
        await world.store.swap_run(run, _again(run))
    await world.queue.advance(run.thread_id, why="asks", if_idle=True)
    return known is None


async def _recorded(world: World, found: Elsewhere) -> Run | None:
    """A run that is under way: it must never be started, whatever becomes of its thread."""
    channel = world.policy(found.graph).channel or world.default_channel
    if not found.wanted or channel is None:
        return None
    now = await world.store.now()
    run = Run(
        found.thread_id, found.graph, channel, found.requester, None, started_at=now, state=RunState.RUNNING
    )
    return await world.store.create_run(run)


def _again(run: Run) -> Run:
    """A conversation goes on after its end: how it ends next is told again."""
    return replace(
        run,
        state=RunState.RUNNING,
        version=run.version + 1,
        output=None,
        result=None,
        failure=None,
        reference=None,
        intended_at=None,
        announced=None,
    )
