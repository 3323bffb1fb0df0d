"""chat.*: what the app writes. https://docs.slack.dev/reference/methods?family=chat"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.simulator import posting
from bot.simulator.api.call import Call, Method, SlackError
from bot.simulator.model import Channel, Json, Message
from bot.simulator.normal import normal_blocks
from bot.simulator.slack_json import message_json
from bot.simulator.validate import wrong_with_blocks, wrong_with_metadata

POSTED_TEXT = 40_000  # longer text is cut: https://docs.slack.dev/reference/methods/chat.postMessage
UPDATED_TEXT = 4_000  # longer text is refused: https://docs.slack.dev/reference/methods/chat.update


def post_message(call: Call) -> Json:
    channel = _writable(call)
    known = _already_posted(call, channel)
    if known:
        return _answer(call, known) | {"is_duplicate": True}
    message = _new_message(call, channel)
    posting.post(call.world, message)
    return _answer(call, message)


def post_ephemeral(call: Call) -> Json:
    channel = _writable(call)
    user = call.word("user", "user_not_found")
    if user not in call.world.workspace.people:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    note = replace(_new_message(call, channel), only_for=user, metadata=None)
    call.world.workspace.put_note(note)
    return {"ok": True, "message_ts": note.ts}


def update(call: Call) -> Json:
    """Without `metadata` the message keeps its own, `{}` clears it; text alone removes the blocks."""
    channel = call.joined_channel()
    message = call.message(channel)
    if message.user != call.world.config.bot_user_id:
        raise SlackError("cant_update_message")
    changed = _edited(call, message)
    posting.change(call.world, changed)
    return _answer(call, changed) | {"text": changed.text}


def delete(call: Call) -> Json:
    channel = call.joined_channel()
    message = call.message(channel)
    if message.user != call.world.config.bot_user_id:
        raise SlackError("cant_delete_message")
    posting.remove(call.world, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.word("message_ts", "message_not_found")
    message = call.world.workspace.message(channel.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    link = f"{call.world.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def _writable(call: Call) -> Channel:
    channel = call.channel()
    if "chat:write.public" in call.world.config.bot_scopes and not channel.is_private:
        return channel
    return call.joined_channel()


def _already_posted(call: Call, channel: Channel) -> Message | None:
    # Undocumented in Slack, hence off unless asked for.
    client_msg_id = call.maybe("client_msg_id")
    if not client_msg_id or not call.world.config.dedupe_client_msg_id:
        return None
    known = call.world.workspace.messages[channel.id].values()
    return next((message for message in known if message.client_msg_id == client_msg_id), None)


def _new_message(call: Call, channel: Channel) -> Message:
    config = call.world.config
    text, blocks, attachments = call.maybe("text") or "", _blocks(call), _attachments(call)
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    return Message(
        channel.id,
        call.world.workspace.new_ts(),
        config.bot_user_id,
        text[:POSTED_TEXT],
        blocks or (),
        attachments or (),
        thread_ts=_thread(call, channel),
        broadcast=call.flag("reply_broadcast"),
        bot_id=config.bot_id,
        app_id=config.app_id,
        metadata=_metadata(call) or None,
        client_msg_id=call.maybe("client_msg_id"),
    )


def _edited(call: Call, message: Message) -> Message:
    text, blocks, attachments = call.maybe("text"), _blocks(call), _attachments(call)
    if text is None and blocks is None and attachments is None:
        raise SlackError("no_text")
    if text and len(text) > UPDATED_TEXT:
        raise SlackError("msg_too_long")
    metadata = _metadata(call)
    kept = message.blocks if text is None else ()
    stamp = {"user": message.user, "ts": call.world.workspace.new_ts()}
    return replace(
        message,
        text=message.text if text is None else text,
        blocks=kept if blocks is None else blocks,
        attachments=message.attachments if attachments is None else attachments,
        metadata=message.metadata if metadata is None else metadata or None,
        edited=message.edited if blocks else stamp,
    )


def _blocks(call: Call) -> tuple[Json, ...] | None:
    return checked_blocks(call.object("blocks", "invalid_blocks_format"))


def checked_blocks(blocks: Any) -> tuple[Json, ...] | None:
    """Blocks as Slack would store them, or its `invalid_blocks`."""
    if blocks is None:
        return None
    wrong = wrong_with_blocks(blocks)
    if wrong:
        messages = [f"[ERROR] {words}" for words in wrong]
        raise SlackError("invalid_blocks", errors=wrong, response_metadata={"messages": messages})
    return normal_blocks(blocks)


def _attachments(call: Call) -> tuple[Json, ...] | None:
    attachments = call.object("attachments", "invalid_attachments")
    return None if attachments is None else tuple(attachments)


def _metadata(call: Call) -> Any:
    metadata = call.object("metadata", "invalid_metadata_format")
    wrong = None if metadata is None else wrong_with_metadata(metadata)
    if wrong:
        raise SlackError(wrong)
    return metadata


def _thread(call: Call, channel: Channel) -> str | None:
    thread_ts = call.maybe("thread_ts")
    if thread_ts is None:
        return None
    parent = call.world.workspace.message(channel.id, thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _answer(call: Call, message: Message) -> Json:
    shown = message_json(call.world.workspace, message)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "message": shown}


WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(post_message, WRITE),
    "chat.postEphemeral": Method(post_ephemeral, WRITE),
    "chat.update": Method(update, WRITE),
    "chat.delete": Method(delete, WRITE),
    "chat.getPermalink": Method(get_permalink),
}
