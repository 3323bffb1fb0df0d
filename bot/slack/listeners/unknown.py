"""Gestures nobody else knows: a button from an older version, a window that only shows something."""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.text import mrkdwn
from bot.core.outcome import Kind, Outcome
from bot.slack.clicks import Press
from bot.slack.desk import Desk
from bot.slack.listeners.telling import tell

log = structlog.get_logger("approvals.slack")

ANYTHING = re.compile(".*")


def register(app: AsyncApp, desk: Desk) -> None:
    """Without these, Bolt would answer 404: Slack shows a warning, or delivers the event three times more."""

    async def action(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        log.warning("unknown button", action=press.action[:50])
        await tell(desk, press, Outcome(Kind.UNKNOWN))
        await ack()

    async def command(ack: AsyncAck) -> None:
        await ack(mrkdwn("I do not know this command. Try `/approvals help`."))

    async def window(ack: AsyncAck) -> None:
        await ack()

    async def event() -> None:
        """Nothing to do: Slack may send events we never asked for."""

    app.action(ANYTHING)(action)
    app.command(ANYTHING)(command)
    app.view(ANYTHING)(window)
    app.view_closed(ANYTHING)(window)
    app.event(ANYTHING)(event)
