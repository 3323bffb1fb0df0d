"""A run asks many questions at once: a card for each, a list of all, and one press for those that may."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.simulator.card import Card
from tests.office import Company

NAMES = ("Ada", "Bob", "Eve")


async def asked(
    company: Company, *payments: dict[str, Any], graph: str = "payments"
) -> tuple[Card, dict[str, Card]]:
    """The card that lists them all, and the card of each by name."""
    room = await company.room()
    given = [{"to": name} for name in NAMES] if not payments else list(payments)
    await company.start(graph, {"payments": given}, channel=room)
    whole = await company.slack.until_message(
        lambda m: f"{len(given)} requests from one run" in m.text_shown, channel=room
    )
    cards = {one["to"]: await one_card(company, whole, one["to"]) for one in given}
    for card in cards.values():
        await company.recorded(card)
    await company.slack.until(
        lambda: len(links(whole)) == len(given), f"links to all cards: {whole.text_shown}", 20.0
    )
    return whole, cards


async def one_card(company: Company, whole: Card, name: str) -> Card:
    return await company.slack.until_message(
        lambda m: m.ts != whole.ts and f"Pay {name}" in m.text_shown, channel=whole.channel, within=20.0
    )


def links(card: Card) -> list[str]:
    """Where the card leads, in order."""
    found: list[str] = []

    def look(part: Any) -> None:
        if isinstance(part, dict):
            found.extend([part["url"]] if part.get("type") == "link" else [])
            for inner in part.values():
                look(inner)
        elif isinstance(part, list):
            for inner in part:
                look(inner)

    look(card.blocks)
    return found


async def test_all_are_approved_with_one_press_after_a_list_of_each(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    whole, cards = await asked(company)
    assert whole.buttons == ["Approve all (3)"]

    await ana.click("Approve all (3)", on=whole)
    assert ana.modal is not None
    listed = ana.modal.text_shown
    await ana.submit()
    told = ana.modal.text_shown
    for card in cards.values():
        await company.settled(card)

    assert all(f"Pay {name}" in listed for name in NAMES)
    assert "You are about to approve 3 requests" in listed
    assert "3 of 3 recorded" in told
    assert await company.result(cards["Ada"]) == "Ada: True, Bob: True, Eve: True"
    for card in cards.values():
        assert "Approved by @Ana" in card.text_shown
        assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]
    await company.closed(whole, "None waiting, 3 approved")


async def test_the_list_follows_what_is_decided_on_the_cards(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    whole, cards = await asked(company)

    await ben.click("Reject", on=cards["Bob"])
    await ben.submit()
    await company.slack.until(lambda: "2 waiting, 1 rejected" in whole.text_shown, "the list to say so")
    rejected = whole.text_shown
    await ana.click("Approve all (2)", on=whole)
    assert ana.modal is not None
    listed = ana.modal.text_shown
    await ana.submit()

    assert "Pay Bob: rejected by @Ben" in rejected
    assert "Pay Bob" not in listed
    assert await company.result(cards["Ada"]) == "Ada: True, Bob: False, Eve: True"


async def test_what_somebody_decides_while_the_window_is_open_stays_decided(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    whole, cards = await asked(company)

    await ana.click("Approve all (3)", on=whole)
    await ben.click("Reject", on=cards["Eve"])
    await ben.submit()
    await ana.submit()

    assert ana.modal is not None
    assert "2 of 3 recorded" in ana.modal.text_shown
    assert "You were second: @Ben rejected this" in ana.modal.text_shown
    assert await company.result(cards["Eve"]) == "Ada: True, Bob: True, Eve: False"


async def test_the_window_sent_twice_counts_once(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    whole, cards = await asked(company, graph="payments_by_two")
    payload = await ana.click_payload("Approve all (3)", on=whole)

    await ana.click("Approve all (3)", on=whole)
    await ana.submit()
    assert ana.modal is not None
    first = ana.modal.text_shown
    await company.deliver(payload, company.bot)  # Slack delivers the press again
    await ana.click("Approve all (3)", on=whole)
    assert ana.modal is not None
    second = ana.modal.text_shown

    assert first.count("more people are needed") == 3
    assert "There is nothing here that you can approve together" in second
    assert second.count("Your vote was recorded before") == 3
    for card in cards.values():
        approval = await company.approval(card)
        assert [vote["by"] for vote in approval["votes"]] == ["U0ANA"]
        assert approval["state"] == "pending"


async def test_who_asked_may_look_but_not_approve(company: Company) -> None:
    cat = company.slack.person("U0CAT")
    whole, cards = await asked(company)

    await cat.click("Approve all (3)", on=whole)

    assert cat.modal is not None
    assert "There is nothing here that you can approve together" in cat.modal.text_shown
    assert cat.modal.text_shown.count("somebody else must approve it") == 3
    assert await company.facts(cards["Ada"]) == ["asked"]


async def test_what_needs_a_look_of_its_own_is_left_out_and_told(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    whole, cards = await asked(
        company,
        {"to": "Ada"},
        {"to": "Bob", "risk": "high"},
        {"to": "Eve", "form": True},
        {"to": "Kim", "terms": "line\n" * 2_000},
    )
    await company.slack.until(lambda: whole.buttons == ["Approve all (1)"], "one to be approved")

    await ana.click("Approve all (1)", on=whole)
    assert ana.modal is not None
    listed = ana.modal.text_shown
    await ana.submit()
    await company.settled(cards["Ada"])

    assert "its risk is high or critical" in listed
    assert "its answer is more than a yes" in listed
    assert "its card shows only a part of it" in listed
    for name in ("Bob", "Eve", "Kim"):
        assert await company.facts(cards[name]) == ["asked"]


async def test_a_press_by_two_people_at_once_decides_each_once(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    whole, cards = await asked(company)
    for person in (ana, ben):
        await person.click("Approve all (3)", on=whole)

    await asyncio.gather(ana.submit(), ben.submit())

    for card in cards.values():
        approval = await company.settled(card)
        assert len(approval["decision"]["by"]) == 1
        assert (await company.facts(card)).count("decided") == 1


async def test_a_bot_that_was_killed_shows_the_list_when_it_is_back(fragile: Company) -> None:
    ana = fragile.slack.person("U0ANA")
    whole, cards = await asked(fragile)
    await ana.click("Approve all (3)", on=whole)

    await fragile.bot.kill()
    await ana.submit()  # nobody is there: Slack says so, and the window stays
    await fragile.bot.start()
    await fragile.bot.until_ready()
    await ana.submit()

    assert await fragile.result(cards["Ada"]) == "Ada: True, Bob: True, Eve: True"
    await fragile.closed(whole, "None waiting, 3 approved")
    lists = [m for m in fragile.slack.messages(whole.channel) if "requests from one run" in m.text_shown]
    assert len(lists) == 1
