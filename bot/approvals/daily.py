"""Post each channel's daily summary: once a day, however many workers there are and whenever one dies."""

from __future__ import annotations

from collections import Counter

from bot.approvals.world import World
from bot.core.daily import LATEST, Daily, appointments, due_day
from bot.core.filters import is_due
from bot.ports import (
    ChannelClosed,
    Claim,
    DueBy,
    InPlaces,
    MessageRefused,
    Page,
    SlackUnavailable,
    Summary,
)

OLDEST = 5
SOON = 86_400.0
LOOKED_AT = 500  # deadlines that are looked through for one channel's
SCOPE = "digest"


async def post_due(world: World) -> tuple[str, ...]:
    """Post what is due; the channels that got theirs. Raises ChannelClosed, MessageRefused."""
    now = await world.store.now()
    posted = []
    for daily in appointments(world.policies(), world.default_channel):
        day = due_day(daily, now)
        if day is not None and await _post_once(world, daily, day, now):
            posted.append(daily.channel)
    return tuple(posted)


async def _post_once(world: World, daily: Daily, day: str, now: float) -> bool:
    """A claim that nobody finished runs out: whoever comes then looks for the post before making it."""
    once, key = world.once, f"{daily.channel}:{day}"
    if once is None or (await once.begin(SCOPE, key, day)).claim is not Claim.MINE:
        return False
    summary = await _summary(world, daily.channel, day, now)
    try:
        ts = await _post(world, summary, now) if summary.total else None
    except SlackUnavailable as down:
        if not down.sent:
            await once.release(SCOPE, key)
        return False
    except (ChannelClosed, MessageRefused):
        await once.finish(SCOPE, key, None)  # said once a day, not every minute
        raise
    await once.finish(SCOPE, key, ts)
    return ts is not None


async def _post(world: World, summary: Summary, now: float) -> str:
    message = world.faces.summary(summary)
    since = now - LATEST.total_seconds()
    found = await world.messenger.find(summary.channel, message, since=since)
    return found[0] if found else await world.messenger.post(summary.channel, message)


async def _summary(world: World, channel: str, day: str, now: float) -> Summary:
    oldest = await world.store.waiting(InPlaces(channel=channel), limit=OLDEST)
    graphs = Counter[str]()
    for graph, where in await world.store.places():
        if where == channel:
            page = await world.store.waiting(InPlaces(graph=graph, channel=channel), limit=1)
            graphs[graph] = page.total
    due = await world.store.waiting(DueBy(now + SOON), limit=LOOKED_AT)
    here = [record.approval for record in due.records if record.approval.channel == channel]
    overdue = sum(is_due(approval, now) for approval in here)
    return Summary(
        channel=channel,
        day=day,
        total=oldest.total,
        graphs=tuple(graphs.most_common()),
        overdue=overdue,
        soon=len(here) - overdue,
        oldest=oldest.records,
        links=await _links(world, oldest),
    )


async def _links(world: World, page: Page) -> dict[str, str]:
    found = {}
    for record in page.records:
        link = await world.messenger.link(record.card.channel, record.card.ts) if record.card.ts else None
        if link is not None:
            found[record.approval.id] = link
    return found
