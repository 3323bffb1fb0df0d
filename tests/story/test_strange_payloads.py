"""Whatever a graph wants to show is shown as it is, as far as there is room, and never as markup."""

from __future__ import annotations

from typing import Any

import pytest

from tests.office import Company


def deep(levels: int) -> Any:
    value: Any = "the innermost"
    for _ in range(levels):
        value = {"inner": value}
    return value


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ({"title": "Tell <!channel> & *all* of <@U0ANA>"}, "Tell <!channel> & *all* of <@U0ANA>"),
        ({"title": "Pay", "to": "<https://evil.example|your bank>"}, "<https://evil.example|your bank>"),
        ({"title": "Pay abc\u202e001$"}, "Pay abc\\u202E001$"),
        ({"title": "Pay\u200bPal"}, "Pay\\u200BPal"),
        ({}, "show asks for a decision"),
        (None, "show asks for a decision"),
        ("", "show asks for a decision"),
        ([], "show asks for a decision"),
        (0, "show asks for a decision"),
        ({"title": "Deep", "value": deep(60)}, "Deep"),
        ({"title": "T" * 5_000}, "TTTT"),
        ({f"field {n}": n for n in range(200)}, "… and 175 more fields"),
        ({"title": "😀" * 400, "😀": "😀"}, "😀"),
    ],
    ids=[
        "mention",
        "link",
        "bidi",
        "zero width",
        "no fields",
        "null",
        "no text",
        "empty list",
        "zero",
        "deep",
        "long title",
        "many fields",
        "emoji",
    ],
)
async def test_any_payload_is_shown_and_can_be_approved(company: Company, payload: Any, shown: str) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show", {"payload": payload})
    assert shown in card.text_shown
    assert {"Approve", "Reject"} <= set(card.buttons)

    await ana.click("Approve", on=card)

    assert await company.result(card) == "The graph was given true"


async def test_nobody_is_notified_by_what_a_payload_says(company: Company) -> None:
    card = await company.ask("show", {"payload": {"title": "<!channel> <@U0BEN>", "body": "<!here>"}})

    assert "<!channel>" not in card.text
    assert "<@U0BEN>" not in card.text
    assert "<!here>" not in card.text


async def test_a_megabyte_is_cut_on_the_card_and_can_be_read_in_full(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("big", {"name": "the terms", "size": 40_000})
    assert "more characters" in card.text_shown
    assert card.buttons == ["Approve", "Reject", "View full"]

    await ana.click("View full", on=card)
    assert ana.modal is not None
    first = ana.modal.text_shown
    await ana.click("Next page")
    second = ana.modal.text_shown
    await ana.click("Previous page")
    again = ana.modal.text_shown
    await ana.close()
    await ana.click("Approve", on=card)

    assert "Page 1 of" in first
    assert "line 0 of the terms" in first
    assert "Page 2 of" in second
    assert again == first
    assert await company.result(card) == "the terms got [True]"


async def test_a_payload_that_json_cannot_hold_is_shown_in_words(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("odd", {"name": "things"})
    assert "When: 2026-01-05T00:00:00+00:00" in card.text_shown
    assert "Amount: 12.50" in card.text_shown

    await ana.click("Approve", on=card)

    assert await company.result(card) == "things got [True]"


async def test_a_payload_that_cannot_be_kept_fails_the_run_with_a_reason(company: Company) -> None:
    room = await company.room()

    thread = await company.start("unstorable", {"name": "a lock"}, channel=room)
    told = await company.slack.until_message(lambda m: "The run failed" in m.text_shown, channel=room)
    _, run = await company.get(f"/api/runs/{thread}")

    assert "Lock" in run["failure"]
    assert run["reference"] in told.text_shown
