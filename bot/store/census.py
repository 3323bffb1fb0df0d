"""Count what the record holds, by its indexes alone: as cheap with a million approvals as with ten."""

from __future__ import annotations

from collections import Counter
from urllib.parse import unquote

from bot.core.lifecycle import IN_WORK
from bot.core.model import State
from bot.ports import AGES, Census
from bot.store import keys
from bot.store.codec import to_text
from bot.store.records import Records
from bot.store.scripts import said


class Counted(Records):
    """The part of the store that is asked how much there is."""

    async def census(self) -> Census:
        """How many approvals wait, by graph and age, and how many decisions are not taken yet."""
        call = said(
            shelf_prefix=keys.shelf(""),
            pending=State.PENDING,
            in_work=dict.fromkeys(sorted(IN_WORK), True),
            ages=[begins for _, begins in AGES],
        )
        oldest, *shelves = await self._server.run("census", [keys.SHELVES, keys.IN_WORK], [call])
        pending, in_work = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for name, *counts in shelves:
            state, graph, _ = map(unquote, to_text(name).split("|"))
            if state == State.PENDING:
                pending.update({(graph, age): n for (age, _), n in zip(AGES, counts, strict=True) if n})
            else:
                in_work[graph, state] += counts[0]
        return Census(dict(pending), dict(in_work), float(to_text(oldest)))
