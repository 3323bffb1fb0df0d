"""The tasks a worker runs: each hands over to a use case and may be run twice without harm.

Arguments are plain strings and numbers: pydocket pickles them, and what is plain always decodes.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from docket import Docket, Perpetual
from docket.execution import TaskFunction

from bot.approvals.announcing import announce as announce_run
from bot.approvals.driving import Progress, drive
from bot.approvals.expiring import expire as expire_approval
from bot.approvals.reconciling import reconcile as reconcile_all
from bot.approvals.showing import Shown
from bot.approvals.showing import show as show_card
from bot.approvals.world import World
from bot.ports import ChannelClosed, LeaseLost, MessageRefused, SlackUnavailable

log = structlog.get_logger("approvals.work")

# Somebody else holds the thread or the card: look again after this.
BUSY_WAIT = 0.25

# Every so often, whatever a crash left half done is found and asked for again.
RECONCILING = Perpetual(every=timedelta(seconds=5), automatic=True)


def register(docket: Docket, world: World) -> None:
    """Make the tasks known to this docket, for adding (web) and for running (worker)."""
    for name, task in tasks(world).items():
        docket.register(task, names=[name])


def tasks(world: World) -> dict[str, TaskFunction]:
    """Task name -> function. Redis keeps the names: renaming one loses what waits under the old name."""

    async def advance(thread_id: str) -> None:
        try:
            progress = await drive(world, thread_id)
        except LeaseLost:
            # Another worker drives the thread, or will: its pass finds everything this one wrote.
            log.warning("thread lease lost", thread=thread_id)
            progress = Progress.BUSY
        if progress is Progress.BUSY:
            await world.queue.advance(thread_id, why="busy", delay=BUSY_WAIT)

    async def show(approval_id: str) -> None:
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
        if shown is Shown.BUSY:
            await world.queue.show(approval_id, version=0, delay=BUSY_WAIT)

    async def expire(approval_id: str) -> None:
        await expire_approval(world, approval_id)

    async def announce(thread_id: str) -> None:
        try:
            shown = await announce_run(world, thread_id)
        except (ChannelClosed, MessageRefused) as closed:
            log.error("result cannot be posted", thread=thread_id, reason=str(closed))
            return
        except LeaseLost:
            shown = Shown.BUSY
        if shown is Shown.BUSY:
            await world.queue.announce(thread_id, delay=BUSY_WAIT)

    async def tell(channel: str, user: str, text: str, thread_ts: str | None) -> None:
        try:
            await world.messenger.tell(channel, user, text, thread_ts=thread_ts)
        except (ChannelClosed, MessageRefused, SlackUnavailable) as failed:
            log.warning("private note was not delivered", user=user, reason=str(failed))

    async def reconcile(every: Perpetual = RECONCILING) -> None:
        found = await reconcile_all(world)
        if found.in_work or found.unshown or found.overdue or found.unannounced:
            log.info(
                "reconciler found half-done work",
                in_work=len(found.in_work),
                unshown=len(found.unshown),
                overdue=len(found.overdue),
                unannounced=len(found.unannounced),
            )

    return {
        "advance": advance,
        "show": show,
        "expire": expire,
        "announce": announce,
        "tell": tell,
        "reconcile": reconcile,
    }
