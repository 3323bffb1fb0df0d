"""What people do in Slack, one file per kind of gesture; each ends with what it registers."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.ports import Messenger
from bot.slack.desk import Desk
from bot.slack.listeners import actions, commands, events, history, together, unknown, views
from bot.slack.windows import Windows


def register(app: AsyncApp, desk: Desk, windows: Windows, messenger: Messenger, *, bot_user_id: str) -> None:
    """Bolt asks listeners in this order: `unknown` takes what nobody else did."""
    actions.register(app, desk, windows, messenger)
    commands.register(app, desk, windows, messenger)
    events.register(app, desk, bot_user_id)
    views.register(app, desk)
    together.register(app, desk, windows)
    history.register(app, desk, windows, messenger)
    unknown.register(app, desk)
