"""LangChain's per-call mode: one card for each tool call, with a box for each of its arguments."""

from __future__ import annotations

from typing import Any

from bot.simulator.card import Card
from bot.simulator.somebody import Person
from tests.office import Company
from tests.story.agents.telling import delete, effects, mail, question, said, sent

ROW = "send_email › "


async def edit(ana: Person, card: Card, **boxes: Any) -> dict[str, str]:
    """Open the form, choose edit, fill the boxes of these arguments; returns what is wrong with them."""
    await ana.click("Edit or respond", on=card)
    await ana.choose(ROW + "Decision", "edit")
    for name, value in boxes.items():
        await ana.fill(f"{ROW}Arguments › {name}", value)
    await ana.submit()
    return ana.modal.errors if ana.modal else {}


async def test_each_call_has_a_card_and_runs_as_soon_as_it_is_approved(agency: Company) -> None:
    ana, room = agency.slack.person("U0ANA"), await agency.room()
    calls = (mail("one@each.com"), delete("two@each.txt"), question("three@each?"))
    await agency.start("per_call", said(*calls), channel=room)
    cards = [await agency.card(words, channel=room) for words in ("one@each", "two@each", "three@each")]
    ids = [card.metadata for card in cards]

    await ana.click("Approve", on=cards[0])
    await agency.settled(cards[0])
    assert effects(agency, "@each") == [sent("one@each.com")]
    assert [card.metadata for card in cards] == ids
    assert [card.buttons for card in cards] == [[], ["Approve", "Reject"], ["Respond"]]
    await ana.click("Reject", on=cards[1])
    await ana.fill("Reason", "Keep it")
    await ana.submit()
    await agency.settled(cards[1])
    await ana.click("Respond", on=cards[2])
    await ana.fill("ask_user › Message", "Forty-two")
    await ana.submit()
    result = await agency.result(cards[2])

    assert effects(agency, "@each") == [sent("one@each.com")]
    assert "with reason: Keep it" in result
    assert "Forty-two" in result
    for card in cards:
        assert await agency.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_an_edit_has_a_box_for_each_argument_with_what_the_call_has_there(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await agency.ask("per_call", said(mail("box@example.com", copies=["ben@x.com"], priority=2)))
    await ana.click("Edit or respond", on=card)
    form = ana.modal
    assert form is not None

    shown = {name: form.value(f"{ROW}Arguments › {name}") for name in ("To", "Subject", "Copies", "Priority")}
    await ana.close()
    errors = await edit(ana, card, To="new-box@example.com", Copies="ben@x.com\ncat@x.com", Priority="3")
    await agency.settled(card)

    assert shown == {"To": "box@example.com", "Subject": "Hello", "Copies": "ben@x.com", "Priority": "2"}
    assert errors == {}
    assert effects(agency, "box@") == [
        sent("new-box@example.com", copies=["ben@x.com", "cat@x.com"], priority=3)
    ]
    assert "send_email › To: box@example.com → new-box@example.com" in card.text_shown
    assert "send_email › Priority: 2 → 3" in card.text_shown


async def test_an_edit_that_the_tool_would_not_take_is_told_beside_its_box(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await agency.ask("per_call", said(mail("bad@example.com")))

    wrong = await edit(ana, card, Priority="9", Subject="x" * 40)
    await ana.fill(f"{ROW}Arguments › Priority", "3")
    await ana.submit()
    await agency.settled(card)

    assert wrong == {f"{ROW}Arguments › Priority": "9 is greater than the maximum of 3"}
    assert effects(agency, "bad@") == [sent("bad@example.com", subject="x" * 40, priority=3)]


async def test_arguments_that_no_box_can_show_whole_are_edited_as_json(agency: Company) -> None:
    """A subject longer than its own schema allows: a box for it would be empty, and an edit would lose it."""
    ana = agency.slack.person("U0ANA")
    card = await agency.ask("per_call", said(mail("long@example.com", subject="y" * 50)))

    await ana.click("Edit or respond", on=card)
    form = ana.modal

    assert form is not None
    assert form.fields == [ROW + "Decision", ROW + "Arguments", ROW + "Message"]
    assert "y" * 50 in form.value(ROW + "Arguments")


async def test_what_was_empty_and_is_left_empty_stays_as_the_model_wanted_it(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await agency.ask("per_call", said(mail("empty@example.com", copies=[])))

    errors = await edit(ana, card, To="new-empty@example.com")
    await agency.settled(card)

    assert errors == {}
    assert effects(agency, "empty@") == [sent("new-empty@example.com", copies=[])]


async def test_an_approval_in_the_form_needs_no_arguments_that_fit(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await agency.ask("per_call", said(mail("respond@example.com", copies=[])))

    await ana.click("Edit or respond", on=card)
    await ana.choose(ROW + "Decision", "respond")
    await ana.fill(ROW + "Message", "I wrote it myself")
    await ana.submit()

    assert await agency.result(card) == "I wrote it myself"
    assert effects(agency, "respond@") == []
