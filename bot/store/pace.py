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

    async def reserve(self, channel: str, turn: str) -> float:
        """Take the channel's next slot for this turn; returns the seconds to wait for it.

        The same turn again, from any process, is the same slot. May raise StoreUnavailable.
        """
        places = [keys.pace(channel), keys.turn(channel, turn)]
        wait = await self._server.run("pace", places, [self._every, self._ahead, round(keys.TURN * 1000)])
        return int(wait) / MICROSECONDS
