"""What happens in channels: replies under a card, and the bot being invited."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core.model import Source, Verdict
from bot.ports import StoreUnavailable
from bot.slack.clicks import Origin
from bot.slack.desk import Desk
from bot.slack.home import opened
from bot.slack.replies import is_under_a_fresh_post, read_joined, read_reply


def register(app: AsyncApp, desk: Desk, bot_user_id: str) -> None:
    """Bolt answers an event with 200 when its listener returns; an exception makes Slack deliver it again."""

    async def message(body: dict[str, Any]) -> None:
        reply = read_reply(body)
        outcome = await desk.reply(reply) if reply else None
        if reply is not None and outcome is None and is_under_a_fresh_post(body, bot_user_id):
            raise StoreUnavailable("the card of this thread is not on record yet")
        if reply is not None and outcome is not None:
            await desk.tell(outcome, reply.channel or reply.user, reply.user, thread_ts=reply.message_ts)

    async def member_joined(body: dict[str, Any]) -> None:
        joined = read_joined(body)
        if joined is not None and joined[0] == bot_user_id:
            await desk.joined(joined[1])

    async def home_opened(body: dict[str, Any]) -> None:
        if opened(body):
            await desk.home_opened(Origin.of(body).click("", Verdict.APPROVE, "", 0, Source.HOME))

    app.event("app_home_opened")(home_opened)
    app.event("message")(message)
    app.event("member_joined_channel")(member_joined)
