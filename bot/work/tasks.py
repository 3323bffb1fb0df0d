"""The tasks a worker runs: each hands over to a use case and may be run twice without harm.

Arguments are plain strings and numbers: pydocket pickles them, and what is plain always decodes.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog
from docket import CurrentExecution, Docket, Execution, Perpetual
from docket.execution import TaskFunction

from bot.approvals.adopting import adopt
from bot.approvals.daily import post_due
from bot.approvals.driving import Progress, drive
from bot.approvals.expiring import expire
from bot.approvals.home import show_home
from bot.approvals.noticing import notify
from bot.approvals.nudging import nudge
from bot.approvals.reconciling import reconcile
from bot.approvals.redrawing import redraw
from bot.approvals.showing import show_working
from bot.approvals.world import World
from bot.ports import ChannelClosed, LeaseLost, MessageRefused, SlackUnavailable
from bot.work.at_hand import AtHand
from bot.work.measured import lag_noted, measured
from bot.work.screens import BUSY_WAIT, Screens

log = structlog.get_logger("approvals.work")

# A run that is over sooner than this shows its end at once, without a "working" in between.
WORKING_AFTER = 2.0

# Every so often, whatever a crash left half done is found and asked for again.
CURRENT = CurrentExecution()
RECONCILING = Perpetual(every=timedelta(seconds=5), automatic=True)
DAILY = Perpetual(every=timedelta(seconds=60), automatic=True)
ADOPTING = Perpetual(every=timedelta(seconds=5), automatic=True)


# Redis keeps the names: renaming one loses what waits under the old name.
NAMES = (
    "advance",
    "show",
    "show_batch",
    "expire",
    "nudge",
    "absence",
    "announce",
    "tell",
    "home",
    "notify",
    "daily",
    "reconcile",
    "adopt",
)


def tasks(world: World) -> dict[str, TaskFunction]:
    """Task name -> function."""
    known = Tasks(world)
    return {name: getattr(known, name) for name in NAMES}


def register(docket: Docket, world: World) -> None:
    """Make the tasks known to this docket, for adding (web) and for running (worker)."""
    for name, task in tasks(world).items():
        docket.register(task, names=[name])


class Tasks:
    """Each method is a task; its name is the task's."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._screens = Screens(world)

    async def advance(self, thread_id: str, insist: bool = True, execution: Execution = CURRENT) -> None:
        wished = AtHand(self._world.queue)
        with measured("advance", execution):
            try:
                progress = await _telling_progress(self._world, wished, thread_id)
            except LeaseLost:
                # Another worker drives the thread, or will: its pass finds everything this one wrote.
                log.warning("thread lease lost", thread=thread_id)
                progress = Progress.BUSY
            if progress is Progress.BUSY and insist:
                await self._world.queue.advance(thread_id, why="busy", delay=BUSY_WAIT)
        for batch_id in wished.batches:
            await self._screens.batch(batch_id)
        for approval_id in wished.cards:
            await self._screens.card(approval_id)
        for ended in wished.results:
            await self._screens.result(ended)

    async def show(self, approval_id: str, execution: Execution = CURRENT) -> None:
        lag_noted("show", execution)
        await self._screens.card(approval_id)

    async def show_batch(self, batch_id: str, execution: Execution = CURRENT) -> None:
        lag_noted("show_batch", execution)
        await self._screens.batch(batch_id)

    async def expire(self, approval_id: str, execution: Execution = CURRENT) -> None:
        with measured("expire", execution):
            await expire(self._world, approval_id)

    async def nudge(self, approval_id: str, execution: Execution = CURRENT) -> None:
        with measured("nudge", execution):
            try:
                await nudge(self._world, approval_id)
            except LeaseLost:
                log.warning("reminder left to another worker", approval=approval_id)

    async def absence(self, user: str, execution: Execution = CURRENT) -> None:
        with measured("absence", execution):
            await redraw(self._world, user)

    async def announce(self, thread_id: str, execution: Execution = CURRENT) -> None:
        lag_noted("announce", execution)
        await self._screens.result(thread_id)

    async def tell(
        self, channel: str, user: str, text: str, thread_ts: str | None, execution: Execution = CURRENT
    ) -> None:
        with measured("tell", execution):
            try:
                await self._world.messenger.tell(channel, user, text, thread_ts=thread_ts)
            except (ChannelClosed, MessageRefused, SlackUnavailable) as failed:
                log.warning("private note was not delivered", user=user, reason=str(failed))

    async def home(self, user: str, note: str | None, execution: Execution = CURRENT) -> None:
        with measured("home", execution):
            try:
                await show_home(self._world, user, note)
            except (MessageRefused, SlackUnavailable) as failed:
                log.warning("App Home was not published", user=user, reason=str(failed))
                if note is not None:
                    await self._world.queue.tell(user, user, note)

    async def notify(self, approval_id: str, execution: Execution = CURRENT) -> None:
        with measured("notify", execution):
            try:
                await notify(self._world, approval_id)
            except (ChannelClosed, MessageRefused) as failed:
                log.warning("private note was not delivered", approval=approval_id, reason=str(failed))

    async def daily(self, every: Perpetual = DAILY, execution: Execution = CURRENT) -> None:
        with measured("daily", execution):
            try:
                await post_due(self._world)
            except (ChannelClosed, MessageRefused) as failed:
                log.error("daily summary cannot be posted", reason=str(failed))

    async def reconcile(self, every: Perpetual = RECONCILING, execution: Execution = CURRENT) -> None:
        with measured("reconcile", execution):
            found = await reconcile(self._world)
            if found.in_work or found.unshown or found.overdue or found.unannounced:
                log.info(
                    "reconciler found half-done work",
                    in_work=len(found.in_work),
                    unshown=len(found.unshown),
                    overdue=len(found.overdue),
                    unannounced=len(found.unannounced),
                )

    async def adopt(self, every: Perpetual = ADOPTING, execution: Execution = CURRENT) -> None:
        with measured("adopt", execution):
            for thread_id in await adopt(self._world):
                log.info("thread adopted", thread=thread_id)


async def _telling_progress(world: World, wished: AtHand, thread_id: str) -> Progress:
    """Drive the thread; what takes long is shown on the cards, what does not shows its end at once."""
    driving = asyncio.create_task(drive(replace(world, queue=wished), thread_id))
    try:
        done, _ = await asyncio.wait({driving}, timeout=WORKING_AFTER)
        if not done:
            await show_working(world, thread_id)
        return await driving
    finally:
        driving.cancel()
