"""A plan goes back and forth between its author, a graph, and its reviewer, until one of them is content."""

from __future__ import annotations

from bot.simulator.card import Card
from bot.simulator.somebody import Person
from tests.office import Company


async def sends_back(company: Company, person: Person, card: Card, words: str) -> Card:
    """Press Revise, say what should change, and return the fresh card."""
    await person.click("Revise", on=card)
    await person.fill("Feedback", words)
    await person.submit()
    await company.closed(card, "Sent back by")
    return await company.card("", channel=card.channel)


async def test_revise_brings_a_fresh_card_that_says_what_changed(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.plan("a launch")

    second = await sends_back(company, ana, first, "Ask the lawyers")

    assert "Sent back by @Ana" in first.text_shown
    assert "Ask the lawyers" in first.text_shown
    assert second.ts != first.ts
    assert "version 2" in second.text_shown
    assert "revision 2" in second.text_shown
    assert "@Ana asked for:" in second.text_shown
    assert "+5. Ask the lawyers" in second.text_shown
    assert second.metadata["event_payload"]["revision"] == 2


async def test_the_two_cards_link_to_each_other(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.plan("a party")

    second = await sends_back(company, ana, first, "Invite the neighbours")
    await company.slack.until(
        lambda: second.ts.replace(".", "") in str(first.blocks), "a link to the new card"
    )

    assert first.ts.replace(".", "") in str(second.blocks)


async def test_a_plan_is_published_as_it_was_shown_after_five_rounds(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.plan("a picnic")

    for number in range(2, 7):
        card = await sends_back(company, ana, card, f"Bring dish {number}")
        assert f"version {number}" in card.text_shown
        assert f"{number + 3}. Bring dish {number}" in card.text_shown
    await ana.click("Approve", on=card)
    told = await company.told(card, "Plan published, version 6")

    assert "9. Bring dish 6" in told.text_shown
    assert [m.buttons for m in company.slack.messages(card.channel)] == [[]] * 6


async def test_a_reply_in_the_thread_is_feedback(company: Company) -> None:
    ben = company.slack.person("U0BEN")
    first = await company.plan("a talk")

    await ben.reply(first, "replace one week with two weeks")
    await company.closed(first, "Sent back by @Ben")
    second = await company.card("version 2", channel=first.channel)

    assert "replace one week with two weeks" in first.text_shown
    assert "after two weeks" in second.text_shown
    assert await company.facts(first) == ["asked", "voted", "decided", "sent", "applied"]


async def test_empty_feedback_is_refused_under_the_field(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.plan("a walk")

    await ana.click("Revise", on=card)
    await ana.fill("Feedback", "   ")
    seen = await ana.submit()

    assert list(seen.errors.values()) != []
    assert ana.modal is not None
    assert ana.modal.errors.keys() == {"Feedback"}
    assert card.buttons == ["Approve", "Reject", "Revise"]
    await ana.close()


async def test_closing_the_feedback_window_changes_nothing(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.plan("a nap")

    await ana.click("Revise", on=card)
    await ana.fill("Feedback", "Sleep longer")
    await ana.close()

    assert card.buttons == ["Approve", "Reject", "Revise"]
    assert await company.facts(card) == ["asked"]


async def test_only_a_persons_reply_counts_and_every_event_is_taken(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.plan("a swim")
    before = len(await company.slack.log("event"))

    said = await ana.says("Nice weather", channel=card.channel)
    await ana.edit(said, "Nice weather today")
    await ana.delete(said)
    await company.slack.settled()
    events = (await company.slack.log("event"))[before:]

    assert len(events) >= 3
    assert {event["status"] for event in events} == {200}
    assert await company.facts(card) == ["asked"]


async def test_an_edited_reply_is_not_a_second_feedback(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.plan("a dinner")

    said = await ana.reply(first, "Ask for allergies")
    second = await company.card("version 2", channel=first.channel)
    await ana.edit(said, "Ask for allergies, please")
    await company.slack.settled()

    assert second.buttons == ["Approve", "Reject", "Revise"]
    assert await company.facts(second) == ["asked"]


async def test_a_reply_under_the_old_card_is_told_where_to_go(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    first = await company.plan("a race")
    second = await sends_back(company, ana, first, "Measure the track")
    await company.slack.until(lambda: "revision 2" in first.text_shown, "the old card names the new one")

    await ben.reply(first, "Bring water")
    await company.noted(ben, "revision 2", first)

    assert second.buttons == ["Approve", "Reject", "Revise"]
    assert await company.facts(second) == ["asked"]


async def test_a_reply_under_a_yes_or_no_card_is_kept_as_a_comment(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("order-comment")

    await ana.reply(card, "Is this the same customer as last week?")
    await company.noted(ana, "Kept as a comment", card)
    trail = await company.trail(card)

    assert card.buttons == ["Approve", "Reject"]
    assert [entry.fact for entry in trail] == ["asked", "commented"]
    assert trail[-1].by == "U0ANA"
    assert trail[-1].data["text"] == "Is this the same customer as last week?"


async def test_where_the_policy_says_so_a_reply_is_only_a_comment(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.plan("a choir", graph="plan_with_comments")

    await ana.reply(card, "Sing louder")
    await company.noted(ana, "Kept as a comment", card)

    assert card.buttons == ["Approve", "Reject", "Revise"]
    assert await company.facts(card) == ["asked", "commented"]


async def test_a_plan_can_be_rejected_with_a_reason(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.plan("a war")

    await ana.click("Reject", on=card)
    await ana.fill("Reason", "Never")
    await ana.submit()
    await company.told(card, "nothing was published")
    approval = await company.settled(card)

    assert approval["decision"]["answer"]["feedback"] == "Never"
    assert "Rejected by @Ana" in card.text_shown
