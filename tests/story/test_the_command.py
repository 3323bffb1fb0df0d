"""`/approvals`: what is waiting, help, and starting a run from Slack."""

from __future__ import annotations

import asyncio

from tests.office import Company


async def test_help_says_what_can_be_typed(company: Company) -> None:
    ana = company.slack.person("U0ANA")

    await ana.command("/approvals", "help", channel="C0OPS")
    note = ana.private_notes()[-1]

    assert "/approvals start" in note.text_shown
    assert "everything that waits, oldest first" in note.text_shown


async def test_words_that_are_no_filter_are_looked_for(company: Company) -> None:
    ana = company.slack.person("U0ANA")

    await ana.command("/approvals", "frobnicate everything", channel="C0OPS")
    note = ana.private_notes()[-1].text_shown

    assert "Nothing that fits is waiting." in note
    assert "Only what says “frobnicate everything”." in note


async def test_start_without_a_graph_lists_the_graphs(company: Company) -> None:
    ana = company.slack.person("U0ANA")

    await ana.command("/approvals", "start", channel="C0OPS")
    note = ana.private_notes()[-1].text_shown

    assert "refund" in note
    assert "plan_review" in note


async def test_start_with_an_unknown_graph_names_the_known_ones(company: Company) -> None:
    ana = company.slack.person("U0ANA")

    await ana.command("/approvals", "start refnud", channel="C0OPS")
    note = ana.private_notes()[-1].text_shown

    assert "There is no graph named refnud." in note
    assert "plan_review" in note


async def test_ana_starts_a_refund_with_a_form_and_ben_approves_it(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    room = await company.room()

    await ana.command("/approvals", "start refund", channel=room)
    await ana.fill("Order", "order-form")
    await ana.fill("Amount", "1250")
    await ana.fill("Customer", "form@example.com")
    await ana.submit()
    card = await company.card("form@example.com", channel=room)
    approval = await company.approval(card)
    await ben.click("Approve", on=card)
    await company.told(card, "$12.50")

    assert ana.modal is not None
    assert "is running" in ana.modal.text_shown
    assert "for @Ana" in card.text_shown
    assert approval["payload"]["amount_cents"] == 1250
    assert company.refunds("order-form") == 1
    await ana.close()


async def test_what_does_not_fit_the_graph_is_said_under_the_field(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    room = await company.room()

    await ana.command("/approvals", "start refund", channel=room)
    await ana.fill("Order", "order-wrong")
    await ana.fill("Amount", "0")
    await ana.fill("Currency", "dollars")
    await ana.fill("Customer", "wrong@example.com")
    await ana.submit()

    assert ana.modal is not None
    assert ana.modal.errors.keys() == {"Amount", "Currency"}
    assert ana.modal.value("Order") == "order-wrong"
    assert company.slack.messages(room) == []
    await ana.close()


async def test_a_form_sent_twice_starts_one_run(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    room = await company.room()

    await ana.command("/approvals", "start plan_review", channel=room)
    await ana.fill("Goal", "one run only")
    await company.slack.fault("duplicate", "interaction")
    await ana.submit()
    await company.card("one run only", channel=room)
    await company.slack.settled()
    _, listed = await company.get(f"/api/approvals?channel={room}")

    assert listed["total"] == 1
    await ana.close()


async def test_the_list_shows_what_waits_oldest_first_ten_a_page(fragile: Company) -> None:
    ana = fragile.slack.person("U0ANA")
    await ana.command("/approvals", "list", channel="C0OPS")
    assert "Nothing is waiting" in ana.private_notes()[-1].text_shown
    rooms = [await fragile.room() for _ in range(13)]
    for number, room in enumerate(rooms):
        await fragile.refund(f"list-{number:02}", channel=room)

    await ana.command("/approvals", "", channel="C0OPS")
    note = ana.private_notes()[-1]
    first = note.text_shown
    await ana.click("Next", on=note)
    await fragile.slack.until(lambda: "list-12" in note.text_shown, "the second page")
    second = note.text_shown
    await ana.click("Previous", on=note)
    await fragile.slack.until(lambda: "list-00" in note.text_shown, "the first page again")

    assert "13 approvals waiting" in first
    assert [f"list-{n:02}" in first for n in range(13)] == [True] * 10 + [False] * 3
    assert first.index("list-00") < first.index("list-01") < first.index("list-09")
    assert "refund · waiting less than a minute\nfor @Cat" in first
    assert f"{rooms[0]}/p" in str(note.blocks) or f"{rooms[9]}/p" in str(note.blocks)
    assert [f"list-{n:02}" in second for n in range(13)] == [False] * 10 + [True] * 3
    await _approve_all(fragile)
    await ana.command("/approvals", "list", channel="C0OPS")
    assert "Nothing is waiting" in ana.private_notes()[-1].text_shown


async def _approve_all(company: Company) -> None:
    """Everything that waits is approved, so that nothing waits."""
    ben = company.slack.person("U0BEN")
    channels = company.slack.document.tree["channels"]
    cards = [m for channel in channels for m in company.slack.messages(channel) if m.buttons]
    await asyncio.gather(*(ben.click("Approve", on=card) for card in cards))
    for card in cards:
        await company.closed(card)
