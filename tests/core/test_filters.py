"""The filters of `/approvals`, as people type them and as Slack sends them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.filters import LONGEST, Filters, WrongFilter, fits, is_due, read_filters
from bot.core.model import State
from tests.blocks.samples import NOW, approval

ME = "U0ANA"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Filters()),
        ("waiting", Filters()),
        ("mine", Filters(mine=True)),
        ("MINE", Filters(mine=True)),
        ("overdue", Filters(due=0.0)),
        ("due:2h", Filters(due=7_200.0)),
        ("older:90m", Filters(older=5_400.0)),
        ("older:1w", Filters(older=604_800.0)),
        ("graph:refund", Filters(graph="refund")),
        ("graph:Refund", Filters(graph="Refund")),
        ("channel:<#C0REFUNDS|refunds>", Filters(channel="C0REFUNDS")),
        ("channel:<#C0REFUNDS>", Filters(channel="C0REFUNDS")),
        ("Channel:C0REFUNDS", Filters(channel="C0REFUNDS")),
        ("from:<@U0BEN|ben>", Filters(requester="U0BEN")),
        ("from:me", Filters(requester=ME)),
        ("Broken Photo", Filters(words=("broken", "photo"))),
        (
            "mine graph:refund older:2h photo",
            Filters(mine=True, graph="refund", older=7_200.0, words=("photo",)),
        ),
    ],
)
def test_what_is_typed_is_what_is_meant(typed: str, meant: Filters) -> None:
    assert read_filters(typed.split(), ME) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "colour:red",
        "graph:",
        "older:2",
        "older:0h",
        "older:soon",
        "due:-1h",
        "older:٢h",
        "channel:#refunds",
        "channel:<@U0ANA|ana>",
        "from:@ana",
        "from:<#C0REFUNDS|refunds>",
        "from:everybody",
        "https://example.com",
    ],
)
def test_a_wrong_filter_says_what_is_possible(typed: str) -> None:
    wrong = read_filters(["mine", typed], ME)

    assert isinstance(wrong, WrongFilter)
    assert typed in wrong.sentence
    assert "graph:refund" in wrong.sentence


def test_too_many_words_do_not_fit_a_button_and_are_refused() -> None:
    assert isinstance(read_filters(["x" * (LONGEST + 1)], ME), WrongFilter)
    assert isinstance(read_filters(["ΐ" * (LONGEST // 4)], ME), WrongFilter)
    assert isinstance(read_filters(["x" * LONGEST], ME), Filters)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(due=0.0),
        Filters(mine=True, graph="refund", channel="C0REFUNDS", requester="U0BEN", older=60.0, due=86_400.0),
        Filters(older=5_400.0, words=("photo", "ada@example.com")),
    ],
)
def test_written_down_and_read_again_filters_are_the_same(filters: Filters) -> None:
    assert read_filters(str(filters).split(), "U0SOMEBODYELSE") == filters


@pytest.mark.parametrize(
    ("filters", "fit"),
    [
        (Filters(), True),
        (Filters(graph="refund"), True),
        (Filters(graph="other"), False),
        (Filters(channel="C0REFUNDS"), True),
        (Filters(channel="C0OTHER"), False),
        (Filters(requester="U0CAT"), True),
        (Filters(requester="U0ANA"), False),
        (Filters(older=59.0), True),
        (Filters(older=60.0), False),
        (Filters(due=0.0), False),
        (Filters(due=39.0), False),
        (Filters(due=40.0), True),
        (Filters(words=("photo",)), True),
        (Filters(words=("refund", "photo")), True),
        (Filters(words=("refund", "parrot")), False),
        (Filters(graph="refund", words=("parrot",)), False),
    ],
)
def test_all_that_is_said_must_hold(filters: Filters, fit: bool) -> None:
    """Asked sixty seconds ago, due in forty."""
    waiting = approval(expires_at=NOW + 100)

    assert fits(filters, waiting, NOW + 60) is fit


def test_what_is_decided_waits_no_more() -> None:
    assert not fits(Filters(), replace(approval(), state=State.DECIDED), NOW)


def test_a_deadline_is_over_from_its_very_moment() -> None:
    assert is_due(approval(expires_at=NOW), NOW)
    assert not is_due(approval(expires_at=NOW), NOW - 0.001)
    assert not is_due(approval(), NOW)
