"""Who is away, in memory: the same port as `bot.store.delegations`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.absence import Absence, Leave
from bot.core.audit import Entry
from bot.ports import Swapped
from tests.fakes import Clock


@dataclass(slots=True)
class FakeDelegations:
    """`ports.Delegations`."""

    clock: Clock = field(default_factory=Clock)
    leaves: dict[str, Leave] = field(default_factory=dict)
    trails: dict[str, list[Entry]] = field(default_factory=dict)

    async def of(self, user: str, now: float) -> Mapping[str, Absence]:
        away = await self.away(tuple(self.leaves), now)
        return {whose: absence for whose, absence in away.items() if absence.delegate == user}

    async def away(self, users: Collection[str], now: float) -> Mapping[str, Absence]:
        found = [(await self.read(user)).at(now) for user in sorted(users)]
        return {absence.user: absence for absence in found if absence is not None}

    async def read(self, user: str) -> Leave:
        return self.leaves.get(user, Leave(user))

    async def swap(self, before: Leave, after: Leave, entries: Sequence[Entry]) -> Swapped:
        if after.version != before.version + 1:
            raise ValueError(f"version {after.version} cannot follow {before.version}")
        if (await self.read(before.user)).version != before.version:
            return Swapped.CONFLICT
        self.leaves[after.user] = after
        self.trails.setdefault(after.user, []).extend(entries)
        return Swapped.DONE

    async def ended(self, limit: int) -> tuple[str, ...]:
        known = [leave.absence for leave in self.leaves.values() if leave.absence is not None]
        over = sorted((one.until, one.user) for one in known if one.until <= self.clock.now)
        return tuple(user for _, user in over[:limit])

    async def history(self, user: str) -> tuple[Entry, ...]:
        return tuple(self.trails.get(user, ()))
