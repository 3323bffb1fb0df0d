"""Cat asked for something and wants no more of it."""

from __future__ import annotations

import pytest

from tests.office import Company

MENU = "approvals.withdraw"


async def test_cat_withdraws_and_the_card_closes_for_everybody(company: Company) -> None:
    cat = company.slack.person("U0CAT")
    card = await company.refund("withdrawn-1")

    await cat.choose(MENU, "Withdraw this request", on=card)
    await company.closed(card, "Cancelled")

    assert "Withdrawn by who asked for it." in card.text_shown
    assert card.buttons == []
    assert company.refunds("withdrawn-1") == 0
    assert await company.facts(card) == ["asked", "cancelled"]


async def test_ana_may_reject_it_but_not_withdraw_it(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("withdrawn-2")

    await ana.choose(MENU, "Withdraw this request", on=card)
    await company.noted(ana, "Only who asked for this may withdraw it", card)

    assert card.buttons == ["Approve", "Reject"]
    assert await company.facts(card) == ["asked", "refused"]


@pytest.mark.processes
async def test_an_operator_cancels_a_run_at_a_terminal(company: Company) -> None:
    card = await company.refund("withdrawn-3")
    approval = await company.approval(card)

    code, said = await company.run("cancel", approval["id"], "--why", "The customer called.")
    await company.closed(card, "Cancelled")
    again, refused = await company.run("cancel", approval["thread_id"])

    assert code == 0, said
    assert "The customer called." in card.text_shown
    assert again == 1
    assert "or it is over" in refused
    assert company.refunds("withdrawn-3") == 0
