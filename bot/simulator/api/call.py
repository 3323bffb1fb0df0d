"""One call of a Web API method: its arguments, the workspace it acts on, and the errors it may answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.simulator.model import Channel, Json, Message
from bot.simulator.world import World


class SlackError(Exception):
    """Answered as `{"ok": false, "error": ...}`; ends the method, as Slack's own errors do."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}


@dataclass(frozen=True, slots=True)
class Call:
    """Arguments come from a query, a form or JSON; objects may be JSON or JSON in a string, as in Slack."""

    world: World
    args: Json

    def word(self, name: str, error: str = "invalid_arguments") -> str:
        """A needed argument."""
        value = self.args.get(name)
        if value in (None, ""):
            raise SlackError(error, response_metadata=_complaint(f"missing required field: {name}"))
        return str(value)

    def maybe(self, name: str) -> str | None:
        value = self.args.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str) -> bool:
        return self.args.get(name) in (True, 1, "1", "true", "True")

    def count(self, name: str, default: int, most: int) -> int:
        try:
            wanted = int(self.args.get(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments") from None
        return max(1, min(wanted, most))

    def object(self, name: str, error: str) -> Any:
        """A JSON argument, or None when it was not sent."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise SlackError(error) from None

    def channel(self, name: str = "channel") -> Channel:
        channel = self.world.workspace.find_channel(self.word(name, "channel_not_found"))
        if channel is None or (channel.is_private and not self.world.workspace.bot_is_in(channel)):
            raise SlackError("channel_not_found")
        return channel

    def joined_channel(self, name: str = "channel") -> Channel:
        """A channel the bot is a member of."""
        channel = self.channel(name)
        if channel.is_archived:
            raise SlackError("is_archived")
        if not self.world.workspace.bot_is_in(channel):
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, error: str = "message_not_found") -> Message:
        message = self.world.workspace.message(channel.id, self.word("ts", error))
        if message is None or message.subtype == "tombstone":
            raise SlackError(error)
        return message


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """`needs` are the scopes of which one must be granted; `token` is `bot` or `app`."""

    run: Handler
    needs: tuple[str, ...] = ()
    token: str = "bot"  # noqa: S105 - the kind of token, not a token


def history_scope(channel: Channel) -> str:
    """The scope that reading this channel's messages takes."""
    return _kind(channel) + ":history"


def read_scope(channel: Channel) -> str:
    return _kind(channel) + ":read"


def need(call: Call, scope: str) -> None:
    """Refuse as Slack does where a scope depends on the kind of channel."""
    granted = call.world.config.bot_scopes
    if scope not in granted:
        raise SlackError("missing_scope", needed=scope, provided=",".join(granted))


def page(call: Call, found: list[Any], default: int, most: int) -> tuple[list[Any], str]:
    """One page of a list and the cursor of the next one; the cursor is opaque to the app."""
    start = _start(call.maybe("cursor"))
    end = start + call.count("limit", default, most)
    return found[start:end], f"next:{end}" if end < len(found) else ""


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    prefix, _, number = cursor.partition(":")
    if prefix != "next" or not number.isdecimal():
        raise SlackError("invalid_cursor")
    return int(number)


def _kind(channel: Channel) -> str:
    return "im" if channel.is_im else "groups" if channel.is_private else "channels"


def _complaint(words: str) -> Json:
    return {"messages": [f"[ERROR] {words}"]}
