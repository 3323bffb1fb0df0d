"""The words of a message's small print, for where blocks are not shown: notifications, screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.parts import Block
from bot.blocks.text import Mrkdwn, escape, joined


def spoken(blocks: Sequence[Block], limit: int) -> Mrkdwn:
    """The words of small print, a line for each, for where blocks are not shown; whole lines only."""
    elements = [one for block in blocks if isinstance(found := block["elements"], list) for one in found]
    said, room = list[str](), limit
    for one in elements:
        words = Mrkdwn(one["text"]) if one["type"] == "mrkdwn" else escape(one["text"])
        room -= len(words) + 1
        if room < 0:
            return joined([*said, "…"], "\n")
        said.append(words)
    return joined(said, "\n")
