"""The trails beside the record in Redis: a hash that says how far each is, and the list of its entries."""

from __future__ import annotations

from bot.core.audit import Entry, Fact
from bot.core.beside import MOST, Note, Noted, Stand, Trail, wait
from bot.store import keys
from bot.store.codec import dump_entry, load_entry, to_text
from bot.store.records import Records
from bot.store.scripts import said, seconds


class Trails(Records):
    """The part of the store that knows what was tried and what was looked at."""

    async def stand(self, name: str, mark: str) -> Stand:
        """How far a trail is, and what it holds of this mark, in one round trip."""
        fields = ("head", f"times {mark}", f"until {mark}", f"more {mark}")
        found, seq, time = await self._server.read(
            ("HMGET", keys.trail(name), *fields), ("LLEN", keys.trail_entries(name)), ("TIME",)
        )
        head, times, until, more = (None if value is None else to_text(value) for value in found)
        return Stand(
            name,
            seconds(time),
            int(seq),
            head or "",
            written=int(times or 0),
            until=float(until or 0.0),
            more=int(more or 0),
        )

    async def note(self, stand: Stand, note: Note, entry: Entry) -> Noted:
        """Append the entry where the trail still stands so; see `ports.Trails.note`."""
        entry, owner = self._cut(entry), keys.owner(stand.name)
        call = said(
            before=stand.head,
            head=entry.mac,
            mark=note.mark,
            until="inf" if note.once else repr(stand.now + wait(stand, note)),
            once=note.once,
            most=MOST[note.fact],
            fact=note.fact,
            stated=stand.more,
            keep_for=self._retention,
            viewed=repr(entry.at) if note.fact is Fact.VIEWED else None,
        )
        places = [keys.trail(stand.name), keys.trail_entries(stand.name), *([owner] if owner else [])]
        return Noted(to_text(await self._server.run("note", places, [call, dump_entry(entry)])))

    async def read_trail(self, name: str) -> Trail:
        """The trail with its entries, oldest first."""
        hash_of = ("HMGET", keys.trail(name), "head", "uncounted")
        (head, full), found = await self._server.read(
            hash_of, ("LRANGE", keys.trail_entries(name), "0", "-1")
        )
        entries = tuple(load_entry(name, entry) for entry in found)
        return Trail(name, entries, to_text(head) if head else "", int(full or 0))

    def _cut(self, entry: Entry) -> Entry:
        """The entry without what must not be written."""
        return entry
