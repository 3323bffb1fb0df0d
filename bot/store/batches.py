"""The record of batches: questions that a run asked at once, and the card that lists them."""

from __future__ import annotations

from dataclasses import replace

from bot.core.batch import Batch
from bot.core.model import Card
from bot.ports import EVER, BatchRecord
from bot.store import keys
from bot.store.codec import dump, load, to_text
from bot.store.records import Records
from bot.store.scripts import seconds


class Batches(Records):
    """The part of the store that knows the batches. `retention` counts from the last change of one."""

    async def create_batch(self, batch: Batch) -> bool:
        """Record a batch once; False where it was on record before."""
        places = [keys.batch(batch.id), keys.BEHIND]
        created = await self._server.run("create_batch", places, [batch.id, dump(batch), self._retention])
        return bool(created)

    async def read_batch(self, batch_id: str) -> BatchRecord | None:
        """The batch, its card and the server's clock."""
        found, time = await self._server.read(("HGETALL", keys.batch(batch_id)), ("TIME",))
        if not found:
            return None
        parts = {to_text(name): value for name, value in found.items()}
        batch = load(Batch, parts["batch"])
        card = load(Card, parts["card"]) if "card" in parts else Card(batch.channel)
        if "intended" in parts:
            card = replace(card, intended_at=float(parts["intended"]))
        return BatchRecord(batch, card, int(parts["version"]), seconds(time))

    async def intend_batch(self, batch_id: str) -> float:
        """Note that its card is about to be sent; returns when."""
        noted = await self._server.run("intend_card", [keys.batch(batch_id), keys.BEHIND], [batch_id])
        return float(to_text(noted))

    async def save_batch(self, batch_id: str, card: Card, *, seen: float = EVER) -> None:
        """Note where its card is and what it shows; never goes back to an older version."""
        await self._server.run(
            "save_card",
            [keys.batch(batch_id), keys.BEHIND, keys.card_lease(""), keys.BEHIND, "", ""],
            [batch_id, dump(card), card.shown, self._retention, seen, "", ""],
        )
