"""What people do in an office of schedules: press some button of some card, or Approve all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from bot.approvals.together import Offer, approve, offer_batch
from bot.core.batch import Item
from bot.core.model import Click, Source, State, Verdict
from bot.core.outcome import Outcome
from bot.ports import StoreUnavailable
from tests.simulation.scheduler import Process

if TYPE_CHECKING:
    from tests.simulation.office import Office

PEOPLE = ("U0ANA", "U0BEN", "U0CAT")


@dataclass(slots=True)
class Told:
    """What one gesture was told."""

    click: Click
    outcome: Outcome


def random_click(office: Office, chance: Random, verdicts: tuple[Verdict, ...]) -> Click | None:
    """Somebody presses some button of some card that is, or was, on a screen."""
    shown = [key for key, card in office.store.cards.items() if card.ts is not None]
    live = [key for key in shown if office.store.approvals[key].state is State.PENDING]
    if chance.random() < 0.7:
        shown = live  # most people look before they press
    if not shown:
        return None
    chosen = chance.choice(shown)
    number = len(office.told) + office.scheduler.steps
    return office.click_on(chosen, chance.choice(PEOPLE), chance.choice(verdicts), f"g{number}")


def approve_all(office: Office, process: Process, chance: Random) -> None:
    """Press Approve all on some batch's card, read the list, and confirm it, now and then twice."""
    batch = chance.choice(list(office.store.batches.values()))
    user, name = chance.choice(PEOPLE), f"all{len(office.told) + office.scheduler.steps}"
    where = (batch.card.channel, batch.card.ts)
    click = Click(name, user, Verdict.APPROVE, "", 0, Source.BATCH, "A1", "T1", "T1", *where)
    again = chance.random() < 0.5

    async def body(process: Process) -> None:
        try:
            offer = await offer_batch(office.world(process), click, batch.batch.id)
        except StoreUnavailable:
            return
        items = [Item.of(one) for one in offer.approvals] if isinstance(offer, Offer) else []
        for _ in range(1 + again):
            for result in await approve(office.world(process), click, items):
                vote = replace(
                    click, id=f"{name}/{result.item.approval_id}", approval_id=result.item.approval_id
                )
                office.told.append(Told(vote, result.outcome))

    office.scheduler.spawn(process, body, f"{user} approves all")
