"""The storm itself: kill -9, SIGSTOP, Redis gone, Slack misbehaving, in an order that the seed decides."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from tests.faults.storm.site import Site
from tests.office import Bot

# Longer than the lease of a thread, so that another worker takes over what the stopped one holds.
FREEZE = 12.0

PATIENCE = 3  # how often a start is waited for

SLACK_FAULTS = (
    ("rate_limited", "chat.postMessage", {"times": 3, "seconds": 1}),
    ("rate_limited", "*", {"times": 3, "seconds": 2}),
    ("server_error", "chat.*", {"times": 3}),
    ("server_error", "users.info", {"times": 2}),
    ("hang", "chat.postMessage", {"times": 1, "seconds": 10}),
    ("hang", "chat.update", {"times": 1, "seconds": 10}),
    ("lose_reply", "chat.postMessage", {"times": 2}),
    ("lose_reply", "chat.update", {"times": 2}),
    ("drop", "chat.*", {"times": 2}),
    ("duplicate", "interaction", {"times": 10}),
    ("reorder", "interaction", {"times": 4, "seconds": 1}),
    ("delay", "interaction", {"times": 3, "seconds": 2}),
    ("drop_answer", "interaction", {"times": 3}),
    ("never", "interaction", {"times": 2}),
)


@dataclass
class Weather:
    """What happens to the site; `last` is when, by the monotonic clock, the last fault ended."""

    site: Site
    chance: Random
    happened: Counter[str] = field(default_factory=Counter)
    last: float = 0.0
    _freezing: list[asyncio.Task[None]] = field(default_factory=list)

    async def storm(self, *, kills: int, freezes: int, redis_kills: int, every: float) -> None:
        """So many of each, spread evenly, with a fault of Slack's at each step."""
        events = ["kill"] * kills + ["freeze"] * freezes + ["redis"] * redis_kills
        self.chance.shuffle(events)
        for number, event in enumerate(events, start=1):
            await self._slack()
            await {"kill": self._kill, "freeze": self._freeze, "redis": self._redis}[event]()
            self.happened[event] += 1
            if number % 10 == 0:
                print(f"storm: {number} of {len(events)} events", flush=True)
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * every)

    async def supervise(self) -> None:
        """What a container platform does: a process that ended is started again, until this is cancelled."""
        while True:
            for bot in self.site.bots:
                if not bot.is_running:
                    await bot.start(ready=False)
                    self.happened["start"] += 1
            await asyncio.sleep(0.2)

    async def clear_up(self) -> None:
        """Slack is itself again, and every process runs."""
        await asyncio.gather(*self._freezing)
        await self.site.slack.heal()
        for bot in self.site.bots:
            await self._until_ready(bot)
        self.last = time.monotonic()

    async def _until_ready(self, bot: Bot) -> None:
        """A process that ended while Slack was away is started once more by the supervisor."""
        for _ in range(PATIENCE):
            with suppress(AssertionError):
                await bot.until_ready(within=60)
                return
            await asyncio.sleep(0.5)
        await bot.until_ready()

    async def _kill(self) -> None:
        bot = self.chance.choice(self.site.bots)
        await bot.kill()
        if bot in self.site.webs:  # whoever stands before the web sides notices
            other = next(web for web in self.site.webs if web is not bot)
            await self.site.slack.settings(events_url=f"{other.url}/slack/events")

    async def _freeze(self) -> None:
        bot = self.chance.choice(self.site.workers)
        self._freezing.append(asyncio.create_task(self._stopped_for_a_while(bot, bot.pid)))

    async def _stopped_for_a_while(self, bot: Bot, pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(FREEZE)
        if bot.is_running and bot.pid == pid:
            os.kill(pid, signal.SIGCONT)

    async def _redis(self) -> None:
        self.site.redis.kill()
        await asyncio.sleep(self.chance.uniform(0.0, 2.0))
        await self.site.redis.restart()

    async def _slack(self) -> None:
        kind, target, more = self.chance.choice(SLACK_FAULTS)
        await self.site.slack.fault(kind, target, **more)
        self.happened[kind] += 1
