"""The payloads of interactions and commands, in Slack's shapes.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

from typing import Any

from bot.simulator.filling import STATE_KEYS
from bot.simulator.model import Channel, Json, Message, View
from bot.simulator.slack_json import message_json, view_json
from bot.simulator.tickets import Source
from bot.simulator.world import World


def message_action(world: World, user: str, message: Message, action: Json, values: Json) -> Json:
    """A button pressed or a choice made on a message; an ephemeral one is not sent along."""
    channel = world.workspace.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.only_for is not None,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    source = Source(user, channel.id, message.ts, message.only_for is not None, message.thread_ts)
    shown = {} if message.only_for else {"message": message_json(world.workspace, message)}
    return {
        **_common(world, user, "block_actions"),
        "container": container,
        "trigger_id": world.tickets.new_trigger(user),
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        **shown,
        "state": {"values": values},
        "response_url": _url(world, "actions", world.tickets.new_response_url(source)),
        "actions": [action],
    }


def view_action(world: World, user: str, view: View, action: Json) -> Json:
    """The same in a modal or App Home: there is a view, and neither channel nor message."""
    return {
        **_common(world, user, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": world.tickets.new_trigger(user),
        "view": view_json(world.workspace, view),
        "actions": [action],
    }


def submission(world: World, user: str, view: View) -> Json:
    return {
        **_common(world, user, "view_submission"),
        "trigger_id": world.tickets.new_trigger(user),
        "view": view_json(world.workspace, view),
        "response_urls": [],
    }


def closed(world: World, user: str, view: View, is_cleared: bool) -> Json:
    common = _common(world, user, "view_closed")
    return common | {"view": view_json(world.workspace, view), "is_cleared": is_cleared}


def command(world: World, user: str, channel: Channel, name: str, text: str) -> Json:
    config = world.config
    return {
        "token": "verification-token-is-deprecated",
        "team_id": config.team_id,
        "team_domain": config.team_domain,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user,
        "user_name": world.workspace.people[user].name,
        "command": name,
        "text": text,
        "api_app_id": config.app_id,
        "is_enterprise_install": "false",
        "response_url": _url(world, "commands", world.tickets.new_response_url(Source(user, channel.id))),
        "trigger_id": world.tickets.new_trigger(user),
    }


def action(world: World, block: Json, element: Json, state: Json | None) -> Json:
    """One entry of `actions`: which element, and what was chosen in it."""
    made: Json = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": world.workspace.new_ts(),
    }
    for name in ("text", "value", "style", "url", "placeholder", "confirm"):
        if name in element:
            made[name] = element[name]
    return made | _chosen(element["type"], state)


def _chosen(kind: str, state: Json | None) -> Json:
    if state is None:
        return {}
    key = STATE_KEYS[kind][0] if kind in STATE_KEYS else "selected_option"
    return {key: state[key]}


def _common(world: World, user: str, kind: str) -> dict[str, Any]:
    config, person = world.config, world.workspace.people[user]
    return {
        "type": kind,
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": config.app_id,
        "token": "verification-token-is-deprecated",
        "team": {"id": config.team_id, "domain": config.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel_name(channel: Channel) -> str:
    return "directmessage" if channel.is_im else channel.name


def _url(world: World, kind: str, name: str) -> str:
    return f"{world.base_url}/{kind}/{world.config.team_id}/{name}"
