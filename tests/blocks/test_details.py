"""How a diff and attachments look on a card, and that nobody is led astray by them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.blocks.card import card, is_cut
from bot.blocks.details import full_text
from bot.core.model import JSON
from bot.core.policy import Policy
from tests.blocks import judge
from tests.blocks.samples import approval, request


def _parts(payload: JSON, kind: str) -> list[dict[str, Any]]:
    face = card(approval(payload), policy=Policy())
    return [part for part in judge.parts(list(face.blocks)) if part.get("type") == kind]


def test_an_attachment_leads_exactly_where_it_says() -> None:
    url = "https://files.example.com/offers/42.pdf?v=2#page=3"

    [link] = _parts({"attachments": [{"title": "Your <bank>", "url": url}]}, "link")

    assert link == {"type": "link", "url": url, "text": url}


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.com/a",
        "javascript:alert(1)",
        "https://bank.example@evil.example/a",
        "https://bank.example:pw@evil.example/a",
        "https://xn--bnk-0na.example/a",
        "https://www.xn--bnk-0na.example/a",
        "https://b\u0430nk.example/a",
        "https://files.example.com/a\u202etxt.exe",
        "https://files.example.com/a|Approve",
        "https://files.example.com/<a>",
        "https://files.example.com/a b",
        "https://localhost/a",
        "https://10.0.0.1/a",
        "slack://open",
        "https://files.example.com/" + "a" * 500,
    ],
)
def test_any_other_address_is_only_text(url: str) -> None:
    assert _parts({"attachments": [url]}, "link") == []


def test_no_address_in_any_other_place_is_a_link() -> None:
    url = "https://files.example.com/a"

    assert (
        _parts({"title": url, "summary": url, "fields": {"At": url}, "body": url, "diff": url}, "link") == []
    )


def test_a_long_comparison_is_folded_on_the_card_and_whole_in_the_full_text() -> None:
    lines = [f"line {n} of the terms and conditions" for n in range(200)]
    changed = [*lines[:120], "You pay twice.", *lines[121:]]
    payload: JSON = {"diff": {"before": "\n".join(lines), "after": "\n".join(changed)}}

    [shown] = [part["elements"][0]["text"] for part in _parts(payload, "rich_text_preformatted")]

    assert "-line 120 of the terms and conditions\n+You pay twice." in shown
    assert "… 116 lines without a change" in shown
    assert is_cut(approval(payload))
    assert all(line in full_text(request(payload)) for line in [*lines, *changed])


def test_the_full_text_tells_changes_and_attachments_as_well() -> None:
    payload: JSON = {"title": "A", "diff": "-a\n+b", "attachments": [{"title": "T", "url": "u\n"}, "v"]}

    assert full_text(request(payload)) == "A\n\nChanges:\n-a\n+b\n\nAttachments:\nT: u\n\nv"
