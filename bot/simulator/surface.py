"""Where a person acts: on a message, in the modal on top, or in App Home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from bot.simulator import payloads
from bot.simulator.filling import NoSuchThing, initial_values
from bot.simulator.model import Json, Message, View
from bot.simulator.world import World


class Surface(Protocol):
    """Blocks that can be pressed, with what this person has filled in so far."""

    @property
    def place(self) -> str:
        """A name for the place, under which troubles are shown."""

    @property
    def blocks(self) -> list[Json]: ...

    @property
    def values(self) -> Json: ...

    def put(self, values: Json) -> Surface:
        """The same place with other values filled in, remembered."""

    def payload(self, action: Json) -> Json: ...


@dataclass(frozen=True, slots=True)
class OnMessage:
    world: World
    user: str
    message: Message

    @property
    def place(self) -> str:
        return f"{self.message.channel}/{self.message.ts}"

    @property
    def blocks(self) -> list[Json]:
        return list(self.message.blocks)

    @property
    def values(self) -> Json:
        chosen = self.world.workspace.filled.get((self.user, self.place), {})
        return {key: {**inner, **chosen.get(key, {})} for key, inner in initial_values(self.blocks).items()}

    def put(self, values: Json) -> Surface:
        self.world.workspace.filled[self.user, self.place] = values
        return self

    def payload(self, action: Json) -> Json:
        return payloads.message_action(self.world, self.user, self.message, action, self.values)


@dataclass(frozen=True, slots=True)
class OnView:
    world: World
    user: str
    view: View

    @property
    def place(self) -> str:
        return self.view.id

    @property
    def blocks(self) -> list[Json]:
        return self.view.blocks

    @property
    def values(self) -> Json:
        return self.view.values

    def put(self, values: Json) -> Surface:
        view = replace(self.view, values=values)
        self.world.workspace.replace_view(view)
        return replace(self, view=view)

    def payload(self, action: Json) -> Json:
        return payloads.view_action(self.world, self.user, self.view, action)


def surface(world: World, user: str, where: Json) -> Surface:
    """The place named by `{"channel", "ts"}` or `{"view": "modal" | "home"}`, if this person sees it."""
    if where.get("view") == "home":
        return OnView(world, user, home_of(world, user))
    if where.get("view"):
        return OnView(world, user, top_modal(world, user))
    return OnMessage(world, user, seen_message(world, user, str(where.get("channel")), str(where.get("ts"))))


def top_modal(world: World, user: str) -> View:
    stack = world.workspace.modals.get(user, ())
    if not stack:
        raise NoSuchThing(f"{user} has no modal open")
    return stack[-1]


def home_of(world: World, user: str) -> View:
    home = world.workspace.homes.get(user)
    if home is None:
        raise NoSuchThing(f"the app has published no App Home for {user}")
    return home


def seen_message(world: World, user: str, channel_id: str, ts: str) -> Message:
    """A message this person can look at: in a public channel, in their own, or an ephemeral one for them."""
    note = world.workspace.notes.get(user, {}).get(ts)
    channel = world.workspace.channels.get(channel_id)
    message = note or world.workspace.message(channel_id, ts)
    if channel is None or message is None:
        raise NoSuchThing(f"{user} sees no message {ts} in {channel_id}")
    if (channel.is_private or channel.is_im) and user not in channel.members:
        raise NoSuchThing(f"{user} is not in {channel_id}")
    return message
