"""A workspace that reads German: the same product from the card to the result, said in the other language."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.office import Company
from tests.story.conftest import open_company


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """A company with one setting more."""
    async with open_company(tmp_path_factory.mktemp("german"), APPROVALS_LANGUAGE="de") as company:
        yield company


async def test_cat_may_not_and_ana_approves_and_both_read_german(company: Company) -> None:
    ana, cat = company.slack.person("U0ANA"), company.slack.person("U0CAT")
    card = await company.refund("deutsch-1")
    assert card.buttons == ["Genehmigen", "Ablehnen"]
    assert card.text_shown.startswith("Refund $500.00 to deutsch-1@example.com")
    assert "Wer entscheiden darf: Mitglieder dieses Channels" in card.text_shown

    await cat.click("Genehmigen", on=card)
    await company.noted(cat, "deshalb muss eine andere Person es genehmigen", card)
    await ana.click("Genehmigen", on=card)
    await company.closed(card, "Genehmigt von @Ana")
    await company.told(card, "Der Lauf ist beendet.")

    assert company.refunds("deutsch-1") == 1
    assert await company.facts(card) == ["asked", "refused", "voted", "decided", "sent", "applied"]


async def test_a_no_in_german_is_a_no_with_its_reason(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("deutsch-2")

    await ana.click("Ablehnen", on=card)
    await ana.fill("Grund", "Das Paket kam an.")
    await ana.submit()
    await company.closed(card, "Abgelehnt von @Ana")
    settled = await company.settled(card)

    assert settled["decision"]["verdict"] == "reject"
    assert settled["decision"]["answer"] is False
    assert "Das Paket kam an." in card.text_shown
    assert company.refunds("deutsch-2") == 0


async def test_a_plan_goes_back_and_the_fresh_card_says_what_changed(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.plan("ein Fest")

    await ana.click("Überarbeiten lassen", on=first)
    await ana.fill("Feedback", "Nachbarn einladen")
    await ana.submit()
    await company.closed(first, "Zur Überarbeitung zurückgegeben von @Ana")
    second = await company.card("Fassung 2", channel=first.channel)

    assert "@Ana wünscht:" in second.text_shown
    assert "Was sich geändert hat seit Fassung 1" in second.text_shown
    assert "+5. Nachbarn einladen" in second.text_shown
    await ana.click("Ablehnen", on=second)
    await ana.submit()
    await company.settled(second)


async def test_the_list_answers_the_same_words_in_german(company: Company) -> None:
    ben = company.slack.person("U0BEN")
    card = await company.refund("deutsch-3")

    await ben.command("/approvals", "mine graph:refund", channel=card.channel)
    found = ben.private_notes()[-1].text_shown
    await ben.command("/approvals", "frobnicate:x", channel=card.channel)
    unheard = ben.private_notes()[-1].text_shown
    await ben.click("Genehmigen", on=card)
    await company.settled(card)

    assert "Wartet auf Sie" in found
    assert "Nur, was Sie jetzt entscheiden dürfen und refund fragt." in found
    assert "„frobnicate:x“ ist nicht zu verstehen. Möglich sind mine, waiting" in unheard


async def test_app_home_is_in_german(company: Company) -> None:
    ana = company.slack.person("U0ANA")

    await ana.open_home()
    await company.slack.until(lambda: ana.home is not None, "Ana's home")

    assert ana.home is not None
    assert "Von Ihnen beantragt" in ana.home.text_shown


async def test_a_language_nobody_knows_stops_the_start(company: Company) -> None:
    code, said = await company.run("doctor", APPROVALS_LANGUAGE="klingon")

    assert code != 0
    assert "APPROVALS_LANGUAGE: must be one of en, de" in said
