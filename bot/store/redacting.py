"""Take values out of what is on record of an approval that is over: the record, both its trails, its run."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.audit import Entry
from bot.core.beside import beside
from bot.core.model import Approval, Run
from bot.ports import Swapped
from bot.store import keys
from bot.store.beside import Trails
from bot.store.codec import dump_entry, dump_fixed, dump_life, to_text
from bot.store.scripts import guard, said


class Redacting(Trails):
    """The part of the store that rewrites what never changes otherwise."""

    async def redact(
        self,
        approvals: tuple[Approval, Approval],
        own: Sequence[Entry],
        around: Sequence[Entry],
        entry: Entry,
        run: tuple[Run, Run] | None,
    ) -> Swapped:
        """Replace both trails entry by entry and append `entry`. CONFLICT: something was added meanwhile."""
        before, after = approvals
        name, thread_id = beside(after.id), after.request.thread_id
        runs = {"version": str(run[0].version), "next": str(run[1].version)} if run else None
        call = said(id=after.id, own=len(own), beside=len(around), run=runs, **guard(before, after, None))
        rest = [dump_fixed(run[1]), dump_life(run[1])] if run else []
        word = await self._server.run(
            "redact",
            [
                *(keys.approval(after.id), keys.history(after.id), keys.AUDIT, keys.UNSHOWN),
                *(keys.trail_entries(name), keys.run(thread_id)),
            ],
            [
                call,
                dump_fixed(after),
                dump_life(after),
                *map(dump_entry, own),
                *map(dump_entry, around),
                dump_entry(entry),
                *rest,
            ],
        )
        return Swapped(to_text(word))
