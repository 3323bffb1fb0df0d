"""How Slack writes its people, channels, messages and views as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.simulator.model import Channel, Json, Message, Person, UserGroup, View

if TYPE_CHECKING:
    from bot.simulator.workspace import Workspace


def message_json(workspace: Workspace, message: Message, all_metadata: bool = True) -> Json:
    """A message as history shows it; without `all_metadata` only the metadata's event type is told.

    https://docs.slack.dev/messaging/message-metadata
    """
    shown: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    shown["team"] = workspace.config.team_id
    for name in ("subtype", "bot_id", "app_id", "client_msg_id", "edited", "thread_ts"):
        if getattr(message, name) is not None:
            shown[name] = getattr(message, name)
    if message.blocks:
        shown["blocks"] = list(message.blocks)
    if message.attachments:
        shown["attachments"] = list(message.attachments)
    if message.metadata:
        shown["metadata"] = message.metadata if all_metadata else _type_only(message.metadata)
    if message.only_for:
        shown |= {"is_ephemeral": True, "channel": message.channel}
    if message.bot_id:
        shown["bot_profile"] = bot_json(workspace)
    return shown | _thread_part(workspace, message)


def _type_only(metadata: Json) -> Json:
    return {"event_type": metadata["event_type"]}


def _thread_part(workspace: Workspace, message: Message) -> Json:
    if message.is_reply:
        parent = workspace.parent(message)
        part: Json = {"parent_user_id": parent.user} if parent else {}
        return part | ({"subtype": "thread_broadcast"} if message.broadcast else {})
    replies = [] if message.only_for else workspace.replies(message)
    if not replies:
        return {}
    writers = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(writers),
        "reply_users": writers[:5],
        "latest_reply": replies[-1].ts,
    }


def person_json(person: Person) -> Json:
    """https://docs.slack.dev/reference/objects/user-object"""
    now = datetime.now(ZoneInfo(person.tz))
    offset = now.utcoffset()
    shown: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "tz": person.tz,
        "tz_label": now.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {"real_name": person.real_name, "display_name": person.name, "team": person.team_id},
        "is_admin": False,
        "is_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 1700000000,
    }
    return shown | ({"is_stranger": True} if person.is_stranger else {})


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """https://docs.slack.dev/reference/objects/conversation-object"""
    common: Json = {"id": channel.id, "created": 1700000000, "is_archived": channel.is_archived}
    if channel.is_im:
        return common | {"is_im": True, "user": channel.user, "is_user_deleted": False}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": workspace.bot_is_in(channel),
        "num_members": len(channel.members),
        "context_team_id": workspace.config.team_id,
    }


def group_json(workspace: Workspace, group: UserGroup, with_users: bool) -> Json:
    """https://docs.slack.dev/reference/objects/usergroup-object"""
    shown: Json = {
        "id": group.id,
        "team_id": workspace.config.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "user_count": len(group.users),
        "date_delete": 0,
    }
    return shown | ({"users": list(group.users)} if with_users else {})


def bot_json(workspace: Workspace) -> Json:
    config = workspace.config
    return {
        "id": config.bot_id,
        "app_id": config.app_id,
        "user_id": config.bot_user_id,
        "name": config.bot_name,
        "team_id": config.team_id,
        "deleted": False,
        "updated": 1700000000,
        "icons": {},
    }


def view_json(workspace: Workspace, view: View) -> Json:
    """A view as the app receives it, with what the person filled in under `state.values`.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    config = workspace.config
    defaults: dict[str, Any] = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "title": None,
        "submit": None,
        "close": None,
    }
    return {
        "id": view.id,
        "team_id": config.team_id,
        **defaults,
        **view.content,
        "state": {"values": view.values},
        "hash": view.hash,
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "app_id": config.app_id,
        "app_installed_team_id": config.team_id,
        "bot_id": config.bot_id,
    }
