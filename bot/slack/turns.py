"""Wait for a channel's turn: a short wait is spent here, a long one on the queue with the turn kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.ports import Pace, SlackUnavailable

# Seconds. A burst of cards in one channel must not hold up every hand of a worker.
PATIENCE = 5.0


class Turns:
    """One turn per post and channel, about a second apart; the pace keeps it for whoever comes back for it.

    https://docs.slack.dev/apis/web-api/rate-limits: above one message per second and channel Slack
    promises neither to store nor to show them.
    """

    def __init__(self, pace: Pace, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._pace = pace
        self._sleep = sleep

    async def take(self, channel: str, key: str) -> None:
        """Return when this message may be posted. Raises SlackUnavailable if that is long away."""
        wait = await self._pace.reserve(channel, key)
        if wait > PATIENCE:
            raise SlackUnavailable(f"other messages to {channel} come first", retry_after=wait)
        if wait > 0:
            await self._sleep(wait)
