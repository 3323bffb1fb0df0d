"""People look back: what happened to a request, who said what, and who was refused."""

from __future__ import annotations

from bot.simulator.card import Card
from bot.simulator.somebody import Person
from tests.office import Company
from tests.story.test_the_queue import asks, newcomer


async def rejects(person: Person, card: Card, why: str) -> None:
    await person.click("Reject", on=card)
    await person.fill("Reason", why)
    await person.submit()


async def test_the_history_of_a_refund_reads_like_what_happened(company: Company) -> None:
    ana, ben, cat = (company.slack.person(name) for name in ("U0ANA", "U0BEN", "U0CAT"))
    card = await company.refund("history-1", graph="refund_of_two")
    approval_id = str(card.metadata["event_payload"]["approval_id"])
    link = f"{company.slack.url}/archives/{card.channel}/p{card.ts.replace('.', '')}"

    await cat.click("Approve", on=card)
    await company.noted(cat, "You asked for this", card)
    await ana.click("Approve", on=card)
    await company.slack.until(lambda: "1 of 2 approvals" in card.text_shown, "Ana is counted")
    await rejects(ben, card, "No receipt")
    await company.settled(card)
    by_id = (await asks(company, cat, f"history {approval_id}", card.channel)).text_shown
    by_link = (await asks(company, cat, f"history {link}", card.channel)).text_shown

    told = [
        "The run asked.",
        "Its card was shown; asked were",
        "@Cat tried to approve this and was refused: who asked may not approve.",
        "@Ana approved this.",
        "@Ben rejected this: “No receipt”",
        "That decided it: rejected by @Ben.",
        "The answer is given to the run.",
        "The run took the answer.",
    ]
    places = [by_id.find(sentence) for sentence in told]
    assert -1 not in places, by_id
    assert places == sorted(places)
    assert "Refund $500.00 to history-1@example.com" in by_id
    assert "8 entries; the chain is whole" in by_id
    assert by_link == by_id


async def test_a_stranger_to_the_request_is_told_nothing_of_its_history(company: Company) -> None:
    ned, elsewhere = await newcomer(company, "ned")
    card = await company.refund("history-2", graph="refund_by_ana")
    approval_id = str(card.metadata["event_payload"]["approval_id"])

    told = (await asks(company, ned, f"history {approval_id}", elsewhere)).text_shown

    assert "There is no such approval that you may see" in told
    assert "history-2" not in told
