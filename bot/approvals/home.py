"""Draw one person's App Home: what waits for them, what they asked for, what was decided lately."""

from __future__ import annotations

from bot.approvals.links import links
from bot.approvals.listing import find
from bot.approvals.world import World
from bot.core.filters import Filters
from bot.ports import Home

WAITING, OTHERS = 10, 5


async def show_home(world: World, user: str, note: str | None = None) -> None:
    """Publish it; `note` says what became of the last press. Raises SlackUnavailable, MessageRefused."""
    waiting = await find(world, user, Filters(mine=True), limit=WAITING)
    asked = await find(world, user, Filters(requester=user), limit=OTHERS)
    recent = await world.store.lately(user, limit=OTHERS)
    found = await links(world.messenger, (*waiting.records, *asked.records, *recent))
    view = world.faces.home(Home(user, waiting, asked, recent, found, note))
    await world.messenger.publish(user, view)
