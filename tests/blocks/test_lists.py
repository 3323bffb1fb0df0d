"""What `/approvals` shows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.blocks import lists
from bot.blocks.ids import Trail, read_trail
from bot.blocks.parts import Face
from bot.ports import Found
from tests.blocks import judge
from tests.blocks.samples import LINK, page, record


def _buttons(face: Face) -> dict[str, str]:
    found: list[dict[str, Any]] = [
        part for part in judge.parts(list(face.blocks)) if part.get("type") == "button"
    ]
    return {button["text"]["text"]: button["value"] for button in found}


def test_the_first_of_two_pages_leads_on() -> None:
    face = lists.pending(page(range(10), total=12, cursor="b2xk"), links={})

    assert list(_buttons(face)) == ["Next"]
    assert read_trail(_buttons(face)["Next"]) == Trail(("b2xk",))
    assert "1 to 10 of 12, oldest first" in judge.shown(list(face.blocks))


def test_a_page_in_the_middle_leads_both_ways() -> None:
    face = lists.pending(page(range(10, 20), total=35, cursor="two"), links={}, trail=("one",))

    assert read_trail(_buttons(face)["Previous"]) == Trail(())
    assert read_trail(_buttons(face)["Next"]) == Trail(("one", "two"))
    assert "11 to 20 of 35" in judge.shown(list(face.blocks))


def test_a_single_page_leads_nowhere() -> None:
    face = lists.pending(page(range(3), total=3, cursor=None), links={})

    assert _buttons(face) == {}


def test_a_page_that_emptied_meanwhile_leads_back() -> None:
    face = lists.pending(Found((), None, 0), links={}, trail=("one",))

    assert list(_buttons(face)) == ["Previous"]


def test_each_item_links_to_its_card_where_it_is_known() -> None:
    known, unknown = record(1), record(2)
    face = lists.pending(Found((known, unknown), None, 2), links={known.approval.id: LINK})
    links = [part for part in judge.parts(list(face.blocks)) if part.get("type") == "link"]

    assert [(one["url"], one["text"]) for one in links] == [(LINK, "Refund $500.00 to ada@example.com")]


def test_a_title_in_the_list_is_never_markup() -> None:
    odd = record(1, payload={"title": "<!channel> \u202eowt\n*now*"})
    face = lists.pending(Found((odd,), None, 1), links={odd.approval.id: LINK})
    judge.message(face.text, face.blocks)

    assert judge.texts(list(face.blocks), "link") == [r"<!channel> \u202Eowt\u000A*now*"]
    assert r"• &lt;!channel&gt; \u202Eowt\u000A*now* (refund" in face.text


def test_ten_of_the_longest_titles_fit() -> None:
    records = tuple(record(number, payload={"title": "&" * 400}) for number in range(10))
    face = lists.pending(
        Found(records, "more", 99), links={one.approval.id: LINK for one in records}, trail=("a",)
    )

    judge.message(face.text, face.blocks)

    assert len(_buttons(face)) == 2


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (3_599, "59 minutes"),
        (3_600, "1 hour"),
        (86_399, "23 hours"),
        (200_000, "2 days"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, shown: str) -> None:
    assert lists.age(seconds) == shown


def test_no_graphs_is_said() -> None:
    assert "no graph to start" in lists.graphs([]).text


def test_many_graphs_fit() -> None:
    face = lists.graphs([(f"graph_{number}", "<description> " * 20) for number in range(300)])

    judge.message(face.text, face.blocks)

    assert "graph_0: &lt;description&gt;" in face.text
