"""The permalinks of cards, as many as Slack gives in time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.ports import Messenger, Record

# Seconds for all links together; a list without links is better than a late one.
LINKS_WITHIN = 1.0


async def links(messenger: Messenger, records: Sequence[Record]) -> dict[str, str]:
    """The permalinks of these records' cards by approval id."""
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
