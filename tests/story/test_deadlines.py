"""Nobody decides in time: the approval is rejected or left, as the policy says, and never approved."""

from __future__ import annotations

from tests.office import Company


async def test_a_deadline_that_rejects(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("deadline-1", graph="refund_in_time")
    old = card.snapshot()
    assert "Decide by" in card.text_shown
    assert "or it is rejected" in card.text_shown

    await company.closed(card, "because nobody decided in time")
    await company.told(card, "nothing was paid")
    await ana.click("Approve", on=old)
    await company.noted(ana, "Nobody decided in time", card)

    assert company.refunds("deadline-1") == 0
    assert await company.facts(card) == ["asked", "expired", "decided", "sent", "applied"]


async def test_a_deadline_that_leaves_the_run_paused(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("deadline-2", graph="refund_or_wait")
    old = card.snapshot()

    await company.closed(card, "Expired")
    await ana.click("Approve", on=old)
    await company.noted(ana, "The time to decide this is over", card)
    approval = await company.approval(card)
    _, run = await company.get(f"/api/runs/{approval['thread_id']}")

    assert "The run stays paused" in card.text_shown
    assert run["state"] == "waiting"
    assert company.refunds("deadline-2") == 0
    assert await company.facts(card) == ["asked", "expired"]


async def test_a_decision_in_time_stands(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("deadline-3", graph="refund_in_time")

    await ana.click("Approve", on=card)
    await company.told(card, "issued")

    assert company.refunds("deadline-3") == 1
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]
