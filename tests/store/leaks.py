"""Finds keys that `keys.py` does not know, or that live longer or shorter than it says."""

from __future__ import annotations

from redis.asyncio import Redis

from bot.core.lifecycle import ENDS
from bot.core.model import Approval, Run
from bot.store import keys
from bot.store.codec import load, to_text
from bot.store.keys import LIFETIMES, Kind, kind_of
from bot.store.runs import is_over


async def leaks(client: Redis) -> list[str]:
    """One line per key that is not as the table says, and per name of a key that is gone."""
    found = [to_text(key) async for key in client.scan_iter(count=1000)]
    lines = [await _leak(client, key) for key in sorted(found)]
    return [line for line in lines if line] + await _empty_shelves(client, set(found))


async def _empty_shelves(client: Redis, found: set[str]) -> list[str]:
    """The list of shelves would grow with every graph and channel that ever was."""
    named = {keys.shelf(to_text(name)) for name in await client.smembers(keys.SHELVES)}
    return [f"{key} is empty, but in the list of shelves" for key in sorted(named - found)]


async def _leak(client: Redis, key: str) -> str | None:
    kind = kind_of(key)
    if kind is None:
        return f"{key} is not in keys.py"
    lifetime, left = LIFETIMES[kind], await client.ttl(key)
    limited = lifetime.seconds is not None and (not lifetime.from_end or await _ended(client, kind, key))
    if limited and not 0 <= left <= (lifetime.seconds or 0):
        return f"{key} lives for {left} s, not {lifetime.seconds} s"
    if not limited and left != -1:
        return f"{key} goes in {left} s but should stay: {lifetime.reason}"
    return None


async def _ended(client: Redis, kind: Kind, key: str) -> bool:
    name = key.removeprefix(f"{keys.PREFIX}{kind}:")
    if kind in (Kind.APPROVAL, Kind.HISTORY, Kind.BESIDE, Kind.BESIDE_ENTRIES):
        parts = await client.hmget(keys.approval(name), ["request", "life"])
        return load(Approval, *(part for part in parts if part)).state in ENDS
    parts = await client.hmget(keys.run(name), ["request", "life"])
    return bool(parts[0]) and is_over(load(Run, *(part for part in parts if part)))
