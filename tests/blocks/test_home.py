"""App Home: what it shows whole may be decided there, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.blocks.home import SHOWN, is_decidable
from bot.blocks.home_ids import HomeValue, read_home_value, read_owner, write_home_value, write_owner
from bot.core.model import JSON
from tests.blocks import homes, judge
from tests.blocks.samples import AMOUNTS, BATCH, ID, PLAN, REFUND, approval


@pytest.mark.parametrize(
    ("payload", "schema", "here"),
    [
        (REFUND, None, True),
        (PLAN, None, True),
        ({"title": "Small", "risk": "low"}, None, True),
        ({"title": "Larger", "risk": "medium"}, None, False),
        ({"title": "Odd", "risk": "who knows"}, None, False),
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
    assert is_decidable(approval(payload, schema=schema)) is here


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
