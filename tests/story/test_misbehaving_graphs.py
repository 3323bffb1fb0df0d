"""Graphs that raise, dawdle, change their minds or never ask: what people see, and what happens only once."""

from __future__ import annotations

from tests.office import Company


async def test_a_graph_that_fails_after_the_approval_is_run_again_but_never_answered_again(
    company: Company,
) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("flaky", {"name": "printing", "failures": 2})

    await ana.click("Approve", on=card)
    await company.closed(card, "The run failed after that; reference")
    failed = card.text_shown
    await company.told(card, "printing is done")
    await company.closed(card, "the run has taken the answer")
    facts = await company.facts(card)

    assert "Approved by @Ana" in failed
    assert "tries again by itself" in failed
    assert "failed" not in card.text_shown
    assert facts == ["asked", "voted", "decided", "sent", "failed", "failed", "applied"]
    assert len(card.replies) == 1


async def test_a_graph_that_fails_keeps_its_reference_and_its_reason(shaken: Company) -> None:
    # Not in the company of all: `approvals doctor` names a failure for as long as it stands.
    ana = shaken.slack.person("U0ANA")
    card = await shaken.ask("flaky", {"name": "fire", "failures": 9})

    await ana.click("Approve", on=card)
    approval = await shaken.settled(card, "failed")

    assert "the printer is on fire" in approval["failure"]["reason"]
    assert approval["failure"]["reference"] in card.text_shown
    assert "the printer is on fire" not in card.text_shown


async def test_a_graph_that_fails_at_once_says_so_with_a_reference(company: Company) -> None:
    room = await company.room()

    thread = await company.start("stillborn", {"name": "stillborn", "failures": 99}, channel=room)
    told = await company.slack.until_message(lambda m: "The run failed" in m.text_shown, channel=room)
    _, run = await company.get(f"/api/runs/{thread}")

    assert run["state"] == "failed"
    assert "the printer is on fire" in run["failure"]
    assert run["reference"] in told.text_shown
    assert len(company.slack.messages(room)) == 1


async def test_while_the_graph_works_the_card_says_so(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("slow", {"name": "digging"})

    await ana.click("Approve", on=card)
    await company.closed(card, "Approved by @Ana")
    working = card.text_shown
    company.let_end("digging")
    await company.told(card, "digging is done")
    await company.closed(card, "the run has taken the answer")

    assert "the run goes on" in working
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_two_questions_in_one_node_are_asked_one_after_the_other(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.ask("twice", {"name": "moving"})

    await ana.click("Approve", on=first)
    second = await company.card("Second question about moving", channel=first.channel)
    await ana.click("Reject", on=second)
    await ana.submit()
    told = await company.told(second, "moving got")

    assert "moving got True and False" in told.text_shown
    assert "Approved by @Ana" in first.text_shown
    assert "was not used" not in first.text_shown
    assert await company.facts(first) == ["asked", "voted", "decided", "sent", "applied"]
    assert await company.facts(second) == ["asked", "voted", "decided", "sent", "applied"]


async def test_a_question_that_changes_while_it_waits_gets_a_fresh_card(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    steady = await company.ask("changing", {"name": "rent"})
    cheap = await company.card("Pay $100 for rent", channel=steady.channel)
    old = cheap.snapshot()
    steady = await company.card("steady question", channel=steady.channel)

    await ana.click("Approve", on=steady)
    dear = await company.card("Pay $200 for rent", channel=steady.channel)
    await company.closed(cheap, "Replaced by revision 2")
    await ben.click("Approve", on=old)
    await company.noted(ben, "revision 2", cheap)
    assert dear.buttons == ["Approve", "Reject"]
    await ben.click("Approve", on=dear)
    await company.told(dear, "rent got [True, True]")

    assert await company.facts(cheap) == ["asked", "superseded"]
    assert await company.facts(dear) == ["asked", "voted", "decided", "sent", "applied"]


async def test_a_graph_that_swallows_its_question_ends_without_asking(company: Company) -> None:
    room = await company.room()

    await company.start("deaf", {"name": "shouting"}, channel=room)
    await company.slack.until_message(lambda m: "went on unasked" in m.text_shown, channel=room)
    _, listed = await company.get(f"/api/approvals?channel={room}")

    assert listed["total"] == 0


async def test_a_graph_with_a_checkpointer_of_its_own_is_asked_all_the_same(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("own_checkpointer", {"payload": {"title": "Own a house"}})

    await ana.click("Approve", on=card)

    assert await company.result(card) == "The graph was given true"


async def test_a_graph_inside_a_graph_asks(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("nested", {"payload": {"title": "Open the inner box"}})

    await ana.click("Reject", on=card)
    await ana.submit()

    assert await company.result(card) == "The graph was given false"
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_a_function_with_entrypoint_asks(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("functional", {"payload": {"title": "Call a function"}})

    await ana.click("Approve", on=card)

    assert await company.result(card) == "The graph was given true"
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]
