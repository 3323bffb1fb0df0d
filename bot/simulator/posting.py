"""Post, change and remove messages: what the workspace remembers and what the app hears of it."""

from __future__ import annotations

from dataclasses import replace

from bot.simulator import events
from bot.simulator.model import Channel, Json, Message
from bot.simulator.world import World


def post(world: World, message: Message) -> None:
    """Show a message to its channel and send its events."""
    world.workspace.put_message(message)
    tell(world, message.channel, events.posted(world.workspace, message))
    if f"<@{world.config.bot_user_id}>" in message.text and not message.bot_id:
        tell(world, message.channel, events.mentioned(world.workspace, message))


def change(world: World, message: Message) -> None:
    """Show this message where the one with its ts was."""
    before = world.workspace.messages[message.channel][message.ts]
    world.workspace.put_message(message)
    tell(world, message.channel, events.changed(world.workspace, message, before))


def remove(world: World, message: Message) -> None:
    """Delete a message; one that has replies leaves a mark, so that its thread can still be read."""
    event = events.deleted(world.workspace, message)
    if world.workspace.replies(message):
        mark = Message(
            message.channel, message.ts, "USLACKBOT", "This message was deleted.", subtype="tombstone"
        )
        world.workspace.put_message(replace(mark, thread_ts=message.ts))
    else:
        world.workspace.remove_message(message)
    tell(world, message.channel, event)


def join(world: World, user: str, channel: Channel) -> None:
    world.workspace.set_members(channel, (*channel.members, user))
    tell(world, channel.id, events.joined(world.workspace, user, channel))


def leave(world: World, user: str, channel: Channel) -> None:
    event = events.left(world.workspace, user, channel)
    world.workspace.set_members(channel, (each for each in channel.members if each != user))
    if user == world.config.bot_user_id:
        tell_app(world, event)
    else:
        tell(world, channel.id, event)


def tell(world: World, channel_id: str, event: Json) -> None:
    """Send an event of a channel, which the app hears only as a member."""
    if world.workspace.bot_is_in(world.workspace.channels[channel_id]):
        tell_app(world, event)


def tell_app(world: World, event: Json) -> None:
    world.deliver.event(events.envelope(world.workspace, event))
