"""Agent Inbox's questions, made with LangGraph's own types: each flag is a button, each answer a response."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.simulator.card import Card
from tests.office import Company

ARGS = {"to": "ann@example.com"}


async def ask(agency: Company, *actions: tuple[str, list[str]], listed: bool) -> Card:
    asked = [(name, ARGS, flags) for name, flags in actions]
    return await agency.ask("inbox", {"actions": asked, "listed": listed})


@pytest.mark.parametrize("listed", [False, True], ids=["single", "list"])
@pytest.mark.parametrize(
    ("flag", "button", "words", "result"),
    [
        ("accept", "Approve", {}, 'send with {"to": "ann@example.com"}'),
        ("ignore", "Reject", {"Reason": "No"}, "send ignored"),
        ("respond", "Revise", {"Feedback": "In French"}, "send answered: In French"),
        ("edit", "Edit", {"Arguments": '{"to": "ben@example.com"}'}, 'send with {"to": "ben@example.com"}'),
    ],
)
async def test_each_flag_is_a_button_of_its_own(
    agency: Company, flag: str, button: str, words: dict[str, Any], result: str, listed: bool
) -> None:
    ana = agency.slack.person("U0ANA")
    card = await ask(agency, ("send", [flag]), listed=listed)
    assert card.buttons == [button]

    await ana.click(button, on=card)
    for label, value in words.items():
        await ana.fill(label, value)
    if words:
        await ana.submit()

    assert await agency.result(card) == result


async def test_a_question_without_any_flag_has_no_button(agency: Company) -> None:
    room = await agency.room()
    asked = {"actions": [("send", ARGS, [])], "listed": True}
    await agency.start("inbox", asked, channel=room)

    card = await agency.slack.until_message(lambda m: "Run send" in m.text_shown, channel=room)

    assert card.buttons == []
    assert "cannot be given with these buttons" in card.text_shown


async def test_several_questions_in_one_list_are_decided_in_their_rows(agency: Company) -> None:
    ana, every = agency.slack.person("U0ANA"), ["accept", "ignore", "respond", "edit"]
    card = await ask(
        agency, ("send", every), ("pay", every), ("call", every), ("sign", ["accept"]), listed=True
    )
    assert card.buttons == ["Approve", "Decide one by one"]

    await ana.click("Decide one by one", on=card)
    await ana.choose("1. send › Decision", "edit")
    await ana.fill("1. send › Arguments", json.dumps({"to": "ben@example.com"}))
    await ana.choose("2. pay › Decision", "reject")
    await ana.choose("3. call › Decision", "respond")
    await ana.fill("3. call › Message", "Write instead")
    await ana.choose("4. sign › Decision", "approve")
    seen = await ana.submit()
    await agency.settled(card)

    assert seen.errors == {}
    assert (await agency.result(card)).splitlines() == [
        'send with {"to": "ben@example.com"}',
        "pay ignored",
        "call answered: Write instead",
        'sign with {"to": "ann@example.com"}',
    ]
    assert "1. send: edited" in card.text_shown
    assert "2. pay: rejected" in card.text_shown
    assert "3. call: answered instead: Write instead" in card.text_shown
    assert "1. send › To: ann@example.com → ben@example.com" in card.text_shown


async def test_one_button_for_several_questions_answers_each(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await ask(agency, ("send", ["accept"]), ("pay", ["accept", "ignore"]), listed=True)

    await ana.click("Approve", on=card)

    assert (await agency.result(card)).splitlines() == [
        f"{name} with {json.dumps(ARGS)}" for name in ("send", "pay")
    ]
