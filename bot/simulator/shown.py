"""The words a person reads on a message or a view, without the markup around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.simulator.model import Json

Names = Mapping[str, str]
"""Ids of people, channels and groups, with the names shown for them."""

MARKERS = [
    re.compile(rf"(?<![\w{m}]){re.escape(m)}(\S(?:[^{m}\n]*\S)?){re.escape(m)}(?![\w{m}])") for m in "*_~`"
]
FENCE = re.compile(r"```(.*?)```", re.DOTALL)
TOKEN = re.compile(r"<([^<>\s][^<>\n]*)>")
KEPT = re.compile("\ue000(\\d+)\ue001")


def names_in(tree: Json) -> dict[str, str]:
    """Everything in the document that has a name of its own."""
    names = {user: f"@{person['real_name']}" for user, person in tree["people"].items()}
    names |= {channel: f"#{known['name']}" for channel, known in tree["channels"].items()}
    return names | {group: f"@{known['handle']}" for group, known in tree["groups"].items()}


def message_text(message: Json, names: Names) -> str:
    """What is read on a message: its blocks if it has any, else its text."""
    if message.get("blocks"):
        return blocks_text(message["blocks"], names)
    return mrkdwn(message.get("text", ""), names)


def blocks_text(blocks: Iterable[Json], names: Names) -> str:
    return "\n".join(line for block in blocks for line in _lines(block, names) if line)


def mrkdwn(text: str, names: Names) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text"""
    kept: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return f"\ue000{len(kept) - 1}\ue001"

    text = FENCE.sub(lambda found: keep(unescaped(found[1])), text)
    text = TOKEN.sub(lambda found: keep(_token(found[1], names)), text)
    for marker in MARKERS:
        text = marker.sub(r"\1", text)
    return KEPT.sub(lambda found: kept[int(found[1])], unescaped(text))


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def date_text(timestamp: int, pattern: str) -> str:
    """A date as Slack writes it, in UTC. https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    when = datetime.fromtimestamp(timestamp, UTC)
    words = {
        "date_num": f"{when:%Y-%m-%d}",
        "date": f"{when:%B} {when.day}, {when.year}",
        "date_short": f"{when:%b} {when.day}, {when.year}",
        "date_long": f"{when:%A}, {when:%B} {when.day}, {when.year}",
        "time": f"{when:%H:%M}",
        "time_secs": f"{when:%H:%M:%S}",
        "ago": f"{when:%Y-%m-%d %H:%M}",
    }
    words |= {f"{name}_pretty": words[name] for name in ("date", "date_short", "date_long")}
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), pattern)


def _token(inside: str, names: Names) -> str:
    target, _, label = inside.partition("|")
    label = unescaped(label)
    if target.startswith("!date^"):
        _, timestamp, pattern = target.split("^")[:3]
        return date_text(int(timestamp), pattern)
    if target.startswith("!subteam^"):
        return label or names.get(target.removeprefix("!subteam^"), target)
    if target.startswith("!"):
        return "@" + target[1:]
    if target[0] in "@#":
        return names.get(target[1:]) or label or target
    return label or unescaped(target)


def _lines(block: Json, names: Names) -> Iterator[str]:
    match block["type"]:
        case "section":
            yield from (_text(part, names) for part in (block.get("text"), *block.get("fields", [])))
            yield from _element_lines(block.get("accessory"), names)
        case "context" | "actions" | "context_actions":
            for element in block["elements"]:
                yield from _element_lines(element, names)
        case "input":
            yield _text(block["label"], names)
            yield from _element_lines(block["element"], names)
            yield _text(block.get("hint"), names)
        case "rich_text":
            yield from (_rich(part, names) for part in block["elements"])
        case "table":
            yield from (" | ".join(_cell(cell, names) for cell in row) for row in block["rows"])
        case "image":
            yield from (_text(block.get("title"), names), block["alt_text"])
        case "markdown":
            yield block["text"]
        case _:
            yield from _anything(block, names)


def _element_lines(element: Json | None, names: Names) -> Iterator[str]:
    if element is None:
        return
    if element["type"] == "image":
        yield element["alt_text"]
    elif element["type"] in ("mrkdwn", "plain_text"):
        yield _text(element, names)
    else:
        yield _text(element.get("text") or element.get("placeholder"), names)
    if element["type"] in ("checkboxes", "radio_buttons"):
        yield from (_text(option["text"], names) for option in element["options"])


def _text(text: Json | None, names: Names) -> str:
    if text is None:
        return ""
    return mrkdwn(text["text"], names) if text["type"] == "mrkdwn" else unescaped(text["text"])


def _cell(cell: Json, names: Names) -> str:
    return str(cell["text"]) if cell["type"] == "raw_text" else "\n".join(_lines(cell, names))


def _rich(part: Json, names: Names) -> str:
    if part["type"] == "rich_text_list":
        return "\n".join(f"• {_rich(item, names)}" for item in part["elements"])
    return "".join(_inline(element, names) for element in part["elements"])


def _inline(element: Json, names: Names) -> str:
    match element["type"]:
        case "text":
            return str(element["text"])
        case "link":
            return str(element.get("text") or element["url"])
        case "emoji":
            return f":{element['name']}:"
        case "date":
            return date_text(element["timestamp"], element["format"])
        case "broadcast":
            return f"@{element['range']}"
    target = next(
        (str(element[key]) for key in ("user_id", "channel_id", "usergroup_id") if key in element), ""
    )
    return names.get(target, target)


def _anything(value: Any, names: Names) -> Iterator[str]:
    # Younger blocks: every text object in them, in order.
    if isinstance(value, dict):
        if value.get("type") in ("plain_text", "mrkdwn"):
            yield _text(value, names)
        else:
            for inner in value.values():
                yield from _anything(inner, names)
    elif isinstance(value, list):
        for inner in value:
            yield from _anything(inner, names)
