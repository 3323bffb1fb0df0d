"""What is of high risk takes more than one press, and above the ceiling Slack is not the place."""

from __future__ import annotations

from tests.office import Company


async def test_an_approval_of_high_risk_takes_the_amount_typed_by_hand(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("risk-1", 123_400, graph="refund_confirmed")

    await ana.click("Approve", on=card)
    assert ana.modal is not None
    label = "This is of high risk. To confirm, type 123400"
    await ana.fill(label, "12340")
    wrong = await ana.submit()
    assert wrong.errors == {"confirm": "Please type exactly: 123400"}
    assert await company.facts(card) == ["asked"]
    await ana.fill(label, " 123400 ")
    await ana.submit()
    await company.closed(card, "Approved by @Ana")
    await company.result(card)

    assert company.refunds("risk-1") == 1


async def test_closing_the_confirmation_changes_nothing_and_a_rejection_needs_none(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("risk-2", graph="refund_confirmed")

    await ana.click("Approve", on=card)
    await ana.close()
    assert await company.facts(card) == ["asked"]
    await ana.click("Reject", on=card)
    await ana.submit()
    await company.closed(card, "Rejected by @Ana")

    assert company.refunds("risk-2") == 0


async def test_who_may_not_approve_is_told_so_and_not_asked_to_type(company: Company) -> None:
    cat = company.slack.person("U0CAT")
    card = await company.refund("risk-3", graph="refund_confirmed", requester="U0CAT")

    await cat.click("Approve", on=card)
    await company.noted(cat, "You asked for this", card)

    assert cat.modal is None or "risk-3@example.com" not in cat.modal.text_shown


async def test_above_the_ceiling_no_click_approves_and_the_card_says_why(company: Company) -> None:
    """Without a log-in it stays blocked; the button of another card is pressed on this one."""
    ana = company.slack.person("U0ANA")
    card = await company.refund("risk-4", graph="refund_above_the_ceiling")
    assert card.buttons == ["Reject"]
    assert "This cannot be approved in Slack: its risk is high." in card.text_shown
    assert "No log-in is set up" in card.text_shown

    payload = await ana.click_payload("Reject", on=card)
    payload["actions"][0]["action_id"] = "approvals.approve"
    await company.slack.deliver("interaction", payload)
    await company.noted(ana, "Too much is at stake to approve this in Slack", card)
    trail = await company.trail(card)

    assert [(entry.fact, entry.data.get("why")) for entry in trail[1:]] == [("refused", "ceiling")]
    assert company.refunds("risk-4") == 0
