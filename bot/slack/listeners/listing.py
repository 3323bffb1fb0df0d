"""One page of what is waiting, each with a link to its card."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.approvals.links import links
from bot.blocks.lists import pending
from bot.blocks.parts import Face
from bot.core.filters import Filters
from bot.ports import Messenger
from bot.slack.desk import Desk


async def list_face(
    desk: Desk, messenger: Messenger, user: str, filters: Filters, trail: Sequence[str] = ()
) -> Face:
    """The page that `trail`, the cursors of the pages up to it, leads to."""
    page = await desk.find(user, filters, trail[-1] if trail else None)
    known, several = await asyncio.gather(links(messenger, page.records), desk.several(user, page.records))
    return pending(page, links=known, trail=trail, several=several)
