"""Make any text safe to show: hidden characters visible, long text cut with a mark, markup escaped once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.core.policy import USER_ID
from bot.core.slack_ids import GROUP_ID
from bot.texts.spoken import counted, spoken, translated

WEB_ADDRESS = re.compile(r"https?://[^\s<>|\"\\]{1,2000}")

# What a payload may lead to: https, a host in plain letters that no name and password stand before, no
# punycode. Everybody can see where it leads.
PLAIN_ADDRESS = re.compile(
    r"https://(?!xn--)(?:[a-z0-9-]+\.(?!xn--))+[a-z]{2,24}(?::\d{1,5})?(?:/[\w.~/?#@!$&'()*+,;=%:-]{0,400})?",
    re.ASCII | re.IGNORECASE,
)

# Letters and symbols that draw nothing, though Unicode does not call them control or format characters.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

# Control, format (bidi, zero-width), surrogate, private, unassigned; line and paragraph separators.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Mrkdwn(str):
    """Text that Slack may parse: written by us, with everything else in it escaped.

    Plain `str` is never parsed; `mrkdwn` is the only way from one to the other.
    https://docs.slack.dev/messaging/formatting-message-text
    """

    __slots__ = ()


def mrkdwn(template: str, *values: object) -> Mrkdwn:
    """Fill `{}` in our words, in the reader's language; a value that is not Mrkdwn yet is escaped, once."""
    filled = (v if isinstance(v, Mrkdwn) else escape(str(v)) for v in values)
    return Mrkdwn(translated(template).format(*filled))


def say(template: str, *values: object) -> str:
    """Our own words in the reader's language, as text that Slack does not parse."""
    return translated(template).format(*values)


def begun(text: str) -> str:
    """With a large first letter; the others stay as they are."""
    return text[:1].upper() + text[1:]


def escape(text: str) -> Mrkdwn:
    """The text as typed: Slack finds no mention, link or date in it."""
    return Mrkdwn(visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def joined(parts: Sequence[str], between: str = ", ", last: str | None = None) -> Mrkdwn:
    """Join parts; `last` stands before the last one ("Ana, Ben and Cat")."""
    safe = [part if isinstance(part, Mrkdwn) else escape(part) for part in parts]
    if last is None or len(safe) < 2:
        return Mrkdwn(between.join(safe))
    return Mrkdwn(between.join(safe[:-1]) + last + safe[-1])


def visible(text: str, *, line: bool = False) -> str:
    """Show what could hide or reorder text as its code (a right-to-left override as \\u202E).

    Line breaks and tabs stay, unless `line` asks for one line: then a break is shown as its code too.
    """
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    keep = "\t" if line else "\n\t"
    # Once for each different character: a long text has few of them.
    codes = {ord(char): _code(char) for char in set(text) if char not in keep and _hidden(char)}
    return text.translate(codes) if codes else text


def _hidden(char: str) -> bool:
    # U+E0100-E01EF choose variants of letters; nothing is seen of them, so they can smuggle text.
    return unicodedata.category(char) in HIDDEN or char in BLANK or "\U000e0100" <= char <= "\U000e01ef"


def _code(char: str) -> str:
    number = ord(char)
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; where something is missing, the end says how much."""
    if len(text) <= limit:
        return text
    longest = _left_out(len(text))
    if limit < 2 * len(longest):
        return text[: limit - 1] + "…"
    kept = text[: limit - len(longest)]
    return kept + _left_out(len(text) - len(kept))


def _left_out(characters: int) -> str:
    return f" … ({count(characters, 'more character')})"


def cut_escaped(text: Mrkdwn, limit: int) -> Mrkdwn:
    """The same for text without markup of ours; never ends inside an `&amp;`."""
    if len(text) <= limit:
        return text
    return Mrkdwn(re.sub(r"&[a-z]{0,3}$", "", text[: limit - 2]) + " …")


def mention(user: str) -> Mrkdwn:
    """A person's name as Slack shows it, for ids only: anything else would be somebody's text."""
    return Mrkdwn(f"<@{user}>") if USER_ID.fullmatch(user) else mrkdwn("somebody")


def mentions(users: Sequence[str]) -> Mrkdwn:
    """Several people: "Ana, Ben and Cat"."""
    return joined([mention(user) for user in users], last=say(" and "))


def group(group_id: str) -> Mrkdwn:
    """A user group's handle, for ids only."""
    return Mrkdwn(f"<!subteam^{group_id}>") if GROUP_ID.fullmatch(group_id) else mrkdwn("a group")


def when(at: float, form: str = "{time} {date_short_pretty}") -> Mrkdwn:
    """A moment (seconds since 1970) in each reader's own time zone, in UTC where Slack cannot tell it.

    It reads well after "at" and "by": "at 14:02 today", "by 09:30 Jan 6th, 2026".

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    return Mrkdwn(f"<!date^{int(at)}^{form}|{utc(at)}>")


def utc(at: float) -> str:
    """`2026-01-05 14:02 UTC`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def link(url: str | None, words: str) -> Mrkdwn:
    """The words as a link; only the words where there is no proper address."""
    if url is None or not WEB_ADDRESS.fullmatch(url):
        return escape(words)
    return Mrkdwn(f"<{url}|{escape(words)}>")


def count(number: int, thing: str) -> str:
    """`1 card`, `1,200 cards`; in another language as its catalogue has `{} card`."""
    return counted(number, f"{{}} {thing}", f"{{}} {thing}s").format(digits(number))


def digits(number: int) -> str:
    """`1,200`, as the reader's language parts it."""
    return f"{number:,}".replace(",", spoken().thousands)
