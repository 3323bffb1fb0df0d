"""Answers to a response_url: a new message, or one in place of the message that was clicked.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

from dataclasses import replace

from bot.simulator import posting
from bot.simulator.api.call import SlackError
from bot.simulator.model import Json, Message
from bot.simulator.talk import app_message, show
from bot.simulator.tickets import Invalid, Source
from bot.simulator.world import World


def respond(world: World, name: str, body: Json) -> str | None:
    """Do what the app asks; gives back Slack's error when it cannot be done."""
    source = world.tickets.use_response_url(name)
    if isinstance(source, Invalid):
        return source.value
    original = _original(world, source)
    if body.get("delete_original") and original:
        _delete(world, original)
        return None
    if not body.get("text") and not body.get("blocks"):
        return "no_text"
    try:
        message = app_message(world, source.channel, source.user, body, body.get("thread_ts"))
    except SlackError as refused:
        return str(refused)
    if body.get("replace_original") and original:
        _replace(world, original, message)
    else:
        show(world, message)
    return None


def _original(world: World, source: Source) -> Message | None:
    if source.ts is None:
        return None
    if source.ephemeral:
        return world.workspace.notes.get(source.user, {}).get(source.ts)
    return world.workspace.message(source.channel, source.ts)


def _replace(world: World, original: Message, fresh: Message) -> None:
    changed = replace(original, text=fresh.text, blocks=fresh.blocks)
    if original.only_for:
        world.workspace.put_note(changed)
    else:
        posting.change(world, changed)


def _delete(world: World, original: Message) -> None:
    if original.only_for:
        world.workspace.remove_note(original)
    else:
        posting.remove(world, original)
