"""One list of checks, behind `/readyz` and `approvals doctor`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.finding import Finding, Level
from bot.ports import SlackUnavailable, StoreUnavailable

# A check that takes longer has failed, in seconds.
DEADLINE = 5.0

# Anybody may ask `/readyz`, and a check may call Slack: one look serves all who ask in this time, in seconds.
FRESH = 1.0


@dataclass(frozen=True, slots=True)
class Check:
    """A named look at one of the bot's surroundings, such as Redis, which may find several things."""

    name: str
    look: Callable[[], Awaitable[Sequence[Finding]]]


Found = Mapping[str, Sequence[Finding]]


async def look_at(checks: Sequence[Check]) -> Found:
    """Look everywhere at once; name -> what was found, in the order of the list."""
    found = await asyncio.gather(*(_look(check) for check in checks))
    return {check.name: findings for check, findings in zip(checks, found, strict=True)}


async def _look(check: Check) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(DEADLINE):
            return await check.look()
    except TimeoutError:
        return [Finding(Level.ERROR, "no_answer", f"{check.name}: no answer within {DEADLINE:.0f} seconds.")]
    except (StoreUnavailable, SlackUnavailable) as down:
        return [Finding(Level.ERROR, "unavailable", f"{check.name}: {down}")]


class Readiness:
    """The newest look at the checks, shared by everybody who asks while it is fresh."""

    def __init__(self, checks: Sequence[Check], clock: Callable[[], float] = time.monotonic) -> None:
        self._checks = checks
        self._clock = clock
        self._lock = asyncio.Lock()
        self._found: Found = {}
        self._at: float | None = None

    async def look(self) -> Found:
        """name -> what was found, at most FRESH seconds old."""
        async with self._lock:
            if self._at is None or self._clock() - self._at > FRESH:
                self._found = await look_at(self._checks)
                self._at = self._clock()
            return self._found
