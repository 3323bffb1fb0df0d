"""Judge blocks, views and metadata as strictly as Slack does, in Slack's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.simulator.block_rules import BLOCKS
from bot.simulator.model import Json
from bot.simulator.rules import anything, boolean, complaint, items, one_of, record, string, typed
from bot.simulator.text_rules import label, text

MESSAGE_BLOCKS = 50  # https://docs.slack.dev/reference/block-kit/blocks
VIEW_BLOCKS = 100  # https://docs.slack.dev/reference/views
MARKDOWN_TOTAL = 12_000  # https://docs.slack.dev/reference/block-kit/blocks/markdown-block
METADATA_BYTES = 8_000  # Slack publishes no figure; this one leaves room for ids and little else

# Younger blocks: their structure is left to slack_sdk's models, which know their limits.
BY_THE_SDK = (
    "call",
    "card",
    "carousel",
    "container",
    "context_actions",
    "plan",
    "task_card",
    "video",
)
MESSAGE_RULE = typed({**BLOCKS, **dict.fromkeys(BY_THE_SDK, anything)})
ALERT = record({"text": text(3000)}, {"level": anything, "block_id": string(255)})
MODAL_RULE = typed({**BLOCKS, **dict.fromkeys(BY_THE_SDK, anything), "alert": ALERT})

COMMON = {"private_metadata": string(3000), "callback_id": string(255), "external_id": string(255)}
CLOSING = {"clear_on_close": boolean, "notify_on_close": boolean, "submit_disabled": boolean}
MODAL = record(
    {"type": one_of("modal"), "title": label(24), "blocks": items(MODAL_RULE, 0, VIEW_BLOCKS)},
    {"submit": label(24), "close": label(24), **COMMON, **CLOSING},
)
HOME = record({"type": one_of("home"), "blocks": items(MESSAGE_RULE, 0, VIEW_BLOCKS)}, COMMON)

EVENT_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def wrong_with_blocks(blocks: Any) -> list[str]:
    """What Slack would say against a message's blocks; an empty list means it takes them."""
    wrong = items(MESSAGE_RULE, 0, MESSAGE_BLOCKS)(blocks, "/blocks")
    return wrong or [*_duplicates(blocks, "/blocks"), *_totals(blocks), *_by_the_models(blocks, "/blocks")]


def wrong_with_view(view: Any, kinds: tuple[str, ...] = ("modal", "home")) -> list[str]:
    """What Slack would say against a view; an empty list means it takes it."""
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in kinds:
        return [complaint("must be a valid enum value", "/view/type")]
    wrong = (MODAL if kind == "modal" else HOME)(view, "/view")
    if not wrong and kind == "modal" and _asks(view["blocks"]) and not view.get("submit"):
        wrong = [complaint("missing required field: submit", "/view")]
    blocks = view.get("blocks")
    return wrong or [*_duplicates(blocks, "/view/blocks"), *_by_the_models(blocks, "/view/blocks")]


def wrong_with_metadata(metadata: Any) -> str | None:
    """Slack's error for message metadata, or None; an empty object is fine and means none.

    https://docs.slack.dev/messaging/message-metadata
    """
    if metadata == {}:
        return None
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    if not isinstance(metadata["event_type"], str) or not EVENT_TYPE.fullmatch(metadata["event_type"]):
        return "invalid_metadata_format"
    if not isinstance(metadata["event_payload"], dict):
        return "invalid_metadata_format"
    if not all(map(_plain_value, metadata["event_payload"].values())):
        return "invalid_metadata_schema"
    return "metadata_too_large" if len(json.dumps(metadata)) > METADATA_BYTES else None


def elements_of(block: Json) -> Iterator[tuple[str, Json]]:
    """Each interactive element of a block with its place: the accessory, the input, the actions."""
    if isinstance(block.get("accessory"), dict):
        yield "accessory", block["accessory"]
    if isinstance(block.get("element"), dict):
        yield "element", block["element"]
    if block.get("type") in ("actions", "context_actions"):
        yield from ((f"elements/{place}", element) for place, element in enumerate(block["elements"]))


def _asks(blocks: list[Json]) -> bool:
    return any(block["type"] == "input" for block in blocks)


def _duplicates(blocks: list[Json], at: str) -> Iterator[str]:
    block_ids: set[str] = set()
    for place, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id and block_id in block_ids:
            yield complaint(
                f"`block_id` {block_id} already exists for another block", f"{at}/{place}/block_id"
            )
        block_ids.add(block_id or "")
        yield from _duplicate_actions(block, f"{at}/{place}")


def _duplicate_actions(block: Json, at: str) -> Iterator[str]:
    action_ids: set[str] = set()
    for place, element in elements_of(block):
        action_id = element.get("action_id")
        if action_id and action_id in action_ids:
            yield complaint(
                f"`action_id` {action_id} already exists for another action", f"{at}/{place}/action_id"
            )
        action_ids.add(action_id or "")


def _totals(blocks: list[Json]) -> Iterator[str]:
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_TOTAL:
        yield complaint(f"must be less than {MARKDOWN_TOTAL + 1} characters", "/blocks")
    if sum(block["type"] == "table" for block in blocks) > 1:
        yield complaint("only one table allowed", "/blocks")


def _by_the_models(blocks: list[Json], at: str) -> Iterator[str]:
    for place, block in enumerate(blocks):
        try:
            model = Block.parse(block)
            if model is not None:
                model.validate_json()
        except (SlackObjectFormationError, TypeError, ValueError, KeyError, AttributeError) as reason:
            yield complaint(str(reason), f"{at}/{place}")


def _plain_value(value: Any) -> bool:
    match value:
        case str() | bool() | int() | float():
            return True
        case dict():
            return all(map(_plain_value, value.values()))
        case list():
            return all(map(_plain_value, value))
    return False
