"""The slash command as people typed it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.slack.clicks import Body, Origin, word


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. https://docs.slack.dev/interactivity/implementing-slash-commands"""

    origin: Origin
    channel: str
    words: tuple[str, ...]
    trigger_id: str
    typed: tuple[str, ...] = ()  # the words as they were typed

    @classmethod
    def of(cls, body: Body) -> Command:
        """The text as words; the first, the verb, in any case."""
        typed = tuple(unescaped(one) for one in (word(body, "text") or "").split())
        return cls(
            origin=Origin.of(body),
            channel=word(body, "channel_id") or "",
            words=(typed[0].lower(), *typed[1:]) if typed else (),
            trigger_id=word(body, "trigger_id") or "",
            typed=typed,
        )


def unescaped(text: str) -> str:
    """The three characters that Slack escapes, as they were typed.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
