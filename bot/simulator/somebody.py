"""One person of a simulated workspace, in words: `await ana.click("Approve", on=card)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulator.card import Card, Screen
from bot.simulator.filling import Target, find_element
from bot.simulator.model import Json
from bot.simulator.seen import Seen

if TYPE_CHECKING:
    from bot.simulator.people import Slack


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace. What cannot be done raises NoSuchThing and says what is there instead."""

    slack: Slack
    id: str

    @property
    def modal(self) -> Screen | None:
        """The modal on top, or None."""
        stack = self.slack.document.get("modals", self.id)
        return Screen(self.slack.document, "modal", stack[-1]) if stack else None

    @property
    def home(self) -> Screen | None:
        view = self.slack.document.get("homes", self.id)
        return Screen(self.slack.document, "home", view) if view else None

    def private_notes(self) -> list[Card]:
        """What was said "only visible to you", oldest first."""
        notes: dict[str, Json] = self.slack.document.get("notes", self.id) or {}
        return [Card(self.slack.document, notes[ts]["channel"], ts, self.id) for ts in sorted(notes)]

    def was_told(self, words: str) -> bool:
        """Whether some private note shows these words."""
        return any(words in note.text_shown for note in self.private_notes())

    def trouble(self, on: Card) -> str | None:
        """The mark on a message whose click did not reach the app."""
        words: str | None = self.slack.document.get("troubles", self.id, f"{on.channel}/{on.ts}")
        return words

    async def click(self, what: str, on: Card | Screen | None = None, block_id: str | None = None) -> Seen:
        """Press a button by its label or action id, and its confirmation if it asks for one.

        `on` is a message, `ana.home`, or nothing for the modal on top. On a `snapshot()` the button is
        pressed as it was then, even if the message has none any more.
        """
        return await self._act("click", on, what=what, block_id=block_id, stale=_stale(on, what, block_id))

    async def click_payload(self, what: str, on: Card | Screen | None = None) -> Json:
        """What a click would send, to be changed and sent with `slack.deliver("interaction", payload)`."""
        answer = await self.slack.act(self.id, "click", on=_where(on), what=what, dry_run=True)
        payload: Json = answer["payload"]
        return payload

    async def choose(self, what: str, value: Any, on: Card | Screen | None = None) -> Seen:
        """Choose in a menu, tick boxes, pick a date: by label, value, name or id."""
        return await self._act("choose", on, what=what, value=value)

    async def fill(self, what: str, value: Any, on: Card | Screen | None = None) -> Seen:
        """Type into the field with this label."""
        return await self._act("choose", on, what=what, value=value)

    async def submit(self) -> Seen:
        """Press the modal's submit button."""
        return _seen(await self.slack.act(self.id, "submit"))

    async def close(self, everything: bool = False) -> Seen:
        """Press Cancel, or the cross with `everything`."""
        return _seen(await self.slack.act(self.id, "close", everything=everything))

    async def open_home(self) -> None:
        await self.slack.act(self.id, "open_home")

    async def says(self, text: str, channel: str) -> Card:
        return await self._say(channel, text, None)

    async def reply(self, on: Card, text: str) -> Card:
        """Write in the thread of a message."""
        return await self._say(on.channel, text, on.thread_ts or on.ts)

    async def edit(self, message: Card, text: str) -> None:
        await self.slack.act(self.id, "edit", channel=message.channel, ts=message.ts, text=text)

    async def delete(self, message: Card) -> None:
        await self.slack.act(self.id, "delete", channel=message.channel, ts=message.ts)

    async def command(self, command: str, text: str = "", *, channel: str) -> Seen:
        """Type a slash command; `text` of what is seen is the app's direct answer."""
        return _seen(await self.slack.act(self.id, "command", channel=channel, command=command, text=text))

    async def join(self, channel: str) -> None:
        await self.slack.act(self.id, "join", channel=channel)

    async def leave(self, channel: str) -> None:
        await self.slack.act(self.id, "leave", channel=channel)

    async def _act(self, action: str, on: Card | Screen | None, **wanted: Any) -> Seen:
        return _seen(await self.slack.act(self.id, action, on=_where(on), **wanted))

    async def _say(self, channel: str, text: str, thread_ts: str | None) -> Card:
        said = await self.slack.act(self.id, "say", channel=channel, text=text, thread_ts=thread_ts)
        return self.slack.message(said["channel"], said["ts"])


def _where(on: Card | Screen | None) -> Json:
    match on:
        case Card():
            return {"channel": on.channel, "ts": on.ts}
        case Screen():
            return {"view": on.kind}
    return {"view": "modal"}


def _stale(on: Card | Screen | None, what: str, block_id: str | None) -> Json | None:
    if not isinstance(on, Card) or on.frozen is None:
        return None
    block, element = find_element(on.blocks, Target(what, block_id))
    return {"block": block, "element": element}


def _seen(answer: Json) -> Seen:
    return Seen(**answer["seen"])
