"""Draw one person's App Home: what waits for them, what they asked for, what was decided lately."""

from __future__ import annotations

from bot.approvals.athome import held, offered
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
    shown = (*waiting.records, *asked.records)
    others = await held(world, user, {record.approval.id for record in shown})
    waits = tuple(one.record for one in others)
    found = await links(world.messenger, (*shown, *waits, *recent))
    offers = {record.approval.id: await offered(world, user, record) for record in shown}
    offers |= {one.record.approval.id: one.offered for one in others}
    view = world.faces.home(Home(user, waiting, asked, recent, found, note, offers, waits))
    await world.messenger.publish(user, view)
