"""`/approvals`: what is waiting, how to use it, and starting a run."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.approvals.links import links
from bot.blocks.form import start_form
from bot.blocks.lists import graphs, help_text
from bot.blocks.one import one
from bot.blocks.parts import SECTION, Face, context, section
from bot.blocks.text import cut, joined, mrkdwn, say
from bot.core.filters import Filters, WrongFilter, read_filters
from bot.ports import CardAt, Messenger
from bot.slack.command import Command
from bot.slack.desk import Desk
from bot.slack.listeners.absences import absence
from bot.slack.listeners.history import NOT_SEEN, history_face
from bot.slack.listeners.listing import list_face
from bot.slack.scopes import COMMANDS
from bot.slack.windows import Windows
from bot.texts.spoken import retold

# https://docs.slack.dev/reference/methods/chat.getPermalink
CARD_LINK = re.compile(r"/archives/([CGD][A-Z0-9]{2,20})/p([0-9]{10})([0-9]{6})", re.ASCII)


def register(app: AsyncApp, desk: Desk, windows: Windows, messenger: Messenger) -> None:
    """The one command, answered privately in its own response."""

    async def approvals(ack: AsyncAck, body: dict[str, Any]) -> None:
        face = await _answer(Command.of(body), desk, windows, messenger)
        if face is None:
            await ack()
        else:
            await ack(
                text=face.text, blocks=[dict(block) for block in face.blocks], response_type="ephemeral"
            )

    for command in COMMANDS:
        app.command(command)(approvals)


async def _answer(command: Command, desk: Desk, windows: Windows, messenger: Messenger) -> Face | None:
    """What to show; None: a window says it."""
    match command.words:
        case () | ("list",):
            return await list_face(desk, messenger, command.origin.user, Filters())
        case ("start",):
            return _startable(desk)
        case ("start", graph) if graph in desk.graphs():
            await _open_form(command, graph, desk, windows)
            return None
        case ("start", unknown):
            known = _startable(desk)
            missing = section(cut(say("There is no graph named {}.", unknown), SECTION))
            return Face(known.text, (missing, *known.blocks))
        case ("delegate" | "away", *_):
            return await absence(command, desk)
        case ("show", wanted):
            return await _shown(command.origin.user, wanted, desk, messenger)
        case ("history", wanted):
            return await history_face(desk, command.origin.user, _named(wanted))
        case ("help",) | ("show", *_) | ("history", *_) | ("start", *_):
            return help_text()
    user = command.origin.user
    filters = read_filters(command.typed[1:] if command.words[0] == "list" else command.typed, user)
    if isinstance(filters, WrongFilter):
        return _unheard(filters)
    return await list_face(desk, messenger, user, filters)


def _unheard(wrong: WrongFilter) -> Face:
    said, more = cut(retold(wrong.sentence), SECTION), mrkdwn("`/approvals help` tells more.")
    return Face(joined([said, more], " "), (section(said), context(more)))


async def _shown(user: str, wanted: str, desk: Desk, messenger: Messenger) -> Face:
    """One approval, by its id or by the link of its card."""
    found = await desk.show(user, _named(wanted))
    if found is None:
        said = mrkdwn(NOT_SEEN)
        return Face(said, (section(said),))
    record, card = found
    known = await links(messenger, [record])
    return one(record, card, known.get(record.approval.id))


def _named(wanted: str) -> str | CardAt:
    """An approval as people name it: by its id, or by the link of its card."""
    link = CARD_LINK.search(wanted)
    return CardAt(link[1], f"{link[2]}.{link[3]}") if link else wanted


def _startable(desk: Desk) -> Face:
    return graphs([(name, desk.description(name)) for name in desk.graphs()])


async def _open_form(command: Command, graph: str, desk: Desk, windows: Windows) -> None:
    form = start_form(
        graph, desk.input_schema(graph), channel=command.channel, description=desk.description(graph)
    )
    await windows.open(command.trigger_id, form)
