"""A list holds several of one kind: they are looked at together, confirmed once, and decided one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.simulator.card import Card
from bot.simulator.somebody import Person
from tests.office import Company
from tests.story.test_the_queue import asks, newcomer

BUTTON = "Approve several (3)"


async def three(company: Company, name: str, room: str, *, graph: str = "refund") -> dict[str, Card]:
    """Three refunds in one room, each with its card."""
    orders = [f"{name}-{number}" for number in (1, 2, 3)]
    for number, order in enumerate(orders, 1):
        given = {"order_id": order, "amount_cents": 1_000 * number, "customer": f"{order}@example.com"}
        await company.start(graph, given, channel=room)
    cards = {order: await company.card(f"{order}@", channel=room, within=20.0) for order in orders}
    for card in cards.values():
        await company.recorded(card)
    return cards


def says(card: Card, words: str) -> Callable[[], bool]:
    return lambda: words in card.text_shown


async def opened(person: Person, note: Card, button: str = BUTTON) -> str:
    """Press the button below the list; what the window says."""
    await person.click(button, on=note)
    assert person.modal is not None
    return person.modal.text_shown


async def test_several_of_a_list_are_approved_after_each_was_shown(company: Company) -> None:
    gus, room = await newcomer(company, "gus")
    cards = await three(company, "several", room)

    note = await asks(company, gus, "mine", room)
    listed = await opened(gus, note)
    await gus.submit()
    assert gus.modal is not None
    told = gus.modal.text_shown
    for card in cards.values():
        await company.closed(card, "Approved by @Gus")
        await company.result(card)

    assert "You are about to approve 3 requests" in listed
    for number in (1, 2, 3):
        assert f"Refund ${number * 10}.00 to several-{number}@example.com" in listed
    assert "Order id: several-1" in listed
    assert "3 of 3 recorded" in told
    for order, card in cards.items():
        assert company.refunds(order) == 1
        assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_what_changes_while_the_window_is_open_is_not_approved_by_it(company: Company) -> None:
    hana, room = await newcomer(company, "hana")
    ben = company.slack.person("U0BEN")
    await company.start("changing", {"name": "hana's rent"}, channel=room)
    steady = await company.recorded(await company.card("steady question", channel=room))
    cheap = await company.recorded(await company.card("Pay $100 for hana's rent", channel=room))

    note = await asks(company, hana, "mine", room)
    await opened(hana, note, "Approve several (2)")
    await ben.click("Approve", on=steady)
    dear = await company.card("Pay $200 for hana's rent", channel=room)
    await company.closed(cheap, "Replaced by revision 2")
    await hana.submit()

    assert hana.modal is not None
    told = hana.modal.text_shown
    assert "0 of 2 recorded" in told
    assert "You were second: @Ben approved this" in told
    assert "This card was replaced by revision 2; please decide there" in told
    assert dear.buttons == ["Approve", "Reject"]
    assert await company.facts(dear) == ["asked"]
    await ben.click("Approve", on=dear)
    await company.closed(dear)


async def test_what_another_decides_meanwhile_stays_decided_and_is_named(company: Company) -> None:
    ines, room = await newcomer(company, "ines")
    ben = company.slack.person("U0BEN")
    cards = await three(company, "meanwhile", room)

    note = await asks(company, ines, "mine", room)
    await opened(ines, note)
    await ben.click("Reject", on=cards["meanwhile-2"])
    await ben.submit()
    await ines.submit()
    assert ines.modal is not None
    told = ines.modal.text_shown
    await opened(ines, note)  # the list is old by now
    late = ines.modal.text_shown
    for card in cards.values():
        await company.closed(card)
        await company.result(card)

    assert "2 of 3 recorded" in told
    assert "You were second: @Ben rejected this" in told
    assert "There is nothing here that you can approve together" in late
    assert late.count("it does not wait any more") == 3
    assert [company.refunds(order) for order in cards] == [1, 0, 1]


async def test_a_double_press_and_a_window_sent_twice_count_once(company: Company) -> None:
    juli, room = await newcomer(company, "juli")
    cards = await three(company, "double", room, graph="refund_of_two")

    note = await asks(company, juli, "mine", room)
    payload = await juli.click_payload(BUTTON, on=note)
    await asyncio.gather(*(company.slack.deliver("interaction", payload) for _ in range(2)))
    await opened(juli, note)
    await company.slack.fault("duplicate", "interaction")
    await juli.submit()
    await company.slack.settled()
    for card in cards.values():
        await company.slack.until(says(card, "1 of 2 approvals: @Juli"), "the tally")
    again = await asks(company, juli, "mine", room)

    for card in cards.values():
        assert (await company.facts(card)).count("voted") == 1
    assert not any("Approve several" in button for button in again.buttons)
    for card in cards.values():  # so that nothing waits for the next story
        await company.slack.person("U0ANA").click("Approve", on=card)
        await company.closed(card)


async def test_what_is_risky_or_ones_own_is_in_no_such_list(company: Company) -> None:
    kai, room = await newcomer(company, "kai")
    ana = company.slack.person("U0ANA")
    risky = [
        await company.refund(f"risky-{n}", channel=await company.room(*everybody_and(kai)), graph=graph)
        for n, graph in enumerate(("refund_confirmed", "refund_confirmed"))
    ]
    own = [
        await company.refund(f"own-{n}", channel=await company.room(*everybody_and(kai)), requester=kai.id)
        for n in range(2)
    ]

    mine = await asks(company, kai, "graph:refund_confirmed", room)
    asked = await asks(company, kai, "from:me", room)

    assert "risky-0" in mine.text_shown
    assert "own-0" in asked.text_shown
    assert mine.buttons == []
    assert asked.buttons == []
    for card in (*risky, *own):
        await ana.click("Reject", on=card)
        await ana.submit()
        await company.closed(card)


def everybody_and(person: Person) -> tuple[str, ...]:
    return ("U0ANA", "U0BEN", "U0CAT", person.id)
