"""Who is away and who stands in, in Redis: one record for each person, with a trail of its own."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence

from redis.asyncio import Redis

from bot.core.absence import Absence, Leave
from bot.core.audit import Entry
from bot.ports import Swapped
from bot.store import keys
from bot.store.codec import dump, dump_entry, load, load_entry, to_text
from bot.store.scripts import Server, said, seconds


class RedisDelegations:
    """`ports.Delegations` of one workspace. Every method may raise StoreUnavailable."""

    def __init__(self, client: Redis, team: str) -> None:
        self._server = Server(client)
        self._team = team

    async def of(self, user: str, now: float) -> Mapping[str, Absence]:
        """The absences in which this person stands in now, by whose they are."""
        place = keys.stand_in(self._team, user)
        (found,) = await self._server.read(("ZRANGE", place, f"({now!r}", "+inf", "BYSCORE"))
        away = await self.away([to_text(one) for one in found], now)
        return {whose: absence for whose, absence in away.items() if absence.delegate == user}

    async def away(self, users: Collection[str], now: float) -> Mapping[str, Absence]:
        """Who of these is away now."""
        found = [leave.at(now) for leave in await self._read_many(sorted(users))]
        return {absence.user: absence for absence in found if absence is not None}

    async def read(self, user: str) -> Leave:
        """What is on record of one person; an empty record where there is none."""
        return next(iter(await self._read_many([user])), Leave(user))

    async def _read_many(self, users: Sequence[str]) -> tuple[Leave, ...]:
        if not users:
            return ()
        found = await self._server.read(*(("HGET", keys.leave(self._team, user), "life") for user in users))
        return tuple(load(Leave, life) for life in found if life is not None)

    async def swap(self, before: Leave, after: Leave, entries: Sequence[Entry]) -> Swapped:
        """Replace one person's record in one step; a repeat after a lost reply answers DONE."""
        if after.version != before.version + 1:
            raise ValueError(f"version {after.version} cannot follow {before.version}: each change adds one")
        absence, delegate = after.absence, after.absence.delegate if after.absence else None
        call = said(
            user=after.user,
            version=str(before.version),
            next=str(after.version),
            stamp=secrets.token_urlsafe(9),
            until=repr(absence.until) if absence else None,
            delegate=delegate,
        )
        word = await self._server.run(
            "swap_leave", self._places(before, delegate), [call, dump(after), *map(dump_entry, entries)]
        )
        return Swapped(to_text(word))

    def _places(self, before: Leave, delegate: str | None) -> list[str]:
        stood_in = before.absence.delegate if before.absence else None
        return [
            keys.leave(self._team, before.user),
            keys.leave_history(self._team, before.user),
            keys.leave_ends(self._team),
            keys.stand_in(self._team, stood_in or before.user),
            keys.stand_in(self._team, delegate or before.user),
        ]

    async def ended(self, limit: int) -> tuple[str, ...]:
        """Whose absence passed its end, by the server's clock, without anybody having noted it."""
        (time,) = await self._server.read(("TIME",))
        ends, now = keys.leave_ends(self._team), repr(seconds(time))
        (found,) = await self._server.read(("ZRANGE", ends, "-inf", now, "BYSCORE", "LIMIT", "0", str(limit)))
        return tuple(map(to_text, found))

    async def history(self, user: str) -> tuple[Entry, ...]:
        """The person's own audit trail, oldest first."""
        (found,) = await self._server.read(("LRANGE", keys.leave_history(self._team, user), "0", "-1"))
        return tuple(load_entry(f"leave:{user}", entry) for entry in found)
