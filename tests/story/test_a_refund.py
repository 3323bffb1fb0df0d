"""A refund: somebody asks, somebody else decides, the money moves once."""

from __future__ import annotations

from tests.office import Company


async def test_ana_approves_a_refund_and_the_result_arrives_in_the_thread(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("order-1")

    await ana.click("Approve", on=card)
    await company.closed(card, "Approved by @Ana")
    told = await company.told(card, "issued")

    assert "$500.00" in told.text_shown
    assert company.refunds("order-1") == 1
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_the_card_says_what_will_happen_before_anybody_presses(company: Company) -> None:
    card = await company.refund("order-2", 1_999)

    assert card.text_shown.startswith("Refund $19.99 to order-2@example.com")
    assert "for @Cat" in card.text_shown
    assert card.buttons == ["Approve", "Reject"]


async def test_ana_rejects_a_refund_with_a_reason(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("order-3")

    await ana.click("Reject", on=card)
    await ana.fill("Reason", "The parcel was delivered.")
    await ana.submit()
    await company.closed(card, "Rejected by @Ana")
    await company.told(card, "nothing was paid")

    assert ana.modal is None
    assert "The parcel was delivered." in card.text_shown
    assert company.refunds("order-3") == 0
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_ana_rejects_a_refund_without_a_reason(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("order-4")

    await ana.click("Reject", on=card)
    await ana.submit()
    await company.closed(card, "Rejected by @Ana")
    await company.told(card, "nothing was paid")

    assert company.refunds("order-4") == 0


async def test_closing_the_reject_window_changes_nothing(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("order-5")

    await ana.click("Reject", on=card)
    await ana.close()

    assert card.buttons == ["Approve", "Reject"]
    assert await company.facts(card) == ["asked"]


async def test_the_run_and_its_approval_can_be_read_by_a_service(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("order-6")

    await ana.click("Approve", on=card)
    approval = await company.settled(card)
    await company.told(card, "issued")
    _, run = await company.get(f"/api/runs/{approval['thread_id']}")

    assert approval["decision"]["by"] == ["U0ANA"]
    assert approval["decision"]["answer"] is True
    assert run["state"] == "ended"
    assert run["last_approval"] == approval["id"]
    assert "Refund re_" in run["result"]
