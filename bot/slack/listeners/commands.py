"""`/approvals`: what is waiting, how to use it, and starting a run."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.form import start_form
from bot.blocks.lists import graphs, help_text
from bot.blocks.parts import SECTION, Face, section
from bot.blocks.text import cut
from bot.ports import Messenger
from bot.slack.clicks import Command
from bot.slack.desk import Desk
from bot.slack.listeners.absences import absence
from bot.slack.listeners.listing import list_face
from bot.slack.scopes import COMMANDS
from bot.slack.windows import Windows


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
            return await list_face(desk, messenger, ())
        case ("start",):
            return _startable(desk)
        case ("start", graph) if graph in desk.graphs():
            await _open_form(command, graph, desk, windows)
            return None
        case ("start", unknown):
            known = _startable(desk)
            missing = section(cut(f"There is no graph named {unknown}.", SECTION))
            return Face(known.text, (missing, *known.blocks))
        case ("delegate" | "away", *_):
            return await absence(command, desk)
        case ("help",):
            return help_text()
    told = help_text()
    unheard = section(cut(f"I do not know “{' '.join(command.words)}”. This is what I know:", SECTION))
    return Face(told.text, (unheard, *told.blocks))


def _startable(desk: Desk) -> Face:
    return graphs([(name, desk.description(name)) for name in desk.graphs()])


async def _open_form(command: Command, graph: str, desk: Desk, windows: Windows) -> None:
    form = start_form(
        graph, desk.input_schema(graph), channel=command.channel, description=desk.description(graph)
    )
    await windows.open(command.trigger_id, form)
