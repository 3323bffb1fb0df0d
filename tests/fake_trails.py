"""The trails beside the record, in memory: the same port as `bot.store.beside`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core.audit import Entry, Fact
from bot.core.beside import MOST, Note, Noted, Stand, Trail, wait

if TYPE_CHECKING:
    from bot.core.model import Approval
    from tests.fakes import Clock


@dataclass(slots=True)
class FakeTrails:
    """`ports.Trails`; the entries stand in the one trail of the FakeStore, each under its trail's name."""

    marks: dict[tuple[str, str], Stand] = field(default_factory=dict, kw_only=True)
    full: Counter[str] = field(default_factory=Counter, kw_only=True)
    viewed: dict[str, float] = field(default_factory=dict, kw_only=True)

    if TYPE_CHECKING:
        clock: Clock = field(kw_only=True)
        trail: list[Entry] = field(kw_only=True)
        approvals: dict[str, Approval] = field(kw_only=True)

    async def stand(self, name: str, mark: str) -> Stand:
        entries = self._entries(name)
        head = entries[-1].mac if entries else ""
        known = self.marks.get((name, mark)) if entries else None
        return replace(known or Stand(name, self.clock.now), now=self.clock.now, seq=len(entries), head=head)

    async def note(self, stand: Stand, note: Note, entry: Entry) -> Noted:
        known = await self.stand(stand.name, note.mark)
        kind, _, approval_id = stand.name.partition(":")
        if known.head == entry.mac:
            return Noted.DONE
        if kind == "beside" and approval_id not in self.approvals:
            return Noted.GONE
        if self.clock.now < known.until:
            self.marks[stand.name, note.mark] = replace(known, more=known.more + 1)
            return Noted.COUNTED
        if sum(one.fact is note.fact for one in self._entries(stand.name)) >= MOST[note.fact]:
            self.full[stand.name] += 1
            return Noted.COUNTED
        if known.head != stand.head:
            return Noted.CONFLICT
        self.trail.append(entry)
        later = stand.now + wait(stand, note)
        more = known.more - stand.more
        self.marks[stand.name, note.mark] = replace(known, written=known.written + 1, until=later, more=more)
        if note.fact is Fact.VIEWED:
            self.viewed.setdefault(approval_id, entry.at)
        return Noted.DONE

    async def read_trail(self, name: str) -> Trail:
        entries = self._entries(name)
        return Trail(name, entries, entries[-1].mac if entries else "", self.full[name])

    def _entries(self, name: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.trail if entry.approval_id == name)
