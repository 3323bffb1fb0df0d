"""The rules for text objects and for rich text.

https://docs.slack.dev/reference/block-kit/composition-objects/text-object
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from typing import Any

from bot.simulator.rules import (
    Rule,
    anything,
    boolean,
    complaint,
    items,
    number,
    one_of,
    record,
    string,
    typed,
)


def text(most: int) -> Rule:
    """A plain or mrkdwn text object of 1 to `most` characters."""
    words = {"text": string(most, 1)}
    kinds = {"plain_text": record(words, {"emoji": boolean}), "mrkdwn": record(words, {"verbatim": boolean})}
    return _matching(typed(kinds))


def label(most: int) -> Rule:
    """A plain text object of 1 to `most` characters."""
    plain = record({"text": string(most, 1)}, {"emoji": boolean})

    def check(value: Any, at: str) -> list[str]:
        if isinstance(value, dict) and value.get("type") != "plain_text":
            return [complaint("must be a valid enum value", f"{at}/type")]
        return plain(value, at)

    return _matching(check)


def _matching(rule: Rule) -> Rule:
    # Slack puts this sentence in front whenever one of several schemas could have matched.
    def check(value: Any, at: str) -> list[str]:
        wrong = rule(value, at)
        return [complaint("failed to match all allowed schemas", at), *wrong] if wrong else []

    return check


STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
INLINE = typed(
    {
        "text": record({"text": string(least=1)}, {"style": STYLE}),
        "link": record({"url": string(least=1)}, {"text": string(), "unsafe": boolean, "style": STYLE}),
        "emoji": record({"name": string()}, {"unicode": string(), "style": STYLE, "skin_tone": number()}),
        "user": record({"user_id": string()}, {"style": STYLE}),
        "usergroup": record({"usergroup_id": string()}, {"style": STYLE}),
        "channel": record({"channel_id": string()}, {"style": STYLE}),
        "broadcast": record({"range": one_of("here", "channel", "everyone")}, {"style": STYLE}),
        "color": record({"value": string()}, {"style": STYLE}),
        "team": record({"team_id": string()}, {"style": STYLE}),
        "date": record(
            {"timestamp": number(), "format": string()},
            {"url": string(), "fallback": string(), "style": STYLE},
        ),
    }
)
BORDER = {"border": number(0, 1)}
SECTION = record({"elements": items(INLINE)})
PARTS = typed(
    {
        "rich_text_section": SECTION,
        "rich_text_preformatted": record({"elements": items(INLINE)}, {**BORDER, "language": string()}),
        "rich_text_quote": record({"elements": items(INLINE)}, BORDER),
        "rich_text_list": record(
            {"style": one_of("bullet", "ordered"), "elements": items(typed({"rich_text_section": SECTION}))},
            {**BORDER, "indent": number(0, 8), "offset": number(0)},
        ),
    }
)
RICH_TEXT = record({"elements": items(PARTS)}, {"block_id": string(255), "indent": anything})
