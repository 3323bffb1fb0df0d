"""Lists of approvals, their audit trail, and the work that a crash left half done."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote

from bot.core.audit import Entry
from bot.core.beside import beside
from bot.core.model import State
from bot.ports import Leftovers, Page
from bot.store import keys
from bot.store.codec import load_entry, to_text
from bot.store.records import Records

FORGET_AT_ONCE = 100  # how many approvals one step of the reconciler deletes: about a millisecond each

PLACE = re.compile(r"\d+\.\d{6}:[\w-]+", re.ASCII)  # what keys.place() makes


class Lists(Records):
    """The part of the store that knows what belongs together.

    A page costs two round trips however many approvals there are. Each approval stands on one shelf, by
    state, graph and channel; a page is merged from the shelves that fit.
    """

    async def pending(self, *, cursor: str | None = None, limit: int = 10) -> Page:
        """Pending approvals, oldest first. ValueError: the cursor is not one of ours."""
        return await self._page("oldest", cursor, limit, state=State.PENDING)

    async def search(
        self,
        *,
        state: str | None = None,
        graph: str | None = None,
        channel: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """Approvals newest first, filtered. ValueError: the cursor is not one of ours."""
        return await self._page("newest", cursor, limit, state=state, graph=graph, channel=channel)

    async def history(self, approval_id: str) -> tuple[Entry, ...]:
        """The audit entries of one approval, oldest first."""
        found = await self._server.run("history", [keys.history(approval_id), keys.AUDIT])
        return tuple(load_entry(approval_id, entry) for entry in found)

    async def leftovers(
        self, *, older_than: float, limit: int, waited: float = 60.0, few: int = 5, take: bool = True
    ) -> Leftovers:
        """Half-done work; see `ports.Store.leftovers`. Deletes what ended before the retention, too."""
        await self._forget()
        found = await self._server.run(
            "leftovers",
            [
                *(keys.IN_WORK, keys.UNSHOWN, keys.DEADLINES, keys.ACTIVE, keys.UNANNOUNCED),
                *(keys.WAITING, keys.BEHIND, keys.NUDGES),
            ],
            [older_than, limit, waited, few, int(take)],
        )
        in_work, *others = (tuple(map(to_text, members)) for members in found)
        return Leftovers(tuple(_work(member) for member in in_work), *others)

    async def _forget(self) -> None:
        await self._server.run(
            "forget",
            [keys.ENDED, keys.AUDIT, keys.UNSHOWN, keys.SHELVES],
            [
                *(self._retention, FORGET_AT_ONCE, keys.approval(""), keys.history(""), keys.shelf("")),
                *(keys.trail(beside("")), keys.trail_entries(beside(""))),
            ],
        )

    async def _page(
        self,
        order: str,
        cursor: str | None,
        limit: int,
        *,
        state: str | None = None,
        graph: str | None = None,
        channel: str | None = None,
    ) -> Page:
        parts = [quote(part or "", safe="") for part in (state, graph, channel)]
        total, *found = await self._server.run(
            "page", [keys.SHELVES], [keys.shelf(""), *parts, order, opened(cursor, PLACE), limit + 1, ""]
        )
        return await self._shown([to_text(place) for place in found], limit, total, state)

    async def _shown(self, places: list[str], limit: int, total: int, state: str | None) -> Page:
        """The page of these places; one more of them than the limit means that another page follows."""
        at = {_id(place): closed(place) for place in places[:limit]}
        records = await self.read_many(list(at))
        fitting = tuple(record for record in records if state in (None, record.approval.state))
        marks = tuple(at[record.approval.id] for record in fitting)
        more = closed(places[limit - 1]) if len(places) > limit else None
        return Page(fitting, more, total, marks)


def closed(place: str) -> str:
    """The cursor of a page that begins after this place."""
    return urlsafe_b64encode(place.encode()).decode()


def opened(cursor: str | None, kind: re.Pattern[str]) -> str:
    """The place in a cursor; empty where there is none. ValueError: it is none of this kind."""
    if cursor is None:
        return ""
    try:
        place = urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:  # not base64, or not text
        place = ""
    if not kind.fullmatch(place):
        raise ValueError("unknown cursor: hand in what the page before gave, or none")
    return place


def _id(place: str) -> str:
    return place.rpartition(":")[2]


def _work(member: str) -> tuple[str, str]:
    approval_id, _, thread_id = member.partition(" ")
    return approval_id, thread_id
