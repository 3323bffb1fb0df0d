"""App Home: what it shows whole may be decided there, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.blocks.home import SHOWN, app_home, is_decidable
from bot.blocks.home_ids import HomeValue, read_home_value, read_owner, write_home_value, write_owner
from bot.core.model import JSON
from bot.ports import Found, Home
from tests.blocks import homes, judge
from tests.blocks.samples import AMOUNTS, BATCH, ID, PLAN, REFUND, approval, record


@pytest.mark.parametrize(
    ("payload", "schema", "here"),
    [
        (REFUND, None, True),
        (PLAN, None, True),
        ({"title": "Long", "body": "x" * (SHOWN - 4)}, None, True),
        ({"title": "Long", "body": "x" * SHOWN}, None, False),
        ({"title": "T" * 151}, None, False),
        ({"title": "Wide", "fields": {f"f{n}": "x" for n in range(26)}}, None, False),
        (REFUND, AMOUNTS, False),
        (REFUND, {"enum": ["ship", "hold"]}, False),
        (REFUND, {"type": "boolean"}, True),
        (BATCH, None, False),
    ],
)
def test_only_what_is_shown_whole_and_risks_little_is_decided_here(
    payload: JSON, schema: dict[str, JSON] | None, here: bool
) -> None:
    assert is_decidable(approval(payload, schema=schema), homes.PLAIN) is here


def test_what_is_risky_is_decided_here_only_where_something_must_be_typed() -> None:
    found = [
        is_decidable(approval(), replace(homes.PLAIN, risky=True, typed=typed)) for typed in (False, True)
    ]

    assert found == [False, True]


def test_only_what_would_count_has_a_button() -> None:
    view: Any = homes.busy()
    blocks = judge.shown(view)

    shown = [
        [one["text"]["text"] for one in block["elements"]]
        for block in view["blocks"]
        if block["type"] == "actions"
    ]
    assert shown == [["Approve", "Reject", "Revise"]] * 3
    assert blocks.count("Approve asks for something to be typed first.") == 1
    assert "Too much is at stake to approve this in Slack" in blocks
    assert "It is another stage's turn" in blocks
    assert "You asked for this, so somebody else must approve it." in blocks


def test_what_was_never_weighed_has_no_button() -> None:
    view: Any = app_home(Home("U0ANA", Found((record(1),), None, 1), Found((), None, 0), (), {}))

    assert [block for block in view["blocks"] if block["type"] == "actions"] == []


WIDE: JSON = {"title": "\U0001f600" * 150, "summary": "\U0001f600" * 500, "body": "&" * 540}


@pytest.mark.parametrize("payload", [REFUND, PLAN, homes.LONG, homes.RISKY, WIDE])
def test_the_fullest_home_is_within_what_slack_takes(payload: JSON) -> None:
    view: Any = homes.full(payload)

    judge.view(view)

    assert len(view["blocks"]) <= 100


def test_a_button_names_the_revision_and_the_digest_it_showed() -> None:
    shown = approval()

    read = read_home_value(write_home_value(shown))

    assert read == HomeValue(ID, 1, shown.request.digest)


DIGEST = "a" * 64


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        f"v1.{ID}.1",
        f"h1.{ID}.1",
        f"h1.{ID}.1.",
        f"h1.{ID}.01.{DIGEST}",
        f"h1.{ID}.1.{DIGEST[:-1]}",
        f"h1.{ID}.1.{DIGEST.upper()}",
        f"h1.{ID}.1.{DIGEST}.1",
        f"h1.{ID}.1.{DIGEST}\n",
        f"h1.short.1.{DIGEST}",
        f"h2.{ID}.1.{DIGEST}",
    ],
)
def test_a_tampered_value_is_not_read(value: str | None) -> None:
    assert read_home_value(value) is None


def test_a_home_remembers_whom_it_was_drawn_for() -> None:
    assert read_owner(write_owner("U0ANA")) == "U0ANA"


@pytest.mark.parametrize(
    "private",
    [
        None,
        "",
        "U0ANA",
        "[]",
        '{"home_of": 1}',
        '{"home_of": "ana"}',
        '{"home_of": "U0ANA", "x": 1}',
        "{" * 4_000,
    ],
)
def test_a_tampered_owner_is_nobody(private: str | None) -> None:
    assert read_owner(private) is None
