"""A graph says what its answer must look like: people fill in a form, and the graph gets exactly that."""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulator.somebody import Person
from tests.office import Company

GIVEN = "The graph was given "
FILLED = {
    "Amount Cents": "1250",
    "Rate": "2.5",
    "Notify": "no",
    "Method": "cash",
    "Size": "l",
    "Pay On": "2026-01-05",
    "At": 1_767_620_520,
    "Sizes": ["s", "xl"],
    "Tags": "broken\nlate",
    "Note": "Sorry & <thanks>",
    "Home › Street": "Main Street 1",
    "Home › Postcode": "12345",
}


async def test_a_form_is_filled_in_and_the_graph_gets_each_value_with_its_type(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "refund"})
    assert card.buttons == ["Answer"]

    await ana.click("Answer", on=card)
    for label, value in FILLED.items():
        await ana.fill(label, value)
    seen = await ana.submit()

    assert (seen.errors, ana.modal) == ({}, None)
    assert await company.result(card) == GIVEN + (
        "Refund(amount_cents=1250, rate=2.5, notify=False, method='cash', size=<Size.LARGE: 'l'>,"
        " pay_on=datetime.date(2026, 1, 5),"
        " at=datetime.datetime(2026, 1, 5, 13, 42, tzinfo=TzInfo(0)),"
        " sizes=[<Size.SMALL: 's'>, <Size.HUGE: 'xl'>], tags=['broken', 'late'], note='Sorry & <thanks>',"
        " home=Address(street='Main Street 1', postcode='12345'), other=None)"
    )


async def test_what_was_answered_stands_on_the_card_and_in_the_record(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "parcel"})

    await ana.click("Answer", on=card)
    await ana.fill("Weight", "2.5")
    await ana.choose("Size", "l")
    await ana.submit()
    approval = await company.settled(card)
    voted, decided = [entry for entry in await company.trail(card) if entry.fact in ("voted", "decided")]

    answer = {"weight": 2.5, "size": "l"}
    assert "Answered by @Ana" in card.text_shown
    assert "Weight: 2.5" in card.text_shown
    assert "Size: m → l" in card.text_shown
    assert approval["decision"]["answer"] == answer
    assert approval["votes"][0]["answer"] == answer
    assert (voted.data["answer"], decided.data["answer"]) == (answer, answer)
    assert await company.result(card) == GIVEN + "Parcel(weight=2.5, sizes=[], size=<Size.LARGE: 'l'>)"


async def test_wrong_values_are_told_beside_their_fields_and_nothing_is_recorded(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "refund"})
    await ana.click("Answer", on=card)
    for label, value in (FILLED | {"Amount Cents": "0", "Home › Postcode": "1"}).items():
        await ana.fill(label, value)

    await ana.submit()

    assert ana.modal is not None
    assert ana.modal.errors == {
        "Amount Cents": "0 is less than the minimum of 1",
        "Home › Postcode": r"'1' does not match ^\d{5}$",
    }
    assert ana.modal.value("Note") == "Sorry & <thanks>"
    assert await company.facts(card) == ["asked"]

    await ana.fill("Amount Cents", "1")
    await ana.fill("Home › Postcode", "54321")
    await ana.submit()
    assert "amount_cents=1," in await company.result(card)


async def test_an_inner_object_that_was_begun_must_be_finished(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "refund"})
    await ana.click("Answer", on=card)
    for label, value in (FILLED | {"Other › Postcode": "99999"}).items():
        await ana.fill(label, value)

    await ana.submit()
    assert ana.modal is not None
    assert ana.modal.errors == {"Other › Street": "Please fill this in."}
    await ana.fill("Other › Street", "Side Street 2")
    await ana.submit()

    assert "other=Address(street='Side Street 2', postcode='99999')" in await company.result(card)


@pytest.mark.parametrize(
    ("kind", "label", "value", "given"),
    [
        ("size", "Size", "xl", "<Size.HUGE: 'xl'>"),
        ("sizes", "Value", ["m", "s"], "[<Size.MEDIUM: 'm'>, <Size.SMALL: 's'>]"),
        ("number", "Value", "7", "7"),
        ("booking", "Seats", "2", "{'seats': 2}"),
        ("even", "Number", "4", "Even(number=4)"),
    ],
)
async def test_each_kind_of_schema_has_its_field(
    company: Company, kind: str, label: str, value: Any, given: str
) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": kind})

    await ana.click("Answer", on=card)
    await ana.fill(label, value)
    seen = await ana.submit()

    assert seen.errors == {}
    assert await company.result(card) == GIVEN + given


async def test_a_few_choices_are_buttons_and_need_no_form(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "few"})
    buttons = card.buttons

    await ana.click("hold", on=card)

    assert buttons == ["ship", "hold", "drop"]
    assert ana.modal is None
    assert await company.result(card) == GIVEN + "'hold'"


async def test_a_yes_or_no_needs_no_form(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "yes"})
    buttons = card.buttons

    await ana.click("Reject", on=card)
    await ana.submit()

    assert buttons == ["Approve", "Reject"]
    assert await company.result(card) == GIVEN + "False"


async def test_what_the_graph_itself_refuses_is_asked_again_with_its_reason(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "even"})
    await ana.click("Answer", on=card)
    await ana.fill("Number", "5")
    await ana.submit()
    await company.closed(card, "Replaced by revision 2")

    again = await company.card("odd numbers bring bad luck", channel=card.channel)
    await ana.click("Answer", on=again)
    form = ana.modal
    assert form is not None
    shown, before = form.text_shown, form.value("Number")
    await ana.fill("Number", "6")
    await ana.submit()

    assert "odd numbers bring bad luck" in shown
    assert before == "5"
    assert await company.result(again) == GIVEN + "Even(number=6)"
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "superseded"]
    assert await company.facts(again) == ["asked", "voted", "decided", "sent", "applied"]


async def test_more_than_fits_in_one_window_is_asked_page_by_page(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "many"})
    await ana.click("Answer", on=card)
    for number in range(95):
        await ana.fill(f"P{number}", str(number))
    first = shown(ana)
    await ana.submit()
    second = shown(ana)
    for number in range(95, 120):
        await ana.fill(f"P{number}", str(number))
    await ana.submit()

    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second
    assert ana.modal is None
    assert await company.result(card) == GIVEN + str({f"p{number}": number for number in range(120)})


def shown(person: Person) -> str:
    """What the window on top of this person's screen says."""
    return person.modal.text_shown if person.modal else ""


async def test_two_people_must_give_the_same_answer(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    card = await company.ask("typed_by_two", {"kind": "booking"})

    await ana.click("Answer", on=card)
    await ana.fill("Seats", "2")
    await ana.submit()
    await company.slack.until(lambda: "Seats: 2" in card.text_shown, "Ana's answer on the card")
    await ben.click("Answer", on=card)
    assert ben.modal is not None
    begun = ben.modal.value("Seats")
    await ben.fill("Seats", "3")
    await ben.submit()
    await company.slack.until(lambda: "Seats: 3" in card.text_shown, "Ben's answer on the card")
    assert "1 of 2 people with the same answer" in card.text_shown
    await ana.click("Answer", on=card)
    await ana.fill("Seats", "3")
    await ana.submit()

    assert begun == "2"
    assert await company.result(card) == GIVEN + "{'seats': 3}"
    await company.closed(card, "Answered by @Ben and @Ana")


async def test_who_asked_may_not_answer(company: Company) -> None:
    cat = company.slack.person("U0CAT")
    card = await company.ask("typed", {"kind": "booking"})

    await cat.click("Answer", on=card)

    assert cat.modal is None
    assert "somebody else must answer it" in await company.noted(cat, "somebody else", card)


async def test_a_form_that_comes_second_is_told_so(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    card = await company.ask("typed", {"kind": "booking"})
    for person in (ana, ben):
        await person.click("Answer", on=card)
        await person.fill("Seats", "1")

    await ana.submit()
    await ben.submit()

    assert ben.modal is not None
    assert "You were second: @Ana answered this" in ben.modal.text_shown
    assert await company.result(card) == GIVEN + "{'seats': 1}"


async def test_a_schema_that_is_none_is_told_on_the_card(company: Company) -> None:
    room = await company.room()
    await company.start("typed", {"kind": "broken"}, channel=room)

    card = await company.slack.until_message(lambda m: "Give a broken" in m.text_shown, channel=room)

    assert card.buttons == []
    assert "is no JSON Schema" in card.text_shown


async def test_an_object_that_may_be_none_can_be_answered_with_none(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    none, given = [await company.ask("typed", {"kind": "address or none"}) for _ in range(2)]

    await ana.click("Answer", on=none)
    await ana.choose("Value", "none")
    await ana.fill("Street", "typed, and then not wanted")
    await ana.submit()
    await ben.click("Answer", on=given)
    await ben.submit()
    forgotten = ben.modal.errors if ben.modal else {}
    await ben.fill("Street", "Main Street 1")
    await ben.submit()

    assert await company.result(none) == GIVEN + "None"
    assert forgotten == {"Street": "Please fill this in."}
    assert await company.result(given) == GIVEN + "Address(street='Main Street 1', postcode='00000')"


async def test_values_of_several_types_are_written_as_json_and_checked(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("typed", {"kind": "payment"})

    await ana.click("Answer", on=card)
    hints = ana.modal.text_shown if ana.modal else ""
    await ana.fill("Way", '{"kind": "bank"}')
    await ana.fill("Amount", "twelve")
    await ana.submit()
    not_json = ana.modal.errors if ana.modal else {}
    await ana.fill("Amount", '"twelve"')
    await ana.submit()
    no_iban = ana.modal.errors if ana.modal else {}
    await ana.fill("Way", '{"kind": "bank", "iban": "DE1"}')
    await ana.choose("Home", "none")
    await ana.submit()

    assert 'Either {"kind": "card", "number": ...}, or {"kind": "bank", "iban": ...}.' in hints
    assert 'Either a whole number, or text in quotes, as "this".' in hints
    assert list(not_json) == ["Amount"]
    assert list(no_iban) == ["Way"]
    assert await company.result(card) == GIVEN + (
        "Payment(way=Bank(kind='bank', iban='DE1'), amount='twelve', home=None)"
    )
    await company.closed(card, "none")
    assert "Home: none" in card.text_shown


async def test_a_time_that_must_have_no_zone_is_asked_for_in_words(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.ask("typed", {"kind": "meeting"})

    await ana.click("Answer", on=first)
    await ana.fill("At", 1_767_620_520)
    await ana.submit()
    await company.closed(first)
    second = await company.card("Give a meeting", channel=first.channel)
    await ana.click("Answer", on=second)
    shown = ana.modal.text_shown if ana.modal else ""
    await ana.fill("At", "tomorrow")
    await ana.submit()
    no_time = ana.modal.errors if ana.modal else {}
    await ana.fill("At", "2026-01-05 14:42")
    await ana.submit()

    assert "should not have timezone info" in shown
    assert no_time == {"At": "Please write a day and a time, as 2026-11-21 14:00."}
    assert await company.result(second) == GIVEN + ("Meeting(at=datetime.datetime(2026, 1, 5, 14, 42))")
