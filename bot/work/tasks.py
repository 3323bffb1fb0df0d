"""The tasks a worker runs: each hands over to a use case and may be run twice without harm.

Arguments are plain strings and numbers: pydocket pickles them, and what is plain always decodes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from docket import CurrentExecution, Docket, Execution, Perpetual
from docket.execution import TaskFunction

from bot.approvals.adopting import adopt as adopt_all
from bot.approvals.announcing import announce as announce_run
from bot.approvals.daily import post_due
from bot.approvals.driving import Progress, drive
from bot.approvals.expiring import expire as expire_approval
from bot.approvals.home import show_home
from bot.approvals.noticing import notify as notify_person
from bot.approvals.nudging import nudge as nudge_people
from bot.approvals.reconciling import reconcile as reconcile_all
from bot.approvals.redrawing import redraw as redraw_cards
from bot.approvals.showing import Shown, show_working
from bot.approvals.showing import show as show_card
from bot.approvals.showing_batch import show_batch as show_batch_card
from bot.approvals.world import World
from bot.ports import ChannelClosed, LeaseLost, MessageRefused, SlackUnavailable, StoreUnavailable
from bot.telemetry import QUEUE_LAG, TASKS
from bot.work.at_hand import AtHand
from bot.work.redraw import Redraw

log = structlog.get_logger("approvals.work")

# Somebody else holds the thread or the card: look again after this.
BUSY_WAIT = 0.5

# A run that is over sooner than this shows its end at once, without a "working" in between.
WORKING_AFTER = 2.0

# Every so often, whatever a crash left half done is found and asked for again.
CURRENT = CurrentExecution()
RECONCILING = Perpetual(every=timedelta(seconds=5), automatic=True)
DAILY = Perpetual(every=timedelta(seconds=60), automatic=True)
ADOPTING = Perpetual(every=timedelta(seconds=5), automatic=True)


def register(docket: Docket, world: World) -> None:
    """Make the tasks known to this docket, for adding (web) and for running (worker)."""
    for name, task in tasks(world).items():
        docket.register(task, names=[name])


def tasks(world: World) -> dict[str, TaskFunction]:
    """Task name -> function. Redis keeps the names: renaming one loses what waits under the old name."""

    redraw = Redraw(world.store)

    async def advance(thread_id: str, insist: bool = True, execution: Execution = CURRENT) -> None:
        wished = AtHand(world.queue)
        with measured("advance", execution):
            try:
                progress = await _telling_progress(world, wished, thread_id)
            except LeaseLost:
                # Another worker drives the thread, or will: its pass finds everything this one wrote.
                log.warning("thread lease lost", thread=thread_id)
                progress = Progress.BUSY
            if progress is Progress.BUSY and insist:
                await world.queue.advance(thread_id, why="busy", delay=BUSY_WAIT)
        for batch_id in wished.batches:
            await batch_shown_now(batch_id)
        for approval_id in wished.cards:
            await shown_now(approval_id)
        for ended in wished.results:
            await announced_now(ended)

    async def show(approval_id: str, execution: Execution = CURRENT) -> None:
        lag_noted("show", execution)
        await shown_now(approval_id)

    async def shown_now(approval_id: str) -> None:
        with counted("show"):
            try:
                shown = await show_card(world, approval_id)
            except ChannelClosed as closed:
                log.error("card cannot be posted", approval=approval_id, reason=str(closed))
                return
            except MessageRefused as refused:
                log.error("card was refused by Slack", approval=approval_id, reason=str(refused))
                return
            except LeaseLost:
                shown = Shown.BUSY
            except StoreUnavailable:
                redraw.later(approval_id)
                raise
            if shown is Shown.BUSY:
                await world.queue.show(approval_id, version=0, delay=BUSY_WAIT)

    async def show_batch(batch_id: str, execution: Execution = CURRENT) -> None:
        lag_noted("show_batch", execution)
        await batch_shown_now(batch_id)

    async def batch_shown_now(batch_id: str) -> None:
        with counted("show_batch"):
            try:
                shown = await show_batch_card(world, batch_id)
            except ChannelClosed as closed:
                log.error("card cannot be posted", batch=batch_id, reason=str(closed))
                return
            except MessageRefused as refused:
                log.error("card was refused by Slack", batch=batch_id, reason=str(refused))
                return
            except LeaseLost:
                shown = Shown.BUSY
            if shown is Shown.BUSY:
                await world.queue.show_batch(batch_id, delay=BUSY_WAIT)

    async def expire(approval_id: str, execution: Execution = CURRENT) -> None:
        with measured("expire", execution):
            await expire_approval(world, approval_id)

    async def nudge(approval_id: str, execution: Execution = CURRENT) -> None:
        with measured("nudge", execution):
            try:
                await nudge_people(world, approval_id)
            except LeaseLost:
                log.warning("reminder left to another worker", approval=approval_id)

    async def absence(user: str, execution: Execution = CURRENT) -> None:
        with measured("absence", execution):
            await redraw_cards(world, user)

    async def announce(thread_id: str, execution: Execution = CURRENT) -> None:
        lag_noted("announce", execution)
        await announced_now(thread_id)

    async def announced_now(thread_id: str) -> None:
        with counted("announce"):
            try:
                shown = await announce_run(world, thread_id)
            except (ChannelClosed, MessageRefused) as closed:
                log.error("result cannot be posted", thread=thread_id, reason=str(closed))
                return
            except LeaseLost:
                shown = Shown.BUSY
            if shown is Shown.BUSY:
                await world.queue.announce(thread_id, delay=BUSY_WAIT)

    async def tell(
        channel: str, user: str, text: str, thread_ts: str | None, execution: Execution = CURRENT
    ) -> None:
        with measured("tell", execution):
            try:
                await world.messenger.tell(channel, user, text, thread_ts=thread_ts)
            except (ChannelClosed, MessageRefused, SlackUnavailable) as failed:
                log.warning("private note was not delivered", user=user, reason=str(failed))

    async def home(user: str, note: str | None, execution: Execution = CURRENT) -> None:
        with measured("home", execution):
            try:
                await show_home(world, user, note)
            except (MessageRefused, SlackUnavailable) as failed:
                log.warning("App Home was not published", user=user, reason=str(failed))
                if note is not None:
                    await world.queue.tell(user, user, note)

    async def notify(approval_id: str, execution: Execution = CURRENT) -> None:
        with measured("notify", execution):
            try:
                await notify_person(world, approval_id)
            except (ChannelClosed, MessageRefused) as failed:
                log.warning("private note was not delivered", approval=approval_id, reason=str(failed))

    async def daily(every: Perpetual = DAILY, execution: Execution = CURRENT) -> None:
        with measured("daily", execution):
            try:
                await post_due(world)
            except (ChannelClosed, MessageRefused) as failed:
                log.error("daily summary cannot be posted", reason=str(failed))

    async def reconcile(every: Perpetual = RECONCILING, execution: Execution = CURRENT) -> None:
        with measured("reconcile", execution):
            found = await reconcile_all(world)
            if found.in_work or found.unshown or found.overdue or found.unannounced:
                log.info(
                    "reconciler found half-done work",
                    in_work=len(found.in_work),
                    unshown=len(found.unshown),
                    overdue=len(found.overdue),
                    unannounced=len(found.unannounced),
                )

    async def adopt(every: Perpetual = ADOPTING, execution: Execution = CURRENT) -> None:
        with measured("adopt", execution):
            for thread_id in await adopt_all(world):
                log.info("thread adopted", thread=thread_id)

    return {
        "advance": advance,
        "show": show,
        "show_batch": show_batch,
        "expire": expire,
        "nudge": nudge,
        "absence": absence,
        "announce": announce,
        "tell": tell,
        "home": home,
        "notify": notify,
        "daily": daily,
        "reconcile": reconcile,
        "adopt": adopt,
    }


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


@contextmanager
def measured(task: str, execution: Execution) -> Iterator[None]:
    """Count the task, and how late it began."""
    lag_noted(task, execution)
    with counted(task):
        yield


def lag_noted(task: str, execution: Execution) -> None:
    """Note how late the task began."""
    late = datetime.now(UTC) - execution.when
    QUEUE_LAG.labels(task).observe(max(late.total_seconds(), 0.0))


@contextmanager
def counted(task: str) -> Iterator[None]:
    """Count the task; an exception passes through to the queue."""
    try:
        yield
    except Exception:
        TASKS.labels(task, "failed").inc()
        raise
    TASKS.labels(task, "done").inc()
