"""Exactly one decision: whatever people press at whatever moment, and however often Slack delivers it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.simulator.card import Card
from bot.simulator.payloads import submission
from bot.simulator.surface import top_modal
from tests.office import Bot, Company


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def second_door(company: Company, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    """Another `approvals serve` on the same Redis, as behind a load balancer."""
    bot = Bot(company.environ, tmp_path_factory.mktemp("second"))
    try:
        await bot.start()
        yield bot
    finally:
        await bot.stop()


async def test_a_double_click_is_one_vote(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("twice-1")
    old = card.snapshot()

    await asyncio.gather(ana.click("Approve", on=old), ana.click("Approve", on=old))
    await company.closed(card, "Approved by @Ana")
    await company.result(card)

    assert company.refunds("twice-1") == 1
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_the_same_delivery_twice_is_one_vote_and_nobody_is_scolded(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("twice-2")
    payload = await ana.click_payload("Approve", on=card)

    answers = await asyncio.gather(*(company.deliver(payload, company.bot) for _ in range(3)))
    await company.closed(card, "Approved by @Ana")
    await company.result(card)

    assert answers == [200, 200, 200]
    assert company.refunds("twice-2") == 1
    assert not any(
        "second" in note.text_shown for note in ana.private_notes() if note.channel == card.channel
    )
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_the_second_person_learns_who_decided(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    card = await company.refund("second-1")
    old = card.snapshot()

    await ana.click("Approve", on=card)
    await company.closed(card)
    await ben.click("Approve", on=old)
    told = await company.noted(ben, "@Ana", card)

    assert "@Ana approved this at" in told


@pytest.mark.processes
async def test_two_people_at_two_doors_at_the_same_instant_make_one_decision(
    company: Company, second_door: Bot
) -> None:
    cards = await asyncio.gather(*(company.refund(f"race-{n}") for n in range(16)))
    rejecting = [await _reject_form(company, card) for card in cards]

    for number, (card, form) in enumerate(zip(cards, rejecting, strict=True)):
        approve = await company.slack.person("U0ANA").click_payload("Approve", on=card)
        doors = (company.bot, second_door) if number % 2 else (second_door, company.bot)
        votes = [company.deliver(approve, doors[0]), company.deliver(form, doors[1])]
        await asyncio.gather(*(votes if number % 4 < 2 else reversed(votes)))
    ends = [await company.settled(card) for card in cards]

    for number, (card, end) in enumerate(zip(cards, ends, strict=True)):
        approved = end["decision"]["verdict"] == "approve"
        assert ("Approved by @Ana" if approved else "Rejected by @Ben") in card.text_shown
        assert len(end["votes"]) == 1
        assert company.refunds(f"race-{number}") == approved
        assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def _reject_form(company: Company, card: Card) -> dict[str, object]:
    """Ben's filled-in reject window, as Slack sends it when he presses its button."""
    ben, world = company.slack.person("U0BEN"), company.slack.simulator.world
    assert world is not None

    await ben.click("Reject", on=card)
    payload = submission(world, "U0BEN", top_modal(world, "U0BEN"))
    await ben.close()
    return payload


async def test_a_click_on_the_card_of_an_older_revision_decides_nothing(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    first = await company.plan("an old card")
    old = first.snapshot()
    await ana.reply(first, "Add a step")
    second = await company.card("version 2", channel=first.channel)
    await company.slack.until(lambda: "revision 2" in first.text_shown, "the old card names the new one")

    await ben.click("Approve", on=old)
    told = await company.noted(ben, "revision 2", first)

    assert "please decide there" in told
    assert second.buttons == ["Approve", "Reject", "Revise"]
    assert await company.facts(second) == ["asked"]


async def test_a_click_after_the_run_ended_decides_nothing(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    card = await company.refund("late-1")
    old = card.snapshot()
    await ana.click("Reject", on=card)
    await ana.submit()
    await company.result(card)

    await ben.click("Approve", on=old)
    await company.noted(ben, "@Ana rejected this", card)

    assert company.refunds("late-1") == 0
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_a_window_that_was_open_while_somebody_else_decided_says_so(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    card = await company.refund("late-2")
    await ben.click("Reject", on=card)
    await ben.fill("Reason", "Wait")

    await ana.click("Approve", on=card)
    await company.result(card)
    await ben.submit()

    assert ben.modal is not None
    assert "@Ana approved this" in ben.modal.text_shown
    assert company.refunds("late-2") == 1
    await ben.close()
