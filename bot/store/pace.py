"""A pace for posts, shared by every process: Slack takes about one message per second and channel."""

from __future__ import annotations

from redis.asyncio import Redis

from bot.store import keys
from bot.store.scripts import Server

MICROSECONDS = 1_000_000


class RedisPace:
    """`ports.Pace`: one slot every `every` seconds, `burst` of them at once after a silence.

    Slack: https://docs.slack.dev/apis/web-api/rate-limits ("1 per second" for chat.postMessage).
    """

    def __init__(self, client: Redis, *, every: float = 1.0, burst: int = 1) -> None:
        self._server = Server(client)
        self._every = round(every * MICROSECONDS)
        self._ahead = self._every * (burst - 1)

    async def reserve(self, channel: str) -> float:
        """Take the channel's next slot; returns the seconds to wait for it. May raise StoreUnavailable.

        A lost reply costs a slot, never a post that is too early.
        """
        wait = await self._server.run("pace", [keys.pace(channel)], [self._every, self._ahead])
        return int(wait) / MICROSECONDS
