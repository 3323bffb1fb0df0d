"""Where approvals are shown: the card's half of a record."""

from __future__ import annotations

from bot.core.model import Card
from bot.ports import EVER, Lease, LeaseLost
from bot.store import keys
from bot.store.codec import dump, to_text
from bot.store.records import Records


class Cards(Records):
    """The part of the store that knows the messages."""

    async def intend_card(self, approval_id: str) -> float:
        """Note that something is about to be sent, so that its loss can be noticed; returns when."""
        noted = await self._server.run(
            "intend_card", [keys.approval(approval_id), keys.UNSHOWN], [approval_id]
        )
        return float(to_text(noted))

    async def save_card(
        self,
        approval_id: str,
        card: Card,
        *,
        seen: float = EVER,
        release: Lease | None = None,
        batch: str | None = None,
    ) -> None:
        """Note where the card is and what it shows; see `ports.Store.save_card`. Raises LeaseLost."""
        message = keys.message(card.channel, card.ts) if card.ts else ""
        lists = keys.batch(batch) if batch else ""
        lease, token = (release.name, release.token) if release is not None else (keys.card_lease(""), "")
        mine = await self._server.run(
            "save_card",
            [keys.approval(approval_id), keys.UNSHOWN, lease, keys.BEHIND, lists, message],
            [approval_id, dump(card), card.shown, self._retention, seen, token, batch or ""],
        )
        if release is not None:
            release.given_back()
        if not mine:
            raise LeaseLost(f"the card of {approval_id} was taken: another draws it")

    async def card_at(self, channel: str, ts: str) -> str | None:
        """The approval shown by that message."""
        (found,) = await self._server.read(("GET", keys.message(channel, ts)))
        return None if found is None else to_text(found)

    async def note_view(self, approval_id: str) -> bool:
        """Note that somebody opened the request whole; True for the first who did."""
        return bool(await self._server.run("note_view", [keys.approval(approval_id)]))
