"""What an author may say besides words: a diff, attachments, tables, and how much is at stake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.compared import MOST, compared, folded
from bot.core.model import JSON
from bot.core.payload import content
from bot.core.table import table
from tests.blocks.samples import request

texts = st.lists(st.sampled_from(["a", "b", "", "- c", "+ d", " e"]), max_size=12).map("\n".join)


def test_a_unified_diff_is_taken_as_it_is() -> None:
    told = content(request({"title": "Change the limit", "diff": "-limit: 10\n+limit: 20\n"}))

    assert told.diff == "-limit: 10\n+limit: 20"
    assert told.fields == ()


def test_before_and_after_become_a_comparison() -> None:
    told = content(request({"diff": {"before": "a\nb\nc", "after": "a\nB\nc"}}))

    assert told.diff == " a\n-b\n+B\n c"


def test_mappings_are_compared_as_json_and_nothing_is_nothing() -> None:
    told = content(request({"diff": {"before": None, "after": {"limit": 20}}}))

    assert told.diff == '+{\n+  "limit": 20\n+}'


@given(texts, texts)
def test_a_comparison_holds_every_line_of_both(before: str, after: str) -> None:
    lines = compared(before, after).split("\n") if before or after else []

    assert [line[1:] for line in lines if line[0] in " -"] == (before.split("\n") if before else [])
    assert [line[1:] for line in lines if line[0] in " +"] == (after.split("\n") if after else [])


def test_a_very_long_comparison_is_whole_too() -> None:
    before, after = "x\n" * (MOST + 500), "y\n" * (MOST + 700)

    lines = compared(before, after).split("\n")

    assert sum(line.startswith("-") for line in lines) >= MOST + 500
    assert sum(line.startswith("+") for line in lines) >= MOST + 700


def test_folding_keeps_every_change_and_says_how_much_it_leaves_out() -> None:
    context = "\n".join(f" {n}" for n in range(20))

    assert folded(f"{context}\n-old\n+new") == (" 0\n 1\n… 16 lines without a change\n 18\n 19\n-old\n+new")
    assert folded(" 0\n 1\n 2\n-old") == " 0\n 1\n 2\n-old"


@pytest.mark.parametrize(
    "value", [7, None, "", ["-a"], {"before": "a"}, {"before": 1, "after": 2, "more": 3}]
)
def test_what_is_no_diff_is_a_field(value: JSON) -> None:
    told = content(request({"diff": value}))

    assert told.diff == ""
    assert [name for name, _ in told.fields] == ["Diff"]


def test_attachments_are_addresses_with_or_without_a_title() -> None:
    told = content(
        request({"attachments": ["https://a.example", {"title": "Offer", "url": "https://b.example"}]})
    )

    assert told.attachments == (("", "https://a.example"), ("Offer", "https://b.example"))
    assert told.fields == ()


@pytest.mark.parametrize(
    "value", ["https://a.example", [], [7], [""], [{"title": "a"}], [{"url": "a", "x": 1}]]
)
def test_what_are_no_attachments_is_a_field(value: JSON) -> None:
    told = content(request({"attachments": value}))

    assert told.attachments == ()
    assert [name for name, _ in told.fields] == ["Attachments"]


def test_what_is_at_stake_comes_first_in_words() -> None:
    told = content(request({"fields": {"Amount": 5}, "risk": "high"}))

    assert told.fields == (("Risk", "high"), ("Amount", "5"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "not said"),
        ("none", "none (a word we do not know, so it counts as critical)"),
        (3, "3 (a word we do not know, so it counts as critical)"),
    ],
)
def test_a_risk_nobody_knows_is_told_as_what_it_counts_for(value: JSON, said: str) -> None:
    assert content(request({"risk": value})).fields == (("Risk", said),)


def test_like_mappings_make_a_table_with_numbers_to_the_right() -> None:
    invoice: JSON = [
        {"item": "Chair", "pieces": 12, "paid": True},
        {"item": "机", "pieces": 3, "paid": False},
    ]

    assert table(invoice) == (
        "item  | pieces | paid\n------+--------+-----\nChair |     12 | yes\n机    |      3 | no"
    )
    assert content(request({"invoice": invoice})).fields == (("Invoice", table(invoice) or ""),)
    assert content(request(invoice)).body == table(invoice)


@pytest.mark.parametrize(
    "value",
    [
        [],
        [{}],
        [{"a": 1}, {"b": 1}],
        [{"a": 1}, 2],
        [{"a": [1]}],
        [{"a": "one | two"}],
        [{"a": "one\ntwo"}],
        [{"a": "one\u202etwo"}],
        [{"a": " one"}],
        [{"a": "x" * 100}],
        [{str(n): n for n in range(9)}],
        {"a": 1},
        "a",
    ],
)
def test_what_could_be_misread_as_a_table_is_none(value: JSON) -> None:
    assert table(value) is None


def test_an_empty_text_in_a_table_is_told_from_nothing() -> None:
    assert table([{"a": "", "b": None}]) == 'a  | b\n---+-----\n"" | none'
