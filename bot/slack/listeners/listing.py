"""One page of what is waiting, each with a link to its card."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.blocks.lists import pending
from bot.blocks.parts import Face
from bot.core.filters import Filters
from bot.ports import Messenger, Record
from bot.slack.desk import Desk

# Seconds for all links of a page together; a list without links is better than a late one.
LINKS_WITHIN = 1.0


async def list_face(
    desk: Desk, messenger: Messenger, user: str, filters: Filters, trail: Sequence[str] = ()
) -> Face:
    """The page that `trail`, the cursors of the pages up to it, leads to."""
    page = await desk.find(user, filters, trail[-1] if trail else None)
    return pending(page, links=await links(messenger, page.records), trail=trail)


async def links(messenger: Messenger, records: Sequence[Record]) -> dict[str, str]:
    """The permalinks of these cards by approval id, as many as Slack gives in time."""
    asked = {
        asyncio.create_task(messenger.link(record.card.channel, record.card.ts)): record.approval.id
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
