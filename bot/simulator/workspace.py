"""The workspace: everything Slack would remember, kept in memory and told to the document."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict, replace

from bot.simulator.config import SimulatorConfig
from bot.simulator.document import Document
from bot.simulator.model import Channel, Json, Message, Person, UserGroup, View
from bot.simulator.slack_json import message_json, view_json


class Workspace:
    """People, channels, messages. Every change goes through a method here, so every reader learns of it."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self.document = Document()
        self._last_ts = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything, then move in the demo people."""
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.notes: dict[str, dict[str, Message]] = {}
        self.modals: dict[str, tuple[View, ...]] = {}
        self.homes: dict[str, View] = {}
        self.filled: dict[tuple[str, str], Json] = {}
        self._threads: dict[tuple[str, str], dict[str, None]] = {}
        self.document.apply({"seq": self.document.seq + 1, "path": [], "value": self._cover()})
        self._move_in()

    def new_ts(self) -> str:
        """A message time nobody has yet: seconds, a dot, six digits."""
        micros = max(int(self.config.clock() * 1_000_000), self._last_ts + 1)
        self._last_ts = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    # People and places

    def put_person(self, person: Person) -> None:
        self.people[person.id] = person
        self.document.set(("people", person.id), asdict(person))

    def put_group(self, group: UserGroup) -> None:
        self.groups[group.id] = group
        self.document.set(("groups", group.id), asdict(group))

    def put_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.messages.setdefault(channel.id, {})
        self.document.set(("channels", channel.id), asdict(channel))

    def set_members(self, channel: Channel, members: Iterable[str]) -> None:
        self.put_channel(replace(channel, members=tuple(dict.fromkeys(members))))

    def direct_message(self, user: str) -> Channel:
        """The direct message channel between this person and the bot, opened when it is first needed."""
        channel_id = f"D{user[1:]}"
        if channel_id not in self.channels:
            members = (user, self.config.bot_user_id)
            self.put_channel(Channel(channel_id, f"dm-{user}", members, is_im=True, user=user))
        return self.channels[channel_id]

    def find_channel(self, reference: str) -> Channel | None:
        """A channel by id, by `#name`, or by the id of the person the bot would write to."""
        if reference in self.channels:
            return self.channels[reference]
        if reference in self.people and reference != self.config.bot_user_id:
            return self.direct_message(reference)
        named = (each for each in self.channels.values() if each.name == reference.removeprefix("#"))
        return next(named, None)

    def bot_is_in(self, channel: Channel) -> bool:
        return self.config.bot_user_id in channel.members

    # Messages

    def put_message(self, message: Message) -> None:
        self.messages[message.channel][message.ts] = message
        if message.is_reply:
            self._threads.setdefault((message.channel, message.thread_ts or ""), {})[message.ts] = None
        self.document.set(("messages", message.channel, message.ts), message_json(self, message))
        parent = self.parent(message)
        if parent:
            self.document.set(("messages", parent.channel, parent.ts), message_json(self, parent))

    def remove_message(self, message: Message) -> None:
        del self.messages[message.channel][message.ts]
        self.document.set(("messages", message.channel, message.ts), None)

    def message(self, channel: str, ts: str) -> Message | None:
        return self.messages.get(channel, {}).get(ts)

    def parent(self, message: Message) -> Message | None:
        return self.message(message.channel, message.thread_ts or "") if message.is_reply else None

    def replies(self, parent: Message) -> list[Message]:
        known = self.messages[parent.channel]
        return [known[ts] for ts in self._threads.get((parent.channel, parent.ts), {}) if ts in known]

    def put_note(self, note: Message) -> None:
        """Show an ephemeral message to the one person it is for."""
        user = note.only_for or ""
        self.notes.setdefault(user, {})[note.ts] = note
        self.document.set(("notes", user, note.ts), message_json(self, note))

    def remove_note(self, note: Message) -> None:
        self.notes.get(note.only_for or "", {}).pop(note.ts, None)
        self.document.set(("notes", note.only_for or "", note.ts), None)

    # Views

    def put_modals(self, user: str, stack: tuple[View, ...]) -> None:
        """Make this the person's stack of open modals; the last one is on top."""
        self.modals[user] = stack
        shown = [{**view_json(self, view), "errors": view.errors} for view in stack]
        self.document.set(("modals", user), shown)

    def put_home(self, view: View) -> None:
        self.homes[view.user] = view
        self.document.set(("homes", view.user), view_json(self, view))

    def find_view(self, view_id: str | None, external_id: str | None = None) -> View | None:
        stacks = (view for stack in self.modals.values() for view in stack)
        for view in (*stacks, *self.homes.values()):
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        return None

    def replace_view(self, view: View) -> None:
        """Show this view where the one with the same id was."""
        if view.content["type"] == "home":
            self.put_home(view)
            return
        stack = self.modals.get(view.user, ())
        self.put_modals(view.user, tuple(view if each.id == view.id else each for each in stack))

    # What a person is told when the app did not answer

    def warn(self, user: str, place: str, words: str | None) -> None:
        """Mark a message or view of this person with what went wrong; None takes the mark away."""
        self.document.set(("troubles", user, place), words)

    def _cover(self) -> Json:
        config = self.config
        return {
            "team": {"id": config.team_id, "name": config.team_name, "domain": config.team_domain},
            "app": {"id": config.app_id, "bot_id": config.bot_id, "user": config.bot_user_id},
            "commands": list(config.commands),
            "session": secrets.token_hex(4),
            **{part: {} for part in PARTS},
        }

    def _move_in(self) -> None:
        config = self.config
        for user, name, tz in DEMO_PEOPLE:
            self.put_person(Person(user, name.lower(), name, config.team_id, tz))
        self.put_person(
            Person(config.bot_user_id, config.bot_name, config.bot_name.title(), config.team_id, is_bot=True)
        )
        everybody = tuple(self.people)
        for channel, name in DEMO_CHANNELS:
            self.put_channel(Channel(channel, name, everybody))
        self.put_group(UserGroup("S0FIN", "fin", "Finance", ("U0ANA", "U0BEN")))


PARTS = ("people", "channels", "groups", "messages", "notes", "modals", "homes", "troubles")
DEMO_PEOPLE = (
    ("U0ANA", "Ana", "Europe/Berlin"),
    ("U0BEN", "Ben", "Europe/London"),
    ("U0CAT", "Cat", "America/New_York"),
)
DEMO_CHANNELS = (("C0REFUNDS", "refunds"), ("C0PLANS", "plans"), ("C0OPS", "ops"))
