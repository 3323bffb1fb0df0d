"""App Home: what waits for somebody, decided there, with a proof of its own for each button."""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulator.card import Card, Screen
from bot.simulator.somebody import Person
from tests.office import PEOPLE, Company


async def at_home(company: Company, person: Person, words: str) -> Screen:
    """The person's Home, opened, once it says this."""
    await person.open_home()
    await company.slack.until(lambda: says(person, words), f"{person.id}'s Home to say {words!r}")
    assert person.home is not None
    return person.home


def says(person: Person, words: str) -> bool:
    return person.home is not None and words in person.home.text_shown


async def newcomer(company: Company, name: str) -> tuple[Person, str]:
    """Somebody with nothing on their desk, and a room with them in it."""
    user = f"U0{name.upper()}"
    await company.slack.set_person(user, name=name, real_name=name.title())
    return company.slack.person(user), await company.room(*PEOPLE, user)


async def pressed(company: Company, person: Person, what: str) -> dict[str, Any]:
    """The payload of a press in this person's Home."""
    return await person.click_payload(what, on=person.home)


async def refund_of(company: Company, order: str, room: str, **more: Any) -> Card:
    return await company.refund(order, channel=room, **more)


async def test_what_waits_for_somebody_is_approved_in_their_home(company: Company) -> None:
    dan, room = await newcomer(company, "dan")
    card = await refund_of(company, "home-1", room)

    home = await at_home(company, dan, "home-1@example.com")
    assert "Nothing that you asked for is waiting" in home.text_shown
    await dan.click("Approve", on=home)
    await company.closed(card, "Approved by @Dan")
    await company.slack.until(lambda: says(dan, "Your decision is recorded"), "Dan to be told")
    await company.result(card)

    assert company.refunds("home-1") == 1
    assert (await company.trail(card))[1].data["source"] == "home"
    home = await at_home(company, dan, "Approved by @Dan")
    assert "Nothing waits for you" in home.text_shown
    assert home.buttons == []


async def test_a_reject_in_home_asks_for_a_reason(company: Company) -> None:
    eve, room = await newcomer(company, "eve")
    card = await refund_of(company, "home-2", room)

    home = await at_home(company, eve, "home-2@example.com")
    await eve.click("Reject", on=home)
    await eve.fill("Reason", "sent twice")
    await eve.submit()
    await company.closed(card, "Rejected by @Eve")
    await company.slack.until(lambda: says(eve, "Your decision is recorded"), "Eve to be told")
    await company.result(card)

    assert eve.modal is None
    assert company.refunds("home-2") == 0


async def test_who_asked_sees_it_in_their_home_and_cannot_approve_it(company: Company) -> None:
    fay, room = await newcomer(company, "fay")
    await refund_of(company, "home-3", room, requester=fay.id)

    home = await at_home(company, fay, "home-3@example.com")

    assert "Nothing waits for you" in home.text_shown
    assert home.buttons == []


async def test_what_was_decided_meanwhile_is_too_late_in_home(company: Company) -> None:
    gil, room = await newcomer(company, "gil")
    card = await refund_of(company, "home-4", room)
    await at_home(company, gil, "home-4@example.com")

    await company.slack.person("U0ANA").click("Reject", on=card)
    await company.slack.person("U0ANA").submit()
    await company.closed(card)
    await gil.click("Approve", on=gil.home)
    await company.slack.until(lambda: says(gil, "You were second"), "Gil to be told")

    assert company.refunds("home-4") == 0


def of_another_digest(payload: dict[str, Any], card: Card) -> None:
    button = payload["actions"][0]
    button["value"] = button["value"][:-64] + "0" * 64


def of_another_revision(payload: dict[str, Any], card: Card) -> None:
    head, approval_id, _, shown = payload["actions"][0]["value"].split(".")
    payload["actions"][0]["value"] = f"{head}.{approval_id}.7.{shown}"


def of_a_card(payload: dict[str, Any], card: Card) -> None:
    _, approval_id, revision, _ = payload["actions"][0]["value"].split(".")
    payload["actions"][0]["value"] = f"v1.{approval_id}.{revision}"


def in_a_window(payload: dict[str, Any], card: Card) -> None:
    payload["view"]["type"] = "modal"


def on_a_message(payload: dict[str, Any], card: Card) -> None:
    payload["channel"] = {"id": card.channel, "name": "room"}
    payload["container"] = {"type": "message", "channel_id": card.channel, "message_ts": card.ts}


def of_another_app(payload: dict[str, Any], card: Card) -> None:
    payload["view"]["app_id"] = "A0OTHER"


def of_another_person(payload: dict[str, Any], card: Card) -> None:
    payload["user"] |= {"id": "U0ANA", "username": "ana", "name": "ana"}


@pytest.mark.parametrize(
    "forged",
    [
        of_another_digest,
        of_another_revision,
        of_a_card,
        in_a_window,
        on_a_message,
        of_another_app,
        of_another_person,
    ],
)
async def test_a_press_that_does_not_come_from_ones_own_home_decides_nothing(
    company: Company, forged: Any
) -> None:
    hal, room = await newcomer(company, "hal")
    card = await refund_of(company, f"home-{forged.__name__}", room)
    await at_home(company, hal, f"home-{forged.__name__}@example.com")
    payload = await pressed(company, hal, "Approve")

    forged(payload, card)
    await company.slack.deliver("interaction", payload)

    assert "voted" not in await company.facts(card)
    assert card.buttons == ["Approve", "Reject"]
    # So that nothing of it waits in the Home of the next story.
    await company.slack.person("U0ANA").click("Reject", on=card)
    await company.slack.person("U0ANA").submit()
    await company.closed(card)


async def test_a_press_in_home_that_comes_twice_counts_once(company: Company) -> None:
    ivy, room = await newcomer(company, "ivy")
    card = await refund_of(company, "home-5", room, graph="refund_of_two")
    await at_home(company, ivy, "home-5@example.com")
    payload = await pressed(company, ivy, "Approve")

    for _ in range(2):
        await company.slack.deliver("interaction", payload)
    await company.slack.until(lambda: "1 of 2 approvals: @Ivy" in card.text_shown, "Ivy is counted")

    assert (await company.facts(card)).count("voted") == 1


async def test_a_vote_counts_though_slack_takes_no_home(fragile: Company) -> None:
    joe, room = await newcomer(fragile, "joe")
    card = await refund_of(fragile, "home-6", room)
    await at_home(fragile, joe, "home-6@example.com")

    await fragile.slack.fault("server_error", "views.publish", times=None)
    await joe.click("Approve", on=joe.home)
    await fragile.closed(card, "Approved by @Joe")
    await fragile.result(card)
    await fragile.slack.heal()

    assert fragile.refunds("home-6") == 1
