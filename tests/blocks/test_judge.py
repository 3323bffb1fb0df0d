"""The judge itself: it refuses what Slack refuses."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError

from tests.blocks import judge

PLAIN = {"type": "plain_text", "text": "Words", "emoji": False}


def long(length: int) -> dict[str, Any]:
    """Plain text of so many characters."""
    return {**PLAIN, "text": "x" * length}


CONFIRM = {"title": PLAIN, "text": PLAIN, "confirm": PLAIN, "deny": PLAIN}
OPTION = {"text": PLAIN, "value": "v"}
BOX = {"type": "plain_text_input", "action_id": "a", "max_length": 9}
SELECT = {"type": "static_select", "action_id": "a", "options": [OPTION]}
BUTTON = {"type": "button", "text": PLAIN, "action_id": "a", "value": "v"}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "unknown"},
        {"type": "header", "text": {"type": "mrkdwn", "text": "Words", "verbatim": True}},
        {"type": "header", "text": long(151)},
        {"type": "section", "text": long(3_001)},
        {"type": "section", "text": {**PLAIN, "text": ""}},
        {"type": "section", "text": {**PLAIN, "text": "a\u202eb"}},
        {"type": "section", "text": {"type": "plain_text", "text": "Words"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "Words"}},
        {"type": "section", "text": PLAIN, "color": "red"},
        {"type": "section", "fields": [long(2_001)]},
        {"type": "context", "elements": []},
        {"type": "context", "elements": [PLAIN] * 11},
        {"type": "actions", "elements": [BUTTON, BUTTON]},
        {"type": "actions", "elements": [{**BUTTON, "value": "v" * 2_001}]},
        {"type": "actions", "elements": [{**BUTTON, "style": "green"}]},
        {"type": "actions", "elements": [{**BUTTON, "text": long(76)}]},
        {"type": "actions", "elements": [{**BUTTON, "accessibility_label": "x" * 76}]},
        {"type": "actions", "elements": [{**BUTTON, "action_id": "x" * 256}]},
        {
            "type": "actions",
            "elements": [{**BUTTON, "confirm": {**CONFIRM, "title": long(101)}}],
        },
        {
            "type": "actions",
            "elements": [{**BUTTON, "confirm": {**CONFIRM, "text": long(301)}}],
        },
        {
            "type": "actions",
            "elements": [{**BUTTON, "confirm": {**CONFIRM, "deny": long(31)}}],
        },
        {"type": "actions", "block_id": "x" * 256, "elements": [BUTTON]},
        {"type": "input", "label": long(2_001), "element": BOX},
        {"type": "input", "label": PLAIN, "element": {**BOX, "max_length": 3_001}},
        {"type": "input", "label": PLAIN, "element": {**BOX, "placeholder": long(151)}},
        {"type": "input", "label": PLAIN, "element": {**SELECT, "options": [OPTION] * 101}},
        {"type": "input", "label": PLAIN, "element": {**SELECT, "options": [{**OPTION, "value": "x" * 151}]}},
        {
            "type": "input",
            "label": PLAIN,
            "element": {**SELECT, "options": [{"text": long(76), "value": "v"}]},
        },
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
        },
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [PLAIN]}]},
    ],
)
def test_a_block_slack_would_refuse_is_refused(block: dict[str, Any]) -> None:
    with pytest.raises((AssertionError, SlackObjectFormationError)):
        judge.message("text", [block])


def test_more_blocks_than_a_message_holds_are_refused() -> None:
    with pytest.raises(AssertionError):
        judge.message("text", [{"type": "divider"}] * 51)


def test_a_plain_block_is_taken() -> None:
    judge.message("text", [{"type": "section", "text": PLAIN}, {"type": "actions", "elements": [BUTTON]}])

    assert judge.shown([{"type": "section", "text": PLAIN}]) == "Words"


VIEW: dict[str, Any] = {
    "type": "modal",
    "title": PLAIN,
    "submit": PLAIN,
    "blocks": [{"type": "input", "label": PLAIN, "element": BOX}],
}


@pytest.mark.parametrize(
    "change",
    [
        {"title": long(25)},
        {"submit": long(25)},
        {"close": long(25)},
        {"private_metadata": "x" * 3_001},
        {"callback_id": "x" * 256},
        {"blocks": []},
        {"blocks": VIEW["blocks"] * 101},
        {"color": "red"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_modal_slack_would_refuse_is_refused(change: dict[str, Any]) -> None:
    judge.view(VIEW)

    with pytest.raises((AssertionError, SlackObjectFormationError)):
        judge.view({**VIEW, **change})
