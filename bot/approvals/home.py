"""Draw one person's App Home: what waits for them, what they asked for, what was decided lately."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.approvals.listing import find
from bot.approvals.world import World
from bot.core.filters import Filters
from bot.ports import Home, Record

WAITING, OTHERS = 10, 5

# Seconds for all links together; a Home without links is better than none.
LINKS_WITHIN = 1.0


async def show_home(world: World, user: str, note: str | None = None) -> None:
    """Publish it; `note` says what became of the last press. Raises SlackUnavailable, MessageRefused."""
    waiting = await find(world, user, Filters(mine=True), limit=WAITING)
    asked = await find(world, user, Filters(requester=user), limit=OTHERS)
    recent = await world.store.lately(user, limit=OTHERS)
    links = await _links(world, (*waiting.records, *asked.records, *recent))
    view = world.faces.home(Home(user, waiting, asked, recent, links, note))
    await world.messenger.publish(user, view)


async def _links(world: World, records: Sequence[Record]) -> dict[str, str]:
    asked = {
        asyncio.create_task(world.messenger.link(record.card.channel, record.card.ts)): record.approval.id
        for record in records
        if record.card.ts is not None
    }
    if not asked:
        return {}
    done, late = await asyncio.wait(asked, timeout=LINKS_WITHIN)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return {asked[task]: link for task in done if (link := task.result()) is not None}
