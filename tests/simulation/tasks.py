"""What the queue hands out in a simulation, and the use case that does it."""

from __future__ import annotations

from bot.approvals.announcing import announce
from bot.approvals.driving import Progress, drive
from bot.approvals.expiring import expire
from bot.approvals.nudging import nudge
from bot.approvals.reconciling import reconcile
from bot.approvals.redrawing import redraw
from bot.approvals.showing import Shown, show
from bot.approvals.showing_batch import show_batch
from bot.approvals.world import World
from tests.fake_slack import Wish


async def perform(world: World, wish: Wish) -> None:
    """Do it; whatever somebody else is doing already is asked for again a little later."""
    match wish.task:
        case "advance":
            if await drive(world, wish.args[0]) is Progress.BUSY:
                await world.queue.advance(wish.args[0], why="busy", delay=0.25)
        case "show":
            if await show(world, wish.args[0]) is Shown.BUSY:
                await world.queue.show(wish.args[0], version=0, delay=0.25)
        case "show_batch":
            if await show_batch(world, wish.args[0]) is Shown.BUSY:
                await world.queue.show_batch(wish.args[0], delay=0.25)
        case "announce":
            await announce(world, wish.args[0])
        case "expire":
            await expire(world, wish.args[0])
        case "nudge":
            await nudge(world, wish.args[0])
        case "absence":
            await redraw(world, wish.args[0])
        case "reconcile":
            await reconcile(world, older_than=0.0)
        case unknown:
            raise AssertionError(f"nobody here does {unknown}")
