"""What people look for among all that waits: theirs, somebody's, what is due; and what was decided lately."""

from __future__ import annotations

import re
from urllib.parse import unquote

from bot.core.model import Approval, State
from bot.ports import AskedBy, DueBy, InPlaces, Look, Page, Record
from bot.store import keys
from bot.store.codec import to_text
from bot.store.lists import PLACE, Lists, opened

RECENT = 20  # how many decisions are remembered of each person

_DUE = re.compile(r"\d+(?:\.\d+)?(?:e[+]\d+)?:[\w-]+", re.ASCII)  # what due.lua answers


class Waiting(Lists):
    """The part of the store that people search. A page costs two round trips, however many wait."""

    async def waiting(self, look: Look, *, cursor: str | None = None, limit: int = 10) -> Page:
        """Pending approvals that the look is for. ValueError: the cursor is not one of this kind of look."""
        match look:
            case DueBy(moment):
                return await self._due(moment, cursor, limit)
            case AskedBy(requester):
                indexes = [keys.asked(requester)]
            case InPlaces(pairs=pairs) if pairs is not None:
                indexes = [_shelf(graph, channel) for graph, channel in _within(look, pairs)]
                if not indexes:
                    return Page((), None, 0)
            case InPlaces(graph=str(graph), channel=str(channel)):
                indexes = [_shelf(graph, channel)]
            case InPlaces():
                indexes = []
        return await self._places(look, indexes, cursor, limit)

    async def _places(
        self, look: InPlaces | AskedBy, indexes: list[str], cursor: str | None, limit: int
    ) -> Page:
        named = (look.graph, look.channel) if isinstance(look, InPlaces) else (None, None)
        of_graph, of_channel = (keys.quoted(part or "") for part in named)
        order = "newest" if look.newest else "oldest"
        before = "" if look.before is None else keys.place(max(look.before, 0.0), "")
        last = opened(cursor, PLACE)
        total, *found = await self._server.run(
            "page",
            [keys.SHELVES, *indexes],
            [keys.shelf(""), State.PENDING, of_graph, of_channel, order, last, limit + 1, before],
        )
        return await self._shown([to_text(place) for place in found], limit, total, State.PENDING)

    async def _due(self, moment: float, cursor: str | None, limit: int) -> Page:
        deadline, _, approval_id = opened(cursor, _DUE).partition(":")
        total, *found = await self._server.run(
            "due", [keys.DEADLINES], [repr(moment), limit + 1, deadline, approval_id]
        )
        return await self._shown([to_text(place) for place in found], limit, total, State.PENDING)

    async def places(self) -> frozenset[tuple[str, str]]:
        """The graph and channel of everything that is pending."""
        (names,) = await self._server.read(("SMEMBERS", keys.SHELVES))
        parts = (to_text(name).split("|") for name in names)
        return frozenset(
            (unquote(graph), unquote(channel)) for state, graph, channel in parts if state == State.PENDING
        )

    async def lately(self, person: str, *, limit: int) -> tuple[Record, ...]:
        """What this person decided, or asked for and got decided, newest decision first."""
        last = str(limit - 1)
        (found,) = await self._server.read(("ZRANGE", keys.recent(person), "0", last, "REV"))
        return await self.read_many([to_text(approval_id) for approval_id in found])


def concerned(approval: Approval) -> tuple[str, ...]:
    """Who wants to find a decision again: who made it, and who had asked."""
    if approval.state not in (State.DECIDED, State.EXPIRED):
        return ()
    voters = [vote.by for vote in approval.votes]
    return tuple(dict.fromkeys([*voters, *([approval.requester] if approval.requester else [])]))


def _shelf(graph: str, channel: str) -> str:
    return keys.shelf(keys.shelf_name(State.PENDING, graph, channel))


def _within(look: InPlaces, pairs: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (graph, channel)
        for graph, channel in sorted(pairs)
        if look.graph in (None, graph) and look.channel in (None, channel)
    ]
