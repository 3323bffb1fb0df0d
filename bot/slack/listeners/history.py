"""`/approvals history`: what happened to one approval, and the buttons that turn its pages."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.history import history, read_history
from bot.blocks.ids import Action
from bot.blocks.parts import Face, section
from bot.blocks.text import mrkdwn
from bot.ports import CardAt, Messenger
from bot.slack.clicks import Press
from bot.slack.desk import Desk
from bot.slack.windows import Windows
from bot.texts.marks import marked

NOT_SEEN = marked(
    "There is no such approval that you may see. Members of its channel, those who may decide it and who "
    "asked for it may: check the id or the link of its card, or try again in a minute if Slack was slow."
)
NO_TURNING = marked("Slack cannot show another page here; type `/approvals history` and the id again.")


async def history_face(desk: Desk, user: str, wanted: str | CardAt, page: int | None = None) -> Face:
    """One page, the newest where none is named; who asks is looked at each time. Raises StoreUnavailable."""
    found = await desk.history(user, wanted)
    if found is None:
        said = mrkdwn(NOT_SEEN)
        return Face(said, (section(said),))
    return history(found.approval, found.entries, whole=found.whole, page=page)


def register(app: AsyncApp, desk: Desk, windows: Windows, messenger: Messenger) -> None:
    """The two buttons below a page."""

    async def turn(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        leads, user = read_history(press.value), press.origin.user
        face = await history_face(desk, user, *leads) if leads is not None else None
        if face is None or not await windows.replace(press.response_url, face):
            await messenger.tell(press.channel or user, user, mrkdwn(NO_TURNING))
        await ack()

    for action in (Action.HISTORY_BACK, Action.HISTORY_ON):
        app.action(action.value)(turn)
