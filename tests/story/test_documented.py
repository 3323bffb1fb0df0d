"""What LangGraph's documentation shows, done with clicks and forms alone."""

from __future__ import annotations

import pytest

from bot.simulator.card import Card
from tests.office import Company
from tests.story.test_answers import given


@pytest.mark.parametrize(
    ("button", "result"), [("Approve", "Done: pay the bill"), ("Reject", "Cancelled: pay the bill")]
)
async def test_approve_or_reject_sends_the_run_one_way_or_the_other(
    company: Company, button: str, result: str
) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("approve_or_reject", {"details": "pay the bill"})

    await ana.click(button, on=card)
    if ana.modal:
        await ana.submit()

    assert await company.result(card) == result


async def test_the_state_is_reviewed_and_edited(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("review_and_edit", {"text": "Dear all"})

    await ana.click("Answer", on=card)
    assert ana.modal is not None
    begun = ana.modal.value("Text")
    await ana.fill("Text", "Dear everybody")
    await ana.submit()

    assert begun == "Dear all"
    assert await company.result(card) == "The text is: Dear everybody"


async def test_an_answer_that_makes_no_sense_is_asked_again_until_it_does(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("validate", {"name": "Ada"})
    for wrong in ("0", "-5"):
        await ana.click("Answer", on=card)
        await ana.fill("Age", wrong)
        await ana.submit()
        await company.settled(card)
        card = await company.card(f"{wrong} is no age", channel=card.channel)
    await ana.click("Answer", on=card)
    await ana.fill("Age", "36")
    await ana.submit()

    assert await company.result(card) == "Ada is 36"


@pytest.mark.parametrize(
    ("action", "result"),
    [("approve", "E-mail sent to ben@example.com"), ("reject", "E-mail cancelled")],
)
async def test_a_tool_that_asks_for_itself_is_answered(company: Company, action: str, result: str) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("in_a_tool", {"messages": ["ada@example.com"]})
    assert "Send an e-mail to ada@example.com" in card.text_shown

    await ana.click("Answer", on=card)
    await ana.choose("Action", action)
    await ana.fill("To", "ben@example.com")
    await ana.submit()

    assert await company.result(card) == result


async def test_each_item_of_a_fan_out_is_decided_for_itself(company: Company) -> None:
    ana, ben, room = company.slack.person("U0ANA"), company.slack.person("U0BEN"), await company.room()
    await company.start("fan_out", {"items": ["tea", "ink", "oil"]}, channel=room)
    tea, ink, oil = [await company.card(f"Ship {item}", channel=room) for item in ("tea", "ink", "oil")]
    ids = [card.metadata for card in (tea, oil)]

    await ana.click("Approve", on=ink)
    await company.settled(ink)
    assert [card.metadata for card in (tea, oil)] == ids
    assert [card.buttons for card in (tea, oil)] == [["Approve", "Reject"]] * 2
    await ben.click("Reject", on=oil)
    await ben.submit()
    await company.settled(oil)
    assert [tea.metadata, tea.buttons] == [ids[0], ["Approve", "Reject"]]
    await ana.click("Approve", on=tea)

    assert await company.result(tea) == "ink: True\noil: False\ntea: True"
    assert len(company.slack.messages(room)) == 4  # the three cards, and the list of them
    for card in (tea, ink, oil):
        await company.settled(card)
        assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_a_question_two_graphs_deep_is_asked_and_answered(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("two_deep", {"payload": {"title": "Down here"}})

    await ana.click("Approve", on=card)

    assert await company.result(card) == given(True)
    assert (await company.approval(card))["state"] in ("decided", "applied")


async def second_question(company: Company, first: Card) -> Card:
    return await company.card("Really", channel=first.channel)


async def test_a_function_asks_in_a_task_and_then_by_itself(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.ask("functions", {"what": "sell the house"})
    before = first.snapshot()
    assert "May I sell the house?" in first.text_shown

    await ana.click("Approve", on=first)
    second = await second_question(company, first)
    await ana.click("Approve", on=before)
    assert second.buttons == ["Approve", "Reject"]
    await ana.click("Reject", on=second)
    await ana.submit()

    assert await company.result(second) == "sell the house: True and False"
