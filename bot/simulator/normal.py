"""Complete blocks as Slack does before it stores them: ids for what has none, defaults written out."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from bot.simulator.model import Json
from bot.simulator.validate import elements_of


def normal_blocks(blocks: list[Json]) -> tuple[Json, ...]:
    """The same blocks, with a `block_id` each, an `action_id` per element, and the defaults of texts."""
    completed = copy.deepcopy(blocks)
    for block in completed:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        for _, element in elements_of(block):
            if element.get("type") != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
        _write_out(block)
    return tuple(completed)


def _write_out(value: Any) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        if isinstance(value.get("text"), str) and value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for inner in value.values():
            _write_out(inner)
    elif isinstance(value, list):
        for inner in value:
            _write_out(inner)
