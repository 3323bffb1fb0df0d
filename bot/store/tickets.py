"""What a log-in must remember for some minutes: kept under a secret name, taken once."""

from __future__ import annotations

import hashlib
import json

from redis.asyncio import Redis

from bot.core.model import JSON
from bot.store import keys
from bot.store.codec import to_bytes
from bot.store.scripts import Server


class RedisTickets:
    """`ports.Tickets`. Every method may raise StoreUnavailable."""

    def __init__(self, client: Redis) -> None:
        self._server = Server(client)

    async def put(self, name: str, value: JSON) -> bool:
        """Keep it; False where something is kept under this name: then that one stays."""
        done = await self._server.run("put_ticket", [_key(name)], [to_bytes(value), round(keys.TICKET)])
        return bool(done)

    async def take(self, name: str) -> JSON:
        """Take it out; None where there is none, or somebody took it before."""
        found = await self._server.run("take_ticket", [_key(name)])
        return json.loads(found) if found is not None else None


def _key(name: str) -> str:
    """Names are secrets of a browser: who can read Redis must not find them there."""
    return keys.ticket(hashlib.sha256(name.encode("utf-8", "replace")).hexdigest())
