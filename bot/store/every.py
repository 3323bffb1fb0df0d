"""Audit trails in Redis that stand apart from the approvals: absences, and what was refused at the door."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.core.absence import Leave
from bot.core.beside import Trail
from bot.store import keys
from bot.store.beside import Trails
from bot.store.codec import load, load_entry, to_text
from bot.store.keys import PREFIX, Kind

APART = (Kind.LEAVE, Kind.DOOR)
ENTRIES = {Kind.LEAVE: Kind.LEAVE_HISTORY, Kind.DOOR: Kind.DOOR_ENTRIES}
AT_ONCE = 1000


class EveryTrail(Trails):
    """For an operator's commands: they look through all keys, which takes a second for a million."""

    async def apart(self) -> AsyncIterator[Trail]:
        """Each trail with what the record remembers of its end; also one whose record is gone."""
        for kind in APART:
            for rest in sorted(await self._named(kind) | await self._named(ENTRIES[kind])):
                if kind is Kind.DOOR:
                    yield await self.read_trail(f"{kind}:{rest}")
                else:
                    yield await self._leave(*rest.split(":", 1))

    async def _named(self, kind: Kind) -> set[str]:
        """What follows the kind in the names of its keys."""
        head, found, cursor = f"{PREFIX}{kind}:", set[str](), "0"
        while True:
            ((cursor_now, names),) = await self._server.read(
                ("SCAN", cursor, "MATCH", f"{head}*", "COUNT", str(AT_ONCE))
            )
            found |= {to_text(name).removeprefix(head) for name in names}
            cursor = to_text(cursor_now) if isinstance(cursor_now, bytes) else str(cursor_now)
            if cursor == "0":
                return found

    async def _leave(self, team: str, user: str) -> Trail:
        life, found = await self._server.read(
            ("HGET", keys.leave(team, user), "life"), ("LRANGE", keys.leave_history(team, user), "0", "-1")
        )
        head = load(Leave, life).audit_head if life is not None else ""
        name = f"leave:{user}"
        return Trail(name, tuple(load_entry(name, entry) for entry in found), head)

    async def strays(self, known: set[str]) -> AsyncIterator[str]:
        """Approvals of which only entries are left, beside those whose records are known."""
        gone = (await self._named(Kind.HISTORY) | await self._named(Kind.BESIDE_ENTRIES)) - known
        for approval_id in sorted(gone):
            yield approval_id
