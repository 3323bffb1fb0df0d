"""The events Slack sends, in the shapes of the Events API.

https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/events/message
"""

from __future__ import annotations

import secrets

from bot.simulator.model import Channel, Json, Message
from bot.simulator.slack_json import message_json, view_json
from bot.simulator.workspace import Workspace


def envelope(workspace: Workspace, event: Json) -> Json:
    """The outer part: whose event, which event, when."""
    config = workspace.config
    return {
        "token": "verification-token-is-deprecated",
        "team_id": config.team_id,
        "context_team_id": config.team_id,
        "context_enterprise_id": None,
        "api_app_id": config.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(config.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": config.team_id,
                "user_id": config.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_hex(16)}",
    }


def posted(workspace: Workspace, message: Message) -> Json:
    return message_json(workspace, message) | _where(workspace, message.channel) | {"event_ts": message.ts}


def changed(workspace: Workspace, message: Message, before: Message) -> Json:
    event = _hidden(workspace, message.channel, "message_changed")
    event |= {"message": message_json(workspace, message)}
    return event | {"previous_message": message_json(workspace, before)}


def deleted(workspace: Workspace, before: Message) -> Json:
    event = _hidden(workspace, before.channel, "message_deleted")
    return event | {"deleted_ts": before.ts, "previous_message": message_json(workspace, before)}


def mentioned(workspace: Workspace, message: Message) -> Json:
    shown = message_json(workspace, message)
    return shown | {"type": "app_mention", "channel": message.channel, "event_ts": message.ts}


def home_opened(workspace: Workspace, user: str) -> Json:
    home = workspace.homes.get(user)
    return {
        "type": "app_home_opened",
        "user": user,
        "channel": workspace.direct_message(user).id,
        "tab": "home",
        "event_ts": workspace.new_ts(),
        **({"view": view_json(workspace, home)} if home else {}),
    }


def joined(workspace: Workspace, user: str, channel: Channel) -> Json:
    return _membership(workspace, "member_joined_channel", user, channel)


def left(workspace: Workspace, user: str, channel: Channel) -> Json:
    if user == workspace.config.bot_user_id:
        return {"type": "channel_left", "channel": channel.id, "event_ts": workspace.new_ts()}
    return _membership(workspace, "member_left_channel", user, channel)


def _membership(workspace: Workspace, kind: str, user: str, channel: Channel) -> Json:
    where = _where(workspace, channel.id)
    return {"type": kind, "user": user, "team": workspace.config.team_id, "event_ts": workspace.new_ts()} | {
        "channel": channel.id,
        "channel_type": "G" if where["channel_type"] == "group" else "C",
    }


def _hidden(workspace: Workspace, channel: str, subtype: str) -> Json:
    ts = workspace.new_ts()
    event = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts}
    return event | _where(workspace, channel)


def _where(workspace: Workspace, channel_id: str) -> Json:
    channel = workspace.channels[channel_id]
    kind = "im" if channel.is_im else "group" if channel.is_private else "channel"
    return {"channel": channel_id, "channel_type": kind}
