"""Read what an author may say of a question besides its words: a diff, attachments, how much is at stake.

A value that is not as the convention says is no error: it is shown as any other field.
"""

from __future__ import annotations

import json

from bot.core.compared import compared
from bot.core.model import JSON
from bot.core.risk import WORDS
from bot.core.wording import Say, english
from bot.texts.marks import marked

NOT_SAID = marked("not said")
UNKNOWN = marked("{} (a word we do not know, so it counts as critical)")

Attachments = tuple[tuple[str, str], ...]


def diff_of(value: JSON) -> str:
    """A unified diff as it is, or the comparison of `{"before": ..., "after": ...}`; empty for neither."""
    match value:
        case str() if value.strip():
            return value.strip("\n")
        case {"before": before, "after": after, **rest} if not rest:
            return compared(_text(before), _text(after))
    return ""


def _text(value: JSON) -> str:
    """What is compared; nothing where there is nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, indent=2, ensure_ascii=False, default=dict)


def attachments_of(value: JSON) -> Attachments:
    """(title, address) of each; none where one of them is neither an address nor a title with one."""
    if not isinstance(value, list | tuple):
        return ()
    found = [_attachment(one) for one in value]
    return tuple(one for one in found if one is not None) if None not in found else ()


def _attachment(value: JSON) -> tuple[str, str] | None:
    match value:
        case str() if value.strip():
            return "", value
        case {"url": str(url), **rest} if url.strip() and not rest:
            return "", url
        case {"title": str(title), "url": str(url), **rest} if url.strip() and not rest:
            return title, url
    return None


def risk_in_words(value: JSON, say: Say = english) -> str:
    """The word, and what becomes of one that nobody knows."""
    if value is None:
        return say(NOT_SAID)
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=dict)
    known = isinstance(value, str) and value.strip().lower() in WORDS
    return said if known else say(UNKNOWN, said)
