"""Durable tasks, the pace of posts, and chance."""

from __future__ import annotations

from typing import Protocol


class Queue(Protocol):
    """Durable tasks. A lost or doubled task must not matter: our record is the truth.

    `delay` (seconds) plans a later look and replaces the one that was planned; `if_idle` asks for a look
    only where none is planned: the reconciler must not undo a back-off.
    """

    async def advance(
        self, thread_id: str, *, why: str, delay: float = 0.0, if_idle: bool = False
    ) -> None: ...

    async def show(
        self, approval_id: str, *, version: int, delay: float = 0.0, if_idle: bool = False
    ) -> None: ...

    async def show_batch(self, batch_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None: ...

    async def expire(self, approval_id: str, *, at: float) -> None: ...

    async def nudge(self, approval_id: str, *, at: float) -> None:
        """Look for a due reminder or escalation at this time."""
        ...

    async def absence(self, user: str, *, at: float) -> None:
        """Draw the cards again that name this person, at this time."""
        ...

    async def announce(self, thread_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None: ...

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None: ...

    async def home(self, user: str, *, note: str | None = None) -> None:
        """Draw this person's App Home; each note is shown, a Home without one is drawn once."""
        ...

    async def notify(self, approval_id: str, *, delay: float = 0.0) -> None:
        """Tell the one person who may decide, if there is just one."""
        ...


class Chance(Protocol):
    """New identifiers; a test hands in a predictable one."""

    def new_id(self) -> str:
        """An unguessable id of at least 128 bits, made of [A-Za-z0-9_-]."""
        ...

    def reference(self) -> str:
        """A short reference a person can read aloud."""
        ...


class Pace(Protocol):
    """Spreads posts over time, across every process that shares the store."""

    async def reserve(self, channel: str, turn: str) -> float:
        """Take the channel's next slot for this turn; returns how many seconds to wait for it (0: now).

        The same turn again, from any process, is the same slot.
        """
        ...
