"""Nobody answers for hours: people are reminded, others are called in, and somebody stands in for Ana."""

from __future__ import annotations

import pytest

from bot.simulator.card import Card
from bot.store.connection import connect
from bot.store.delegations import RedisDelegations
from tests.clockwork import turn
from tests.office import Company

HOUR = 3600.0


def id_of(card: Card) -> str:
    return str(card.metadata["event_payload"]["approval_id"])


async def restarted(company: Company, card: Card, hours: float) -> None:
    """Every process dies; so many hours later, by the record's clock, one comes back."""
    await company.bot.kill()
    await turn(company.redis.url, id_of(card), hours * HOUR)
    await company.bot.start()


@pytest.mark.processes
async def test_reminded_and_escalated_across_restarts_of_every_process(fragile: Company) -> None:
    slack, ben = fragile.slack, fragile.slack.person("U0BEN")
    card = await fragile.recorded(await fragile.refund("late-1", graph="refund_reminded"))

    await restarted(fragile, card, 4)
    reminder = await fragile.told(card, "Reminder")
    await restarted(fragile, card, 0)
    await ben.click("Approve", on=card)
    await fragile.noted(ben, "You are not one of the people who may decide this", card)

    await restarted(fragile, card, 3)
    await fragile.told(card, "Escalated")
    bosses = await slack.until_message(
        lambda m: "Escalated" in m.text_shown and "late-1@example.com" in m.text_shown, channel="C0OPS"
    )
    await restarted(fragile, card, 0)
    await slack.until(lambda: "@Ben" in card.text_shown, "the card names Ben")
    await ben.click("Approve", on=card)
    await fragile.told(card, "issued")

    shown = [reply.text_shown for reply in card.replies]
    assert "Still needed: 1 of @Ana" in reminder.text_shown
    assert [sum(word in text for text in shown) for word in ("Reminder", "Escalated")] == [1, 1]
    assert "From now on @Ben may decide this too" in bosses.text_shown
    assert fragile.refunds("late-1") == 1
    facts = await fragile.facts(card)
    assert [facts.count(fact) for fact in ("reminded", "escalated", "refused", "voted")] == [1, 1, 1, 1]


async def test_ben_stands_in_for_ana_until_she_is_back(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    first = await company.refund("stand-in-1", graph="refund_by_ana")
    second = await company.refund("stand-in-2", graph="refund_by_ana")

    await ana.command("/approvals", "delegate @ben for 2h", channel=first.channel)
    await company.noted(ana, "@Ben stands in for you until", first)
    await ben.click("Approve", on=first)
    await company.told(first, "issued")
    await ana.command("/approvals", "delegate off", channel=first.channel)
    await company.noted(ana, "@Ben no longer stands in for you", first)
    await ben.click("Approve", on=second)
    await company.noted(ben, "You are not one of the people who may decide this", second)

    assert (company.refunds("stand-in-1"), company.refunds("stand-in-2")) == (1, 0)
    [voted] = [entry for entry in await company.trail(first) if entry.fact == "voted"]
    assert (voted.by, voted.data["stands_for"]) == ("U0BEN", "U0ANA")
    async with connect(company.redis.url) as client:
        trail = await RedisDelegations(client, company.slack.config.team_id).history("U0ANA")
    assert [(entry.fact, entry.by) for entry in trail] == [("away", "U0ANA"), ("back", "U0ANA")]


async def test_the_requester_does_not_approve_through_somebody_elses_seat(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    await ana.command("/approvals", "delegate @ben for 2h", channel="C0OPS")
    card = await company.refund("stand-in-3", graph="refund_by_ana", requester="U0BEN")

    await ben.click("Approve", on=card)
    await company.noted(ben, "You asked for this, so somebody else must approve it", card)
    await ana.command("/approvals", "delegate off", channel="C0OPS")

    assert company.refunds("stand-in-3") == 0


async def test_the_card_says_that_ana_is_away_as_soon_as_she_is_and_no_longer_than_that(
    company: Company,
) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("away-1", graph="refund_by_ana")
    assert "Away until" not in card.text_shown

    await ana.command("/approvals", "delegate @ben for 2h", channel=card.channel)
    await company.slack.until(lambda: "(@Ben stands in)" in card.text_shown, "the card to say who is away")
    away = card.text_shown
    await ana.command("/approvals", "delegate off", channel=card.channel)
    await company.slack.until(lambda: "Away until" not in card.text_shown, "the card to forget it")

    assert "Away until" in away
    assert card.buttons == ["Approve", "Reject"]
    await ana.click("Reject", on=card)
    await ana.submit()
    await company.closed(card)
