"""Reading approvals: the part of the store that all others stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.model import Approval, Card
from bot.ports import Record
from bot.store import keys
from bot.store.codec import load, to_text
from bot.store.scripts import Server, seconds


class Records:
    """Reads approvals, each with its card and the server's clock."""

    def __init__(self, server: Server, *, retention: float) -> None:
        self._server = server
        self._retention = max(1, round(retention))

    async def now(self) -> float:
        """The server's clock, in seconds since 1970; reckoned where an answer was heard just before."""
        return self._server.moment.now() or await self._ask_for_the_time()

    async def _ask_for_the_time(self) -> float:
        asked = self._server.moment.ask()
        (time,) = await self._server.read(("TIME",))
        self._server.moment.heard(seconds(time), asked)
        return seconds(time)

    async def read(self, approval_id: str) -> Record | None:
        """The approval, its card and the server's clock, in one round trip."""
        return next(iter(await self.read_many([approval_id])), None)

    async def read_many(self, approval_ids: Sequence[str]) -> tuple[Record, ...]:
        """The records that exist, in the order asked for, in one round trip."""
        if not approval_ids:
            return ()
        wanted = [("HGETALL", keys.approval(approval_id)) for approval_id in approval_ids]
        asked = self._server.moment.ask()
        *found, time = await self._server.read(*wanted, ("TIME",))
        now = seconds(time)
        self._server.moment.heard(now, asked)
        return tuple(to_record(data, now) for data in found if data)


def to_record(data: Mapping[bytes | str, bytes | str], now: float) -> Record:
    """What the hash of an approval says, read when the server's clock said `now`."""
    parts = {to_text(name): value for name, value in data.items()}
    approval = load(Approval, parts["request"], parts["life"])
    card = load(Card, parts["card"]) if "card" in parts else Card(approval.channel)
    if "intended" in parts:
        card = replace(card, intended_at=float(parts["intended"]))
    viewed = parts.get("viewed")
    return Record(approval, card, now, viewed_at=None if viewed is None else float(viewed))
