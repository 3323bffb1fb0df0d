"""conversations.*: channels and what was said. https://docs.slack.dev/reference/methods?family=conversations"""

from __future__ import annotations

from bot.simulator import posting
from bot.simulator.api.call import Call, Method, SlackError, history_scope, need, page, read_scope
from bot.simulator.model import Channel, Json, Message
from bot.simulator.slack_json import channel_json, message_json


def history(call: Call) -> Json:
    """Newest first; replies appear in their thread only, unless they were broadcast."""
    channel = _readable(call)
    known = call.world.workspace.messages[channel.id].values()
    shown = [m for m in known if (not m.is_reply or m.broadcast) and _between(call, m)]
    shown.sort(key=lambda message: message.ts, reverse=True)
    return _messages(call, shown) | {"pin_count": 0}


def replies(call: Call) -> Json:
    """The parent first, then its replies, oldest first."""
    channel = _readable(call)
    parent = call.message(channel, "thread_not_found")
    thread = [parent, *(m for m in call.world.workspace.replies(parent) if _between(call, m))]
    return _messages(call, thread)


def info(call: Call) -> Json:
    channel = call.channel()
    need(call, read_scope(channel))
    shown = channel_json(call.world.workspace, channel)
    if not call.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"ok": True, "channel": shown}


def members(call: Call) -> Json:
    channel = call.channel()
    need(call, read_scope(channel))
    found, cursor = page(call, list(channel.members), 100, 1000)
    return {"ok": True, "members": found, "response_metadata": {"next_cursor": cursor}}


def list_channels(call: Call) -> Json:
    wanted = (call.maybe("types") or "public_channel").split(",")
    known = [c for c in call.world.workspace.channels.values() if _type(c) in wanted and _known(call, c)]
    if call.flag("exclude_archived"):
        known = [channel for channel in known if not channel.is_archived]
    for channel in known[:1]:
        need(call, read_scope(channel))
    found, cursor = page(call, known, 100, 999)
    shown = [channel_json(call.world.workspace, channel) for channel in found]
    return {"ok": True, "channels": shown, "response_metadata": {"next_cursor": cursor}}


def open_direct(call: Call) -> Json:
    """Only direct messages with one person; group direct messages are not simulated."""
    users = call.word("users", "users_list_not_supplied").split(",")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    if users[0] not in call.world.workspace.people:
        raise SlackError("user_not_found")
    opened = f"D{users[0][1:]}" in call.world.workspace.channels
    channel = call.world.workspace.direct_message(users[0])
    shown = {"id": channel.id} if not call.flag("return_im") else channel_json(call.world.workspace, channel)
    return {"ok": True, "channel": shown, "no_op": opened, "already_open": opened}


def join(call: Call) -> Json:
    channel = call.channel()
    if channel.is_im or channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if not call.world.workspace.bot_is_in(channel):
        posting.join(call.world, call.world.config.bot_user_id, channel)
    joined = call.world.workspace.channels[channel.id]
    return {"ok": True, "channel": channel_json(call.world.workspace, joined)}


def _readable(call: Call) -> Channel:
    need(call, history_scope(call.channel()))
    return call.joined_channel()


def _between(call: Call, message: Message) -> bool:
    oldest, latest = call.maybe("oldest") or "0", call.maybe("latest") or "9999999999"
    edges = float(message.ts) in (float(oldest), float(latest))
    return (edges and call.flag("inclusive")) or float(oldest) < float(message.ts) < float(latest)


def _messages(call: Call, known: list[Message]) -> Json:
    found, cursor = page(call, known, 100, 999)
    metadata = call.flag("include_all_metadata")
    shown = [message_json(call.world.workspace, message, metadata) for message in found]
    more = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"ok": True, "messages": shown, "has_more": bool(cursor), **more}


def _type(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


def _known(call: Call, channel: Channel) -> bool:
    return not channel.is_private or call.world.workspace.bot_is_in(channel)


METHODS = {
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
    "conversations.info": Method(info),
    "conversations.members": Method(members),
    "conversations.list": Method(list_channels),
    "conversations.open": Method(open_direct, ("im:write",)),
    "conversations.join": Method(join, ("channels:join",)),
}
