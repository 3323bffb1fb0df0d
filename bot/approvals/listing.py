"""Lists for people: filtered, a page at a time, and never more than a bounded look through what waits."""

from __future__ import annotations

from dataclasses import dataclass

from bot.approvals.whose import Place, may_decide, may_see, own_places
from bot.approvals.world import World
from bot.core.filters import Filters, fits
from bot.ports import AskedBy, CardAt, DirectoryUnavailable, DueBy, Found, InPlaces, Look, Message, Record

PAGE = 10

# A filter without an index is tried on so many approvals for one page: a quarter of a second of work. The
# next page goes on where this one stopped.
MOST = 500
BATCH = 100


@dataclass(frozen=True, slots=True)
class Search:
    """What one person wants to see, and the index that comes closest to it."""

    filters: Filters
    look: Look
    exact: bool  # the index gives what is wanted and nothing else
    own: frozenset[Place] | None  # `mine`: where this person may decide; None: that is not asked
    unsure: bool


async def find(
    world: World, user: str, filters: Filters, cursor: str | None = None, *, limit: int = PAGE
) -> Found:
    """One page of what this person asks for. ValueError: the cursor belongs to another list."""
    search = await _prepared(world, user, filters)
    hits: list[Record] = []
    searched, unsure = 0, search.unsure
    while searched < MOST:
        size = limit if search.exact else min(BATCH if searched else 2 * limit, MOST - searched)
        page = await world.store.waiting(search.look, cursor=cursor, limit=size)
        for number, record in enumerate(page.records):
            wanted = await _is_wanted(world, user, search, record)
            unsure = unsure or wanted is None
            hits += [record] if wanted else []
            if len(hits) == limit:
                is_last = number + 1 == len(page.records) and page.cursor is None
                more = None if is_last else page.marks[number]
                return Found(tuple(hits), more, page.total if search.exact else None, filters, unsure=unsure)
        searched, cursor = searched + size, page.cursor
        if cursor is None:
            total = page.total if search.exact else None
            return Found(tuple(hits), None, total, filters, unsure=unsure)
    return Found(tuple(hits), cursor, None, filters, searched=searched, unsure=unsure)


async def one(world: World, user: str, wanted: str | CardAt) -> tuple[Record, Message] | None:
    """The approval with its card as it is now; None where there is none that this person may see."""
    record = await seen(world, user, wanted)
    if record is None:
        return None
    approval = record.approval
    card = world.faces.card(approval, previous=None, previous_link=None, next_link=None, now=record.now)
    return record, card


async def seen(world: World, user: str, wanted: str | CardAt) -> Record | None:
    """The approval, by its id or by where its card is; None where there is none that this person may see."""
    if isinstance(wanted, CardAt):
        known = await world.store.card_at(wanted.channel, wanted.ts)
    else:
        known = wanted
    record = await world.store.read(known) if known else None
    try:
        return record if record is not None and await may_see(world, user, record) else None
    except DirectoryUnavailable:
        return None  # who cannot be checked sees nothing


async def _prepared(world: World, user: str, filters: Filters) -> Search:
    own, told_all = None, True
    if filters.mine:
        places = await world.store.places()
        named = (place for place in places if _names(filters, place))
        own, told_all = await own_places(world, user, named, await world.store.now())
    timed = filters.older is not None or filters.due is not None
    look = _look(filters, own, await world.store.now() if timed else 0.0)
    rest: tuple[object, ...] = (filters.words, filters.mine)
    if not isinstance(look, InPlaces):
        rest = (*rest, filters.graph, filters.channel)
    if isinstance(look, DueBy):
        rest = (*rest, filters.requester, filters.older)
    return Search(filters, look, exact=not any(rest), own=own, unsure=not told_all)


def _look(filters: Filters, own: frozenset[Place] | None, now: float) -> Look:
    before = None if filters.older is None else now - filters.older
    newest = bool(filters.words)  # who looks for words has seen them lately
    if filters.due is not None:
        return DueBy(now + filters.due)
    if filters.requester is not None:
        return AskedBy(filters.requester, before, newest)
    return InPlaces(filters.graph, filters.channel, own, before, newest)


def _names(filters: Filters, place: Place) -> bool:
    graph, channel = place
    return filters.graph in (None, graph) and filters.channel in (None, channel)


async def _is_wanted(world: World, user: str, search: Search, record: Record) -> bool | None:
    """None: Slack does not tell whether this person may decide it."""
    approval = record.approval
    if not fits(search.filters, approval, record.now):
        return False
    if search.own is None:
        return True
    if (approval.request.graph, approval.channel) not in search.own:
        return False
    try:
        return await may_decide(world, user, record)
    except DirectoryUnavailable:
        return None
