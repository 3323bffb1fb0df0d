"""Where the storm rages: the processes, their Redis and their Slack, and what anybody can see of them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aiohttp

from bot.simulator.config import SimulatorConfig, Timing
from bot.simulator.local import LocalSlack
from bot.store.embedded import EmbeddedRedis
from tests.office import Bot, environ_for

HERE = Path(__file__).parent
Json = dict[str, Any]
Place = tuple[str, str]  # channel and ts

# Seconds in which four processes that start at once are all ready, on a machine with other work.
PATIENCE = 180.0

# What may be found nowhere but in the memory of our processes (and, signed with, on the wire).
CANARIES = {
    "bot_token": "xoxb-canary-5d1c9a",
    "signing_secret": "canary-7be02f-signing",
    "api_token": "canary-a91b3c-api",
    "audit_key": "canary-e5530d-audit",
}
APPROVERS = ("U0ANA", "U0BEN", "U0PIA", "U0TOM", "U0LEA", "U0MAX")
REQUESTER, OUTSIDER = "U0CAT", "U0EVE"


@dataclass
class Screens:
    """What all screens show, kept up to date with every change in Slack."""

    live: dict[str, set[Place]] = field(default_factory=lambda: defaultdict(set))
    told: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    results: dict[str, set[Place]] = field(default_factory=lambda: defaultdict(set))
    taken_back: int = 0  # results and live cards that stood somewhere for a moment and were deleted

    def see(self, change: Json) -> None:
        path, message = change["path"], change["value"]
        if len(path) != 3 or path[0] != "messages":
            return
        place = (path[1], path[2])
        if not message:
            self._gone(place)
            return
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        if str(payload.get("key", "")).startswith("result:"):
            self.results[payload["key"]].add(place)
        if "approval_id" in payload:
            self._card(payload["approval_id"], place, json.dumps(message["blocks"]))

    def _gone(self, place: Place) -> None:
        for shown in (*self.live.values(), *self.results.values()):
            self.taken_back += place in shown
            shown.discard(place)

    def _card(self, approval_id: str, place: Place, blocks: str) -> None:
        if '"type": "button"' in blocks and '"Approve"' in blocks:
            self.live[approval_id].add(place)
        else:
            self.live[approval_id].discard(place)
        self.told[approval_id] |= {words for words in ("Approved by", "Rejected by") if words in blocks}


@dataclass
class Site:
    """The processes and what surrounds them."""

    slack: LocalSlack
    redis: EmbeddedRedis
    webs: list[Bot]
    workers: list[Bot]
    environ: dict[str, str]
    folder: Path
    channels: list[str]
    chance: Random
    screens: Screens = field(default_factory=Screens)
    http: aiohttp.ClientSession = field(init=False)

    @property
    def bots(self) -> list[Bot]:
        return [*self.webs, *self.workers]

    @property
    def deliveries(self) -> Counter[str]:
        """What Slack has sent to us so far: by kind, and how many came late, twice, again or unanswered."""
        world = self.slack.simulator.world
        return world.deliver.sent if world else Counter()

    @property
    def delivered(self) -> int:
        """All of it, every copy counted."""
        return sum(self.deliveries[kind] for kind in ("interaction", "event", "command"))

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """Ask either web side; raises aiohttp.ClientError or TimeoutError when it is just down."""
        headers = {"Authorization": f"Bearer {CANARIES['api_token']}"} | more.pop("headers", {})
        url = self.chance.choice(self.webs).url + path
        async with self.http.request(method, url, headers=headers, **more) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def open_site(folder: Path, *, seed: int, channels: int) -> AsyncIterator[Site]:
    """Everything started, and stopped at the end."""
    config = SimulatorConfig(
        bot_token=CANARIES["bot_token"],
        signing_secret=CANARIES["signing_secret"],
        timing=Timing(retry_delays=(0.0, 1.0, 3.0)),
        seed=seed,
    )
    async with (
        EmbeddedRedis.open(folder / "redis") as redis,
        LocalSlack(config) as slack,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http,
    ):
        environ = environ_for(slack.api_url, redis.url, folder) | {
            "SLACK_BOT_TOKEN": CANARIES["bot_token"],
            "SLACK_SIGNING_SECRET": CANARIES["signing_secret"],
            "APPROVALS_API_TOKEN": CANARIES["api_token"],
            "APPROVALS_AUDIT_KEY": CANARIES["audit_key"],
            "APPROVALS_CONFIG": str(HERE / "approvals.toml"),
            "LANGGRAPH_CONFIG": str(HERE / "langgraph.json"),
        }
        webs = [Bot(environ, folder, "serve", "--no-worker", name=f"web{n}") for n in range(2)]
        workers = [Bot(environ, folder, "worker", name=f"worker{n}") for n in range(2)]
        names = [f"C0FIRE{n:03}" for n in range(channels)]
        site = Site(slack, redis, webs, workers, environ, folder, names, Random(seed))
        site.http = http
        slack.document.listeners.append(site.screens.see)
        await _furnish(slack, names)
        await slack.settings(events_url=f"{webs[0].url}/slack/events")
        try:
            for bot in site.bots:
                await bot.start(ready=False)
            await asyncio.gather(*(bot.until_ready(within=PATIENCE) for bot in site.bots))
            yield site
        finally:
            for bot in site.bots:
                await bot.kill()


async def _furnish(slack: LocalSlack, channels: list[str]) -> None:
    for user in (*APPROVERS[2:], OUTSIDER):
        await slack.set_person(user, name=user.lower(), real_name=user)
    for channel in channels:
        await slack.set_channel(channel, name=channel.lower(), members=[*APPROVERS, REQUESTER, "U0BOT"])
