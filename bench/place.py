"""Where rows play: a fresh Redis, a quick Slack, and the product's own processes between the two."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp
from redis.asyncio import Redis

from bench.clicks import SECRET
from bench.line import Line
from bench.process import Process, running
from bench.slack import QuickSlack, Seen
from bot.config import Settings
from bot.store import keys
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis

HERE = Path(__file__).parent
API_TOKEN = "bench-api-token"  # noqa: S105 - opens nothing but the processes started here


@dataclass(frozen=True, slots=True)
class Place:
    """One row's world."""

    folder: Path
    redis_url: str
    redis: Redis
    slack: QuickSlack
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def environ(self) -> dict[str, str]:
        return {
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_SIGNING_SECRET": SECRET,
            "REDIS_URL": self.redis_url,
            "APPROVALS_API_TOKEN": API_TOKEN,
            "APPROVALS_AUDIT_KEY": "the audit key of the benchmark",
            "APPROVALS_CONFIG": str(HERE / "approvals.toml"),
            "LANGGRAPH_CONFIG": str(HERE / "graph" / "langgraph.json"),
            "APPROVALS_DATA": str(self.folder / "data"),
            "LOG_LEVEL": "WARNING",
        }

    @property
    def settings(self) -> Settings:
        return Settings.from_env(self.environ)

    def bot(self, *arguments: str) -> AbstractAsyncContextManager[Process]:
        """`approvals serve`, `approvals worker` or whatever the arguments say, ready."""
        log = self.folder / f"{arguments[0]}-{next(self.numbers)}.log"
        return running("bot.cli", *arguments, log=log, environ=self.environ)

    @asynccontextmanager
    async def rival(self, module: str, *, processes: int = 1) -> AsyncIterator[Process]:
        """Another contestant's server, ready; several processes of it share the port of the first."""
        log = self.folder / f"{module.rpartition('.')[2]}.log"
        environ = self.environ | ({"SHARED": "1"} if processes > 1 else {})
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(
                running(module, log=log, environ=environ, ready="/healthz")
            )
            for _ in range(processes - 1):
                more = running(module, log=log, environ=environ, ready="/healthz", port=first.port)
                await stack.enter_async_context(more)
            yield first

    def channel(self) -> str:
        """A fresh one: Slack takes one post a second and channel, and this must not be what is measured."""
        return f"C0BENCH{next(self.numbers):06}"

    async def start(self, session: aiohttp.ClientSession, web: Process, channel: str | None = None) -> str:
        """Start a run as a service does, in a channel of its own if none is named; returns its thread id."""
        where = channel or self.channel()
        body = {"graph": "bench", "input": {"goal": "the move"}, "channel": where}
        url = f"http://127.0.0.1:{web.port}/api/runs"
        headers = {"Authorization": f"Bearer {self.environ['APPROVALS_API_TOKEN']}"}
        async with session.post(url, json=body, headers=headers) as answer:
            answer.raise_for_status()
            return str((await answer.json())["thread_id"])

    async def turn_passed(self, channel: str) -> None:
        """As if a second had passed since the last post there."""
        await self.redis.delete(keys.pace(channel))

    async def card(self, thread: str, revision: int = 1) -> Seen:
        """The card of this thread, once it is posted; its channel takes another post at once."""
        seen = await self.slack.until(f"card:{thread}:{revision}")
        await self.turn_passed(seen.channel)
        return seen


@asynccontextmanager
async def open_place(folder: Path) -> AsyncIterator[Place]:
    """Everything starts empty and ends with the block; the server makes the folder."""
    async with (
        EmbeddedRedis.open(folder / "redis") as server,
        connect(server.url, client_name="bench") as redis,
        QuickSlack() as slack,
    ):
        yield Place(folder, server.url, redis, slack)


@asynccontextmanager
async def line_to(process: Process) -> AsyncIterator[Line]:
    line = await Line.open(process.port)
    try:
        yield line
    finally:
        line.close()
