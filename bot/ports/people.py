"""Who people are, who is away, and what a log-in must remember."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bot.core.absence import Absence, Leave
from bot.core.audit import Entry
from bot.core.model import JSON, Person
from bot.ports.records import Swapped


class DirectoryUnavailable(Exception):
    """Slack cannot say now who somebody is: refuse rather than widen."""


class Directory(Protocol):
    """Who people are, cached for at most 60 seconds."""

    async def person(self, user_id: str) -> Person: ...

    async def is_member(self, channel: str, user_id: str) -> bool: ...

    async def group(self, group_id: str, *, fresh: bool = False) -> frozenset[str]:
        """The people of a user group; `fresh` asks Slack now, whatever is remembered."""
        ...

    async def by_email(self, email: str) -> str | None:
        """Whose address this is, asked now; None where it is nobody's."""
        ...


class Tickets(Protocol):
    """What a log-in must remember, for ten minutes. Every method may raise StoreUnavailable."""

    async def put(self, name: str, value: JSON) -> bool:
        """Keep it; False where something is kept under this name."""
        ...

    async def take(self, name: str) -> JSON:
        """Take it out, once; None where there is none."""
        ...


class Delegations(Protocol):
    """Who is away, and who stands in for whom. Times are those of the store's clock."""

    async def of(self, user: str, now: float) -> Mapping[str, Absence]:
        """The absences in which this person stands in now, by whose they are."""
        ...

    async def away(self, users: Collection[str], now: float) -> Mapping[str, Absence]:
        """Who of these is away now."""
        ...

    async def read(self, user: str) -> Leave:
        """What is on record of one person; an empty record where there is none."""
        ...

    async def swap(self, before: Leave, after: Leave, entries: Sequence[Entry]) -> Swapped:
        """Replace one person's record in one step, with its audit entries; or CONFLICT and nothing."""
        ...

    async def ended(self, limit: int) -> tuple[str, ...]:
        """Whose absence passed its end without anybody having noted it."""
        ...

    async def history(self, user: str) -> tuple[Entry, ...]:
        """The person's own audit trail, oldest first."""
        ...
