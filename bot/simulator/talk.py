"""What a person says: messages, replies, edits and slash commands; and where they are a member."""

from __future__ import annotations

import uuid
from dataclasses import replace

from bot.simulator import payloads, posting
from bot.simulator.api.call import SlackError
from bot.simulator.api.chat import checked_blocks
from bot.simulator.filling import NoSuchThing
from bot.simulator.model import Channel, Json, Message
from bot.simulator.parcel import Answer, Problem
from bot.simulator.seen import Seen
from bot.simulator.surface import seen_message
from bot.simulator.typed import as_typed, command_text
from bot.simulator.world import World

SLACKBOT = "USLACKBOT"


def says(world: World, user: str, channel_id: str, text: str, thread_ts: str | None = None) -> Message:
    """Write a message; the app hears of it where it is a member."""
    channel = _own_channel(world, user, channel_id)
    stored, blocks = as_typed(world.workspace, text)
    message = Message(
        channel.id,
        world.workspace.new_ts(),
        user,
        stored,
        (blocks,),
        thread_ts=thread_ts,
        client_msg_id=str(uuid.uuid4()),
    )
    posting.post(world, message)
    return message


def edits(world: World, user: str, channel_id: str, ts: str, text: str) -> None:
    message = _own_message(world, user, channel_id, ts)
    stored, blocks = as_typed(world.workspace, text)
    stamp = {"user": user, "ts": world.workspace.new_ts()}
    posting.change(world, replace(message, text=stored, blocks=(blocks,), edited=stamp))


def deletes(world: World, user: str, channel_id: str, ts: str) -> None:
    posting.remove(world, _own_message(world, user, channel_id, ts))


async def command(world: World, user: str, channel_id: str, name: str, text: str) -> Seen:
    """Type a slash command; its HTTP answer is shown to this person only, unless it says otherwise."""
    channel = _own_channel(world, user, channel_id)
    sent = command_text(world.workspace, text) if world.config.should_escape else text
    answer = await world.deliver.command(payloads.command(world, user, channel, name, sent))
    if answer.problem:
        return _failed(world, user, channel, name, answer)
    body: Json = {"text": answer.body} if isinstance(answer.body, str) else answer.body or {}
    if not body.get("text") and not body.get("blocks"):
        return Seen(delivered=True, status=answer.status)
    try:
        message = app_message(world, channel.id, user, body)
    except SlackError:
        return _failed(world, user, channel, name, Answer(answer.status, problem=Problem.ERROR))
    show(world, message)
    return Seen(delivered=True, status=answer.status, text=message.text)


def joins(world: World, user: str, channel_id: str) -> None:
    posting.join(world, user, _channel(world, channel_id))


def leaves(world: World, user: str, channel_id: str) -> None:
    posting.leave(world, user, _channel(world, channel_id))


def app_message(
    world: World, channel_id: str, user: str, body: Json, thread_ts: str | None = None
) -> Message:
    """The message an answer to a command or a response_url makes: for this person only by default."""
    config = world.config
    return Message(
        channel_id,
        world.workspace.new_ts(),
        config.bot_user_id,
        str(body.get("text") or ""),
        checked_blocks(body.get("blocks")) or (),
        thread_ts=thread_ts,
        bot_id=config.bot_id,
        app_id=config.app_id,
        only_for=None if body.get("response_type") == "in_channel" else user,
    )


def show(world: World, message: Message) -> None:
    if message.only_for:
        world.workspace.put_note(message)
    else:
        posting.post(world, message)


def _failed(world: World, user: str, channel: Channel, name: str, answer: Answer) -> Seen:
    error = "operation_timeout" if answer.problem is Problem.TIMEOUT else "dispatch_failed"
    words = f'{name} failed with the error "{error}"'
    world.workspace.put_note(Message(channel.id, world.workspace.new_ts(), SLACKBOT, words, only_for=user))
    return Seen(False, answer.status, error, text=words)


def _own_channel(world: World, user: str, channel_id: str) -> Channel:
    if channel_id == f"D{user[1:]}":
        return world.workspace.direct_message(user)
    channel = _channel(world, channel_id)
    if user not in channel.members:
        raise NoSuchThing(f"{user} is not in #{channel.name}")
    return channel


def _channel(world: World, channel_id: str) -> Channel:
    channel = world.workspace.channels.get(channel_id)
    if channel is None:
        raise NoSuchThing(f"there is no channel {channel_id}; there are {sorted(world.workspace.channels)}")
    return channel


def _own_message(world: World, user: str, channel_id: str, ts: str) -> Message:
    message = seen_message(world, user, channel_id, ts)
    if message.user != user:
        raise NoSuchThing(f"{user} did not write this message")
    return message
