"""What the buttons and windows of a batch carry along, and how it is read back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.blocks.ids import proper
from bot.blocks.parts import PRIVATE_METADATA
from bot.core.batch import MOST, Item

DIGEST = re.compile(r"[0-9a-f]{32}")


def write_batch(batch_id: str) -> str:
    """The value of the button that approves all of a batch."""
    return f"b1.{batch_id}"


def read_batch(value: str | None) -> str | None:
    """What `write_batch` wrote; None for anything else."""
    match (value or "").split("."):
        case ["b1", str(batch_id)] if proper(batch_id):
            return batch_id
    return None


def write_several(approval_ids: Sequence[str]) -> str:
    """The value of the button below a list that approves several of it."""
    return ",".join(["l1", *approval_ids])


def read_several(value: str | None) -> tuple[str, ...] | None:
    """What `write_several` wrote; None for anything else, and for one id twice."""
    match (value or "").split(","):
        case ["l1", *listed] if 0 < len(listed) <= MOST and all(proper(one) for one in listed):
            return tuple(listed) if len(set(listed)) == len(listed) else None
    return None


def write_items(items: Sequence[Item]) -> str:
    """The `private_metadata` of the window that lists what is approved together."""
    listed = [f"{item.approval_id}.{item.revision}.{item.digest}" for item in items]
    return ",".join(["i1", *listed])


def read_items(private: str | None) -> tuple[Item, ...] | None:
    """What `write_items` wrote; None for anything else, and for one item twice."""
    match (private or "").split(","):
        case ["i1", *listed] if 0 < len(listed) <= MOST and len(private or "") <= PRIVATE_METADATA:
            items = [_item(one) for one in listed]
            known = tuple(item for item in items if item is not None)
            twice = len({item.approval_id for item in known}) < len(items)
            return None if twice or None in items else known
    return None


def _item(text: str) -> Item | None:
    match text.split("."):
        case [str(approval_id), str(revision), str(digest)] if proper(
            approval_id, revision
        ) and DIGEST.fullmatch(digest):
            return Item(approval_id, int(revision), digest)
    return None
