"""Wait for a channel's turn: a short wait is spent here, a long one on the queue with the turn kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.ports import Pace, SlackUnavailable

# Seconds. A burst of cards in one channel must not hold up every hand of a worker.
PATIENCE = 5.0

# Turns remembered for messages that went back to the queue; the oldest are forgotten first.
KEPT = 1_000


class Turns:
    """One turn per post and channel, about a second apart.

    https://docs.slack.dev/apis/web-api/rate-limits: above one message per second and channel Slack
    promises neither to store nor to show them.
    """

    def __init__(
        self,
        pace: Pace,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pace = pace
        self._sleep = sleep
        self._clock = clock
        self._kept: dict[tuple[str, str], float] = {}

    async def take(self, channel: str, key: str) -> None:
        """Return when this message may be posted. Raises SlackUnavailable if that is long away."""
        due = self._kept.pop((channel, key), None)
        if due is None:
            due = self._clock() + await self._pace.reserve(channel)
        wait = due - self._clock()
        if wait > PATIENCE:
            self._keep(channel, key, due)
            raise SlackUnavailable(f"other messages to {channel} come first", retry_after=wait)
        if wait > 0:
            await self._sleep(wait)

    def _keep(self, channel: str, key: str, due: float) -> None:
        self._kept[channel, key] = due
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
