"""Tool calls that wait: decided one by one, changed, and given back in the protocol's shape."""

from __future__ import annotations

import json
from typing import Any

from tests.office import Company
from tests.story.test_answers import BATCH, INBOX, given

ARGS = {"to": "ann@example.com"}


async def test_each_call_is_decided_in_its_row_and_all_are_sent_at_once(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show", {"payload": BATCH})
    assert card.buttons == ["Approve", "Reject", "Decide one by one"]

    await ana.click("Decide one by one", on=card)
    await ana.choose("1. send_email › Decision", "edit")
    await ana.fill("1. send_email › Arguments", json.dumps({"to": "ben@example.com"}))
    await ana.choose("2. delete_file › Decision", "reject")
    await ana.fill("2. delete_file › Message", "Keep it.")
    seen = await ana.submit()

    assert (seen.errors, ana.modal) == ({}, None)
    assert await company.result(card) == given(
        {
            "decisions": [
                {
                    "type": "edit",
                    "edited_action": {"name": "send_email", "args": {"to": "ben@example.com"}},
                },
                {"type": "reject", "message": "Keep it."},
            ]
        }
    )
    await company.settled(card)
    assert "1. send_email › To: ann@example.com → ben@example.com" in card.text_shown
    assert "2. delete_file: rejected: Keep it." in card.text_shown
    voted = (await company.trail(card))[1]
    assert voted.data["edits"] == [{"name": "send_email", "before": ARGS, "after": {"to": "ben@example.com"}}]


async def test_a_row_left_undecided_decides_nothing(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show", {"payload": BATCH})

    await ana.click("Decide one by one", on=card)
    await ana.choose("1. send_email › Decision", "approve")
    seen = await ana.submit()

    assert list(seen.errors) == ["input.2.decision"]
    assert await company.facts(card) == ["asked"]


async def test_a_change_that_is_not_called_an_edit_is_told_beside_its_field(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show", {"payload": BATCH})
    await ana.click("Decide one by one", on=card)
    await ana.choose("1. send_email › Decision", "approve")
    await ana.fill("1. send_email › Arguments", json.dumps({"to": "eve@example.com"}))
    await ana.choose("2. delete_file › Decision", "approve")

    seen = await ana.submit()

    assert list(seen.errors) == ["input.1.args"]
    assert "choose edit" in seen.errors["input.1.args"]
    assert await company.facts(card) == ["asked"]


async def test_an_inbox_question_with_edit_takes_changed_arguments(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    payload: dict[str, Any] = INBOX | {"config": {"allow_edit": True, "allow_ignore": True}}
    card = await company.ask("show", {"payload": payload})
    assert card.buttons == ["Reject", "Edit"]

    await ana.click("Edit", on=card)
    await ana.fill("Arguments", json.dumps({"to": "ben@example.com"}))
    await ana.submit()

    answer = [{"type": "edit", "args": {"action": "send_email", "args": {"to": "ben@example.com"}}}]
    assert await company.result(card) == given(answer)
    await company.settled(card)
    assert "send_email › To: ann@example.com → ben@example.com" in card.text_shown
