"""Once per key: the first caller works, later callers get its stored answer."""

from __future__ import annotations

import json
import secrets

from redis.asyncio import Redis

from bot.core.model import JSON
from bot.ports import Begun, Claim
from bot.store import keys
from bot.store.codec import to_bytes, to_text
from bot.store.scripts import Server


class RedisIdempotency:
    """`ports.Idempotency`. Every method may raise StoreUnavailable.

    A claim that is neither finished nor released is free again after `claim_for` seconds (its holder
    died); an answer is kept for `keep_for` seconds.
    """

    def __init__(
        self, client: Redis, *, claim_for: float = keys.CLAIM, keep_for: float = keys.ANSWER
    ) -> None:
        self._server = Server(client)
        self._claim_for = claim_for
        self._keep_for = round(keep_for)
        self._tokens: dict[tuple[str, str], str] = {}  # of the claims this process works on

    async def begin(self, scope: str, key: str, fingerprint: str) -> Begun:
        """Claim the key, or learn who has it."""
        token = secrets.token_urlsafe(9)
        word, *result = await self._server.run(
            "begin_claim",
            [keys.idempotency(scope, key)],
            [fingerprint, token, self._claim_for, self._keep_for],
        )
        claim = Claim(to_text(word))
        if claim is Claim.MINE:
            self._tokens[scope, key] = token
        return Begun(claim, json.loads(result[0]) if result else None)

    async def finish(self, scope: str, key: str, result: JSON) -> None:
        """Store the answer that later callers get; if there is one already, that one stays."""
        await self._server.run(
            "finish_claim", [keys.idempotency(scope, key)], [to_bytes(result), self._keep_for]
        )
        self._tokens.pop((scope, key), None)

    async def release(self, scope: str, key: str) -> None:
        """Give the key back after a failure that left nothing behind; another's claim stays."""
        token = self._tokens.pop((scope, key), "")
        await self._server.run("release_claim", [keys.idempotency(scope, key)], [token])
