"""Once per key: what a caller learns of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.core.model import JSON


class Claim(StrEnum):
    """What a caller learns of a key."""

    MINE = "mine"  # first caller: do the work, then `finish`
    RUNNING = "running"  # somebody else is at it
    DONE = "done"  # here is the stored answer
    MISMATCH = "mismatch"  # the same key was used for another request


@dataclass(frozen=True, slots=True)
class Begun:
    """The claim, and the stored answer where it is DONE."""

    claim: Claim
    result: JSON = None


class Idempotency(Protocol):
    """Once per key: `idem:{scope}:{key}` remembers the request's fingerprint and the answer."""

    async def begin(self, scope: str, key: str, fingerprint: str) -> Begun:
        """Claim the key, or learn who has it."""
        ...

    async def finish(self, scope: str, key: str, result: JSON) -> None:
        """Store the answer that later callers get."""
        ...

    async def release(self, scope: str, key: str) -> None:
        """Give the key back after a failure that left nothing behind."""
        ...
