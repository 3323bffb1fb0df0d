"""Read blocks as Slack's documentation says Slack does: what is live in them, what is seen, what is too long.

Written apart from bot/blocks, so that a misunderstanding there is not repeated here.
https://docs.slack.dev/messaging/formatting-message-text, https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

TOKEN = re.compile(r"<([^<>]*)>")
ENTITY = re.compile(r"&(amp|lt|gt);")
MEANS = {"amp": "&", "lt": "<", "gt": ">"}
# Elements of rich text that do more than stand there.
LIVE = ("user", "usergroup", "channel", "team", "link", "broadcast", "date", "emoji", "color")
# Drawn as nothing, though Unicode calls them letters, marks or symbols.
DRAWN_AS_NOTHING = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
NEITHER_SEEN_NOR_HARMLESS = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

# The most characters, by the kind of the object and its key; from the reference page of each.
MOST: Mapping[tuple[str, str], int] = {
    ("button", "text"): 75,
    ("button", "value"): 2_000,
    ("button", "accessibility_label"): 75,
    ("header", "text"): 150,
    ("section", "text"): 3_000,
    ("input", "label"): 2_000,
    ("input", "hint"): 2_000,
    ("plain_text_input", "initial_value"): 3_000,
    ("plain_text_input", "placeholder"): 150,
    ("modal", "title"): 24,
    ("modal", "submit"): 24,
    ("modal", "close"): 24,
    ("modal", "private_metadata"): 3_000,
    ("modal", "callback_id"): 255,
}
COUNTS = {("context", "elements"): 10, ("actions", "elements"): 25, ("static_select", "options"): 100}
COUNTS |= {("multi_static_select", "options"): 100, ("radio_buttons", "options"): 10}
COUNTS |= {("checkboxes", "options"): 10, ("section", "fields"): 10}


def live(text: str, inside: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Everything that does something: (kind, what) of each mention, link and date."""
    yield from _markup(text)
    for part in inside:
        kind = str(part.get("type"))
        if kind == "mrkdwn":
            yield from _markup(part["text"])
            if part.get("verbatim") is not True:
                yield "not verbatim", part["text"]
        if kind == "plain_text" and part.get("emoji") is not False:
            yield "emoji", part["text"]
        if kind in LIVE and "user_id" in part:
            yield "user", part["user_id"]
        elif kind in LIVE:
            yield kind, str(part.get("url", part))
        if kind == "button" and "url" in part:
            yield "link", part["url"]
        if kind in ("image", "video", "file"):
            yield kind, str(part)


def _markup(text: str) -> Iterator[tuple[str, str]]:
    for inside in TOKEN.findall(text):
        what = inside.partition("|")[0]
        if what[:1] == "@":
            yield "user", what[1:]
        elif what[:1] == "#":
            yield "channel", what[1:]
        elif what.startswith("!subteam^"):
            yield "usergroup", what.split("^")[1]
        elif what.startswith("!date^"):
            yield ("date", what.split("^")[1]) if what.count("^") == 2 else ("link", what)
        else:
            yield ("broadcast", what) if what[:1] == "!" else ("link", what)
    rest = TOKEN.sub("", text)
    if "<" in rest or ">" in rest:
        yield "stray bracket", rest
    if "&" in ENTITY.sub("", rest):
        yield "stray ampersand", rest


def decoded(text: str) -> str:
    """What a reader sees of mrkdwn, its own markup left out."""
    return ENTITY.sub(lambda found: MEANS[found[1]], TOKEN.sub("", text))


def seen(text: str, inside: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Every text that somebody reads or hears."""
    yield decoded(text)
    for part in inside:
        kind = part.get("type")
        if kind == "mrkdwn":
            yield decoded(part["text"])
        elif kind in ("plain_text", "text", "link"):
            yield part["text"]
        if "accessibility_label" in part:
            yield part["accessibility_label"]


def hides(text: str) -> bool:
    """True if something in it is not seen, or moves what is."""
    return any(char not in "\n\t" and _is_hidden(char) for char in set(text))


def spelt(text: str) -> str:
    """The text with everything hidden spelt as its code; line breaks of Windows are line breaks."""
    text = text.replace("\r\n", "\n")
    return "".join(_code(char) if char not in "\n\t" and _is_hidden(char) else char for char in text)


@cache
def _is_hidden(char: str) -> bool:
    if unicodedata.category(char) in NEITHER_SEEN_NOR_HARMLESS or char in DRAWN_AS_NOTHING:
        return True
    return 0xE0100 <= ord(char) <= 0xE01EF


def _code(char: str) -> str:
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def too_much(blocks: Any, inside: Sequence[dict[str, Any]], *, most_blocks: int) -> Iterator[str]:
    """Every limit of Slack's reference that these blocks break."""
    top = blocks["blocks"] if isinstance(blocks, dict) else blocks
    if not 0 < len(top) <= most_blocks:
        yield f"{len(top)} blocks"
    ids = [block["block_id"] for block in top if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "a block id stands twice"
    for part in inside:
        yield from _part(part, str(part.get("type")))


def _part(part: dict[str, Any], kind: str) -> Iterator[str]:
    for key, value in part.items():
        text = value.get("text", "") if isinstance(value, dict) else value
        most = 255 if key in ("block_id", "action_id") else MOST.get((kind, key), 10**9)
        if isinstance(text, str) and len(text) > most:
            yield f"{key} of {kind}: {len(text)} characters"
        if isinstance(value, list) and len(value) > COUNTS.get((kind, key), 10**9):
            yield f"{key} of {kind}: {len(value)}"
        if isinstance(value, list) and key in ("elements", "options", "fields") and not value:
            yield f"{key} of {kind}: empty"
    if kind in ("plain_text", "mrkdwn", "text") and not 0 < len(part["text"]) <= 3_000:
        yield f"{kind}: {len(part['text'])} characters"
    for option in part.get("options", ()):
        if not (0 < len(option["text"]["text"]) <= 75 and 0 < len(option["value"]) <= 150):
            yield f"option {option}"
    if kind == "plain_text_input" and len(part.get("initial_value", "")) > part.get("max_length", 3_000):
        yield "initial_value is longer than max_length"
    if "confirm" in part and "deny" in part:
        sizes = [len(part[key]["text"]) for key in ("title", "text", "confirm", "deny")]
        if any(size > most for size, most in zip(sizes, (100, 300, 30, 30), strict=True)):
            yield f"confirm: {sizes}"


def parts(found: Any) -> list[dict[str, Any]]:
    """Every object inside, itself included, in the order they stand there."""
    known: list[dict[str, Any]] = []
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            known.append(one)
            waiting += [inner for inner in reversed(one.values()) if not isinstance(inner, str)]
        elif isinstance(one, list | tuple):
            waiting += reversed(one)
    return known
