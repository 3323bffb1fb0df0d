"""The windows a button opens, and what is read back from them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.blocks import modal
from bot.blocks.ids import ButtonValue, Place, read_page, read_place
from bot.core.model import Verdict
from tests.blocks import judge
from tests.blocks.samples import ID, approval

LONG = approval({"title": "Long", "body": "\n".join(f"line {n} " + "x" * 80 for n in range(12_000))})


def _turns(view: Any) -> dict[str, ButtonValue | None]:
    found = [part for part in judge.parts(view) if part.get("type") == "button"]
    return {button["text"]["text"]: read_page(button["value"]) for button in found}


@pytest.mark.parametrize(
    ("make", "verdict"), [(modal.reason_form, Verdict.REJECT), (modal.revise_form, Verdict.REVISE)]
)
def test_a_form_remembers_its_card(make: Any, verdict: Verdict) -> None:
    view = make(approval(), channel="C0REFUNDS", message_ts="1.2")

    assert read_place(view["private_metadata"]) == Place(ID, 1, verdict, "C0REFUNDS", "1.2")


def test_a_reason_may_be_left_out_and_feedback_may_not() -> None:
    forms: list[Any] = [
        make(approval(), channel="C0", message_ts="1") for make in (modal.reason_form, modal.revise_form)
    ]
    reason, feedback = (form["blocks"][1] for form in forms)

    assert (reason["optional"], feedback["optional"]) == (True, False)
    assert feedback["element"]["max_length"] == 3_000


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"words": {"words": {"type": "plain_text_input", "value": "shorter"}}}, "shorter"),
        ({"words": {"words": {"type": "plain_text_input", "value": None}}}, None),
        ({"words": {"words": {"type": "plain_text_input", "value": " \n"}}}, None),
        ({"other": {}}, None),
        ({}, None),
    ],
)
def test_the_words_of_a_form_are_read(values: dict[str, Any], words: str | None) -> None:
    assert modal.read_words(values) == words


def test_an_error_stands_under_the_box_of_the_form() -> None:
    view = modal.revise_form(approval(), channel="C0", message_ts="1")
    blocks = [part.get("block_id") for part in judge.parts(view) if part.get("type") == "input"]

    assert list(modal.words_error("Please say what should change.")) == blocks


def test_a_short_text_is_one_page_without_buttons() -> None:
    view = modal.view_full(approval())

    assert _turns(view) == {}
    assert "Refund $500.00 to ada@example.com" in judge.shown(view)
    assert approval().request.digest in judge.shown(view)


def test_a_megabyte_is_turned_page_by_page() -> None:
    first = modal.view_full(LONG)
    judge.view(first)
    second = modal.view_full(LONG, 1)
    judge.view(second)

    assert _turns(first) == {"Next page": ButtonValue(ID, 1, 1)}
    assert _turns(second) == {"Previous page": ButtonValue(ID, 1, 0), "Next page": ButtonValue(ID, 1, 2)}


def test_a_page_of_long_lines_has_no_more_blocks_than_a_window_holds() -> None:
    judge.view(modal.view_full(approval({"body": "\n".join(["x" * 1_600] * 200)})))


def test_a_page_that_is_not_there_is_the_nearest_one() -> None:
    last = modal.view_full(LONG, 9_999)

    assert list(_turns(last)) == ["Previous page"]
    assert modal.view_full(LONG, -1) == modal.view_full(LONG)


def test_pages_break_between_lines() -> None:
    pieces = judge.texts(modal.view_full(LONG), "text")

    assert all(piece.endswith("\n") for piece in pieces)


def test_one_sentence_fills_a_window_when_it_is_too_late() -> None:
    view = modal.told("This was decided before.")
    judge.view(view)

    assert "This was decided before." in judge.shown(view)
