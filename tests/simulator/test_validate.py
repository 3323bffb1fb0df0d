"""Each limit that Slack publishes: the last value it takes, and the first it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.simulator.validate import wrong_with_blocks, wrong_with_view
from tests.simulator.cards import FORM, Json, button, card, mrkdwn, plain

PICTURE: Json = {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a"}


def section(text: Json) -> Json:
    return {"type": "section", "text": text}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asking(**element: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": {"type": "plain_text_input", **element}}


def confirm(**long: int) -> Json:
    """A button whose confirmation has texts of these lengths."""
    texts = {key: plain("x" * long.get(key, 1)) for key in ("title", "text", "confirm", "deny")}
    return actions(button("A", confirm=texts))


def menu(kind: str, count: int, value: int = 1) -> Json:
    options = [{"text": plain("a"), "value": "v" * value}] * count
    return actions({"type": kind, "action_id": "m", "options": options})


def table(columns: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns]}


def preformatted(text: str) -> Json:
    part = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [part]}


# what is limited: (the last figure Slack takes, a block with that figure)
LIMITS: dict[str, tuple[int, Callable[[int], Json]]] = {
    "header text": (150, lambda n: {"type": "header", "text": plain("x" * n)}),
    "section text": (3000, lambda n: section(mrkdwn("x" * n))),
    "section fields": (10, lambda n: {"type": "section", "fields": [mrkdwn("x")] * n}),
    "field text": (2000, lambda n: {"type": "section", "fields": [mrkdwn("x" * n)]}),
    "actions": (25, lambda n: actions(*[button("A", action_id=f"a{each}") for each in range(n)])),
    "context elements": (10, lambda n: {"type": "context", "elements": [mrkdwn("x")] * n}),
    "button text": (75, lambda n: actions(button("x" * n, action_id="a"))),
    "button value": (2000, lambda n: actions(button("A", value="x" * n))),
    "button url": (3000, lambda n: actions(button("A", url="x" * n))),
    "action_id": (255, lambda n: actions(button("A", action_id="x" * n))),
    "block_id": (255, lambda n: {"type": "divider", "block_id": "x" * n}),
    "confirm title": (100, lambda n: confirm(title=n)),
    "confirm text": (300, lambda n: confirm(text=n)),
    "confirm button": (30, lambda n: confirm(confirm=n)),
    "confirm deny": (30, lambda n: confirm(deny=n)),
    "option value": (150, lambda n: menu("overflow", 1, n)),
    "overflow options": (5, lambda n: menu("overflow", n)),
    "select options": (100, lambda n: menu("static_select", n)),
    "checkboxes": (10, lambda n: menu("checkboxes", n)),
    "input max_length": (3000, lambda n: asking(max_length=n)),
    "markdown": (12000, lambda n: {"type": "markdown", "text": "x" * n}),
    "table columns": (20, table),
    "card body": (200, lambda n: {"type": "card", "title": plain("x"), "body": plain("x" * n)}),
}


@pytest.mark.parametrize("what", LIMITS)
def test_last_figure_passes_and_the_next_is_refused(what: str) -> None:
    last, block = LIMITS[what]

    assert wrong_with_blocks([block(last)]) == []
    assert wrong_with_blocks([block(last + 1)]) != []


@pytest.mark.parametrize(
    ("fine", "wrong"),
    [
        (section(mrkdwn("x")), section(mrkdwn(""))),
        (section(mrkdwn("x")), {"type": "section"}),
        (section(mrkdwn("x") | {"verbatim": True}), section(mrkdwn("x") | {"verbatim": "yes"})),
        (actions(button("A", style="danger")), actions(button("A", style="default"))),
        (menu("static_select", 1), actions({"type": "static_select", "action_id": "m"})),
        (asking(), asking() | {"label": mrkdwn("x")}),
        ({"type": "header", "text": plain("x")}, {"type": "header", "text": mrkdwn("x")}),
        ({"type": "divider"}, {"type": "marquee"}),
        ({"type": "divider"}, {"type": "divider", "colour": "red"}),
        ({"type": "divider"}, {"type": "alert", "text": plain("x")}),
        (PICTURE, {key: value for key, value in PICTURE.items() if key != "alt_text"}),
        (preformatted("x"), preformatted("")),
    ],
)
def test_shape_is_judged_too(fine: Json, wrong: Json) -> None:
    assert wrong_with_blocks([fine]) == []
    assert wrong_with_blocks([wrong]) != []


def test_fifty_blocks_are_the_most_a_message_takes() -> None:
    assert wrong_with_blocks([{"type": "divider"}] * 50) == []
    assert wrong_with_blocks([{"type": "divider"}] * 51) == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]


def test_ids_are_unique_where_slack_wants_them_unique() -> None:
    twice = actions(button("A", action_id="a"), button("B", action_id="a"))
    blocks = [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}]

    assert wrong_with_blocks([twice]) == [
        "`action_id` a already exists for another action [json-pointer:/blocks/0/elements/1/action_id]"
    ]
    assert wrong_with_blocks(blocks) == [
        "`block_id` b already exists for another block [json-pointer:/blocks/1/block_id]"
    ]


def test_same_action_id_in_two_blocks_is_fine() -> None:
    assert wrong_with_blocks([actions(button("A")), actions(button("A"))]) == []


def test_markdown_is_limited_over_the_whole_message() -> None:
    half = {"type": "markdown", "text": "x" * 6001}

    assert wrong_with_blocks([half]) == []
    assert wrong_with_blocks([half, half]) == ["must be less than 12001 characters [json-pointer:/blocks]"]


@pytest.mark.parametrize(
    ("fine", "wrong"),
    [
        ({"title": plain("x" * 24)}, {"title": plain("x" * 25)}),
        ({"submit": plain("x" * 24)}, {"submit": plain("x" * 25)}),
        ({"private_metadata": "x" * 3000}, {"private_metadata": "x" * 3001}),
        ({"callback_id": "x" * 255}, {"callback_id": "x" * 256}),
        ({"blocks": [{"type": "divider"}] * 100}, {"blocks": [{"type": "divider"}] * 101}),
        ({"notify_on_close": True}, {"notify_on_close": "yes"}),
        (
            {"blocks": [{"type": "alert", "text": plain("x"), "level": "warning"}]},
            {"blocks": [{"type": "alert"}]},
        ),
        ({}, {"submit": None}),
        ({}, {"type": "drawer"}),
        ({}, {"colour": "red"}),
    ],
)
def test_view_limits(fine: Json, wrong: Json) -> None:
    assert wrong_with_view(FORM | fine) == []
    assert wrong_with_view(FORM | wrong) != []


@pytest.mark.parametrize("nonsense", [None, "x", [], {}, {"blocks": 3}, 7])
def test_nonsense_is_refused_and_breaks_nothing(nonsense: Any) -> None:
    assert wrong_with_view(nonsense) != []
    assert nonsense == [] or wrong_with_blocks(nonsense) != []
    assert wrong_with_blocks([nonsense]) != []


def test_card_of_the_tests_is_fine() -> None:
    assert wrong_with_blocks(card("Refund")) == []
