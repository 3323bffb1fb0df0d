"""The audit trails beside the record."""

from __future__ import annotations

from typing import Protocol

from bot.core.audit import Entry
from bot.core.beside import Note, Noted, Stand, Trail


class Trails(Protocol):
    """What changes nothing has trails of its own. Every method may raise StoreUnavailable."""

    async def stand(self, name: str, mark: str) -> Stand:
        """How far a trail is, and what it holds of this mark."""
        ...

    async def note(self, stand: Stand, note: Note, entry: Entry) -> Noted:
        """Append the entry where the trail still stands so, or only count it; a repeat answers DONE."""
        ...

    async def read_trail(self, name: str) -> Trail:
        """A trail as it is; empty where there is none."""
        ...
