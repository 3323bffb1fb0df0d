"""Whatever Slack loses, limits or delays: in the end there is one card, and its result was told once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulator.card import Card
from tests.office import Company

FAULTS = [
    ("server_error", {"times": 5}),
    ("rate_limited", {"times": 2, "seconds": 1}),
    ("lose_reply", {"times": 1}),
    ("drop", {"times": 2}),
]
names = pytest.mark.parametrize(("kind", "more"), FAULTS, ids=[kind for kind, _ in FAULTS])

# Seconds: the time for one call to be given up, and what is then waited before the next one.
PATIENT = 40.0


@names
async def test_one_card_and_one_result_in_the_end(fragile: Company, kind: str, more: dict[str, Any]) -> None:
    ana, order = fragile.slack.person("U0ANA"), f"slack-{kind}"
    room = await fragile.room()
    given = {"order_id": order, "amount_cents": 100, "customer": order}

    await fragile.slack.fault(kind, "chat.postMessage", **more)
    await fragile.start("refund", given, channel=room)
    card = await fragile.card(order, channel=room, within=PATIENT)
    await fragile.slack.fault(kind, "chat.update", **more)
    await ana.click("Approve", on=card)
    await fragile.closed(card, "Approved by @Ana", within=PATIENT)
    await fragile.slack.fault(kind, "chat.postMessage", **more)
    await fragile.told(card, "issued", within=PATIENT)
    await _quiet(fragile, card)

    cards = fragile.slack.messages(room)
    assert [one.ts for one in cards if "Approved by" in one.text_shown] == [card.ts]
    assert not any(one.buttons for one in cards)
    assert len(card.replies) == 1
    assert fragile.refunds(order) == 1


async def _quiet(company: Company, card: Card) -> None:
    """Return when the record says that card and result are shown: nothing more is to come."""
    approval = await company.settled(card)
    assert approval["card"]["ts"] == card.ts


async def test_a_post_that_slack_answers_too_late_is_found_and_not_repeated(fragile: Company) -> None:
    ana = fragile.slack.person("U0ANA")
    await fragile.slack.fault("hang", "chat.postMessage", seconds=30)
    card = await fragile.refund("slack-hang")

    await ana.click("Approve", on=card)
    await fragile.told(card, "issued", within=PATIENT)

    assert [one.ts for one in fragile.slack.messages(card.channel)] == [card.ts]
    assert len(card.replies) == 1
    assert fragile.refunds("slack-hang") == 1
