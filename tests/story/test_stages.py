"""More than one pair of eyes: stages, quorums, edits, and rules on what is asked."""

from __future__ import annotations

import json

from bot.simulator.card import Card
from bot.simulator.somebody import Person
from tests.office import Company
from tests.story.test_answers import BATCH


async def reads(company: Company, card: Card, words: str) -> None:
    """The card says this, sooner or later."""
    await company.slack.until(lambda: words in card.text_shown, f"{words!r} on the card")


async def rejects(person: Person, card: Card) -> None:
    await person.click("Reject", on=card)
    await person.submit()


async def test_two_of_three_approve_although_one_rejects(company: Company) -> None:
    ana, ben, cat = (company.slack.person(name) for name in ("U0ANA", "U0BEN", "U0CAT"))
    card = await company.refund("three-1", graph="refund_of_three", requester=None)
    assert "0 of 2 approvals" in card.text_shown

    await ana.click("Approve", on=card)
    await reads(company, card, "still needed: 1 of @Ben and @Cat")
    await rejects(ben, card)
    await reads(company, card, "1 of 2 rejections: @Ben")
    await ben.click("Approve", on=card)
    await company.noted(ben, "rejected this before, and that stands", card)
    await cat.click("Approve", on=card)
    await company.closed(card, "Approved by @Ana and @Cat")
    await company.result(card)

    assert company.refunds("three-1") == 1


async def test_two_of_three_reject_although_one_approved(company: Company) -> None:
    ana, ben, cat = (company.slack.person(name) for name in ("U0ANA", "U0BEN", "U0CAT"))
    card = await company.refund("three-2", graph="refund_of_three", requester=None)

    await ana.click("Approve", on=card)
    await rejects(ben, card)
    await rejects(cat, card)
    await company.closed(card, "Rejected by @Ben and @Cat")
    await company.result(card)

    assert company.refunds("three-2") == 0


async def test_stages_are_passed_in_order_by_different_people(company: Company) -> None:
    ana, cat = company.slack.person("U0ANA"), company.slack.person("U0CAT")
    card = await company.refund("stages-1", graph="refund_in_stages", requester=None)
    assert "1. team (now): @Ana and @Ben" in card.text_shown
    assert "2. finance (later): @Ana and @Cat" in card.text_shown

    await cat.click("Approve", on=card)
    await company.noted(cat, "It is another stage's turn", card)
    await ana.click("Approve", on=card)
    await reads(company, card, "1. team (passed)")
    await reads(company, card, "2. finance (now)")
    await ana.click("Approve", on=card)
    await company.noted(ana, "You approved an earlier stage", card)
    assert company.refunds("stages-1") == 0
    await cat.click("Approve", on=card)
    await company.closed(card, "Approved by @Ana and @Cat")
    await company.result(card)

    assert company.refunds("stages-1") == 1
    voted = [entry for entry in await company.trail(card) if entry.fact == "voted"]
    assert [(entry.by, entry.data["stage"]) for entry in voted] == [("U0ANA", 0), ("U0CAT", 1)]


async def test_who_is_asked_later_may_reject_now(company: Company) -> None:
    card = await company.refund("stages-2", graph="refund_in_stages", requester=None)

    await rejects(company.slack.person("U0CAT"), card)
    await company.closed(card, "Rejected by @Cat")
    await company.result(card)

    assert company.refunds("stages-2") == 0


async def test_who_left_the_group_a_second_before_the_click_is_no_approver(fragile: Company) -> None:
    """Ben's membership was looked up just now, for the form; the click that decides looks again."""
    ben = fragile.slack.person("U0BEN")
    card = await fragile.refund("group-3", graph="refund_by_finance")
    await ben.click("Reject", on=card)
    assert ben.modal is not None

    await fragile.slack.set_group("S0FIN", users=["U0ANA"])
    await ben.click("Approve", on=card)
    await fragile.noted(ben, "not one of the people who may decide", card)
    await fragile.slack.set_group("S0FIN", users=["U0ANA", "U0BEN"])

    assert fragile.refunds("group-3") == 0
    assert card.buttons == ["Approve", "Reject"]
    await ben.submit()  # he is back, and the form he had opened before counts
    await fragile.closed(card, "Rejected by @Ben")


async def test_an_edit_after_the_first_of_two_approvals_starts_the_count_again(company: Company) -> None:
    ana, ben, cat = (company.slack.person(name) for name in ("U0ANA", "U0BEN", "U0CAT"))
    card = await company.ask("show_to_two", {"payload": BATCH}, requester=None)
    await ana.click("Approve", on=card)
    await reads(company, card, "1 of 2 people with the same answer: @Ana")

    await ben.click("Decide one by one", on=card)
    await ben.choose("1. send_email › Decision", "edit")
    await ben.fill("1. send_email › Arguments", json.dumps({"to": "ben@example.com"}))
    await ben.choose("2. delete_file › Decision", "approve")
    await ben.submit()
    await reads(company, card, "0 of 2 people with the same answer")
    assert "@Ben changed the values; somebody else must give the same answer" in card.text_shown
    for person, said in ((cat, "1 of 2"), (ana, "")):
        await person.click("Decide one by one", on=card)
        await person.submit()
        await reads(company, card, said)
    await company.closed(card, "Answered by @Cat and @Ana")

    assert "ben@example.com" in await company.result(card)


async def test_who_sent_it_back_may_approve_what_the_agent_made_of_it(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.plan("a parade", graph="plan_by_two_pairs_of_eyes")
    await ana.click("Revise", on=first)
    await ana.fill("Feedback", "Ask the band")
    await ana.submit()
    await company.closed(first, "Sent back by")
    card = await company.card("", channel=first.channel)

    await ana.click("Approve", on=card)

    assert "version 2" in await company.result(card)


async def test_a_rule_on_the_amount_asks_for_a_second_person(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    small = await company.refund("rules-1", 100_000, graph="refund_by_rules")
    large = await company.refund("rules-2", 100_001, graph="refund_by_rules")

    for card in (small, large):
        await ana.click("Approve", on=card)
    await company.result(small)
    await reads(company, large, "1 of 2 approvals: @Ana")
    assert (company.refunds("rules-1"), company.refunds("rules-2")) == (1, 0)
    await ben.click("Approve", on=large)
    await company.result(large)

    assert company.refunds("rules-2") == 1
    assert (await company.trail(large))[3].data["rules"] == ["amount_cents > 100000"]


async def test_where_a_rule_cannot_be_evaluated_nobody_approves_but_everybody_may_reject(
    company: Company,
) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("rules-3", graph="refund_by_a_wrong_rule")
    assert "Nobody can approve this now" in card.text_shown
    assert "the payload has no “tip_cents”" in card.text_shown

    await ana.click("Approve", on=card)
    await company.noted(ana, "a rule in approvals.toml does not fit this request", card)
    await rejects(ana, card)
    await company.closed(card, "Rejected by @Ana")
    await company.result(card)

    assert company.refunds("rules-3") == 0
