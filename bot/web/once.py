"""Do a request once per `Idempotency-Key`: later callers get the first answer again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.core.model import JSON
from bot.ports import Begun, Claim, Idempotency, StoreUnavailable
from bot.web.errors import ApiError, later

# How long a second caller waits for the first one's answer before it is sent away, in seconds.
PATIENCE = 2.0
LOOK_EVERY = 0.05


async def once(
    idempotency: Idempotency, scope: str, key: str, fingerprint: str, work: Callable[[], Awaitable[JSON]]
) -> JSON:
    """What `work` returned to the first caller with this key.

    Raises ApiError: 422 where the key was used for another request, 409 while the first caller is not done.
    If `work` raises, the key is free again.
    """
    begun = await _claim(idempotency, scope, key, fingerprint)
    match begun.claim:
        case Claim.MINE:
            return await _first(idempotency, scope, key, work)
        case Claim.DONE:
            return begun.result
        case Claim.RUNNING:
            raise later(409, "in_progress", "The first request with this Idempotency-Key is not done yet.")
        case Claim.MISMATCH:
            raise ApiError(422, "key_reused", "This Idempotency-Key was used for another request.")


async def _claim(idempotency: Idempotency, scope: str, key: str, fingerprint: str) -> Begun:
    """The port has no bell to wait for, so a claim that somebody else holds is looked at now and then."""
    begun = await idempotency.begin(scope, key, fingerprint)
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while begun.claim is Claim.RUNNING:
                await asyncio.sleep(LOOK_EVERY)
                begun = await idempotency.begin(scope, key, fingerprint)
    return begun


async def _first(idempotency: Idempotency, scope: str, key: str, work: Callable[[], Awaitable[JSON]]) -> JSON:
    finished = False
    try:
        result = await work()
        await idempotency.finish(scope, key, result)
        finished = True
    finally:
        if not finished:
            with suppress(StoreUnavailable):  # then the claim runs out by itself
                await idempotency.release(scope, key)
    return result
