"""Learn once, at the start, who we are in Slack: no click pays for it later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.core.model import Workspace
from bot.slack.calls import Calls, SlackAsksToWait, SlackSays

log = structlog.get_logger("approvals.slack")


@dataclass(frozen=True, slots=True)
class Identity:
    """Our own ids; `app_id` is None where Slack does not tell it."""

    team_id: str
    bot_user_id: str
    bot_id: str
    app_id: str | None

    @property
    def workspace(self) -> Workspace:
        """Who a gesture must be for."""
        return Workspace(app=self.app_id, teams=frozenset({self.team_id}))


async def identify(calls: Calls) -> Identity:
    """Ask auth.test, which tells everything but the app's id. Raises SlackSays, SlackUnavailable.

    https://docs.slack.dev/reference/methods/auth.test
    """
    me = await calls.call("auth.test")
    bot_id = str(me.get("bot_id", ""))
    return Identity(
        team_id=str(me["team_id"]),
        bot_user_id=str(me["user_id"]),
        bot_id=bot_id,
        app_id=await _app_id(calls, bot_id),
    )


async def identify_in_the_end(
    calls: Calls, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> Identity:
    """The same, but a limit of Slack's is waited for: many processes that start at once meet one.

    Anything else is raised: a wrong token or a wrong address does not get better by waiting.
    """
    while True:
        try:
            return await identify(calls)
        except SlackAsksToWait as limited:
            log.warning("Slack asks us to wait before the start", seconds=round(limited.retry_after, 1))
            await sleep(limited.retry_after)


async def _app_id(calls: Calls, bot_id: str) -> str | None:
    """The app behind the bot. Without users:read it stays unknown and the signature alone vouches for it."""
    try:
        known = await calls.call("bots.info", bot=bot_id)
    except SlackSays:
        return None
    app_id = known.get("bot", {}).get("app_id")
    return str(app_id) if app_id else None
