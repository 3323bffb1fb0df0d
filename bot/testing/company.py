"""What the fixture hides: a small Slack, the bot, a client of its API, all in one event loop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from bot.client import ApprovalDetails, AsyncClient
from bot.client import Run as RunNow
from bot.simulator.card import Card as Message
from bot.simulator.config import SimulatorConfig, Timing
from bot.simulator.local import LocalSlack
from bot.testing.hosting import HostedBot
from bot.testing.people import person
from bot.testing.staging import Stage

TOKEN = "a-token-for-tests"  # noqa: S105 - invented: it opens nothing but the bot of one test


class Company:
    """Everything of one test. Its coroutines belong to the fixture's own loop."""

    def __init__(self, redis: str, folder: Path, root: Path, settings: Mapping[str, str]) -> None:
        self.slack = LocalSlack(SimulatorConfig(timing=Timing(retry_delays=(0.0, 0.05, 0.1))))
        self.stage = Stage(folder, root)
        self._bot = HostedBot()
        self._client = AsyncClient(self._bot.url, TOKEN)
        self._rooms = count(1)
        self._stale = True  # a graph was added that the running bot does not know
        self._path = list(sys.path)
        self._settings = {
            "SLACK_BOT_TOKEN": "xoxb-demo",
            "SLACK_SIGNING_SECRET": "demo-signing-secret",
            "REDIS_URL": redis,
            "APPROVALS_API_TOKEN": TOKEN,
            "APPROVALS_AUDIT_KEY": "an audit key for tests",
            "APPROVALS_CHANNEL": "C0OPS",
            "APPROVALS_DATA": str(folder / "data"),
            **self.stage.environ,
            **settings,
        }

    async def open(self) -> None:
        """Open the small Slack; the bot is started with the first run."""
        await self.slack.__aenter__()
        await self.slack.settings(events_url=f"{self._bot.url}/slack/events")

    async def close(self) -> None:
        """Stop everything; nothing of it stays in the process."""
        try:
            await self._bot.stop()
        finally:
            await self._client.close()
            await self.slack.__aexit__(None, None, None)
            self.stage.clear()
            sys.modules.pop("graph_staged", None)
            sys.path[:] = self._path

    def add(self, graph: Any, name: str | None, policy: Mapping[str, Any]) -> str:
        """Name a graph, with its table of approvals.toml."""
        self._stale = True
        return self.stage.add(graph, name, policy)

    async def start(self, graph: Any, given: Any, requester: str | None, channel: str | None) -> RunNow:
        """Start a run in a channel of its own: Slack takes one post a second in each."""
        name = graph if isinstance(graph, str) else self.stage.name_of(graph) or self.add(graph, None, {})
        await self.address()
        started = await self._client.start(
            name,
            given,
            channel=channel or await self._room(),
            requester=person(self.slack, requester).id if requester else None,
        )
        return await self._client.get(started.thread_id)

    async def address(self) -> str:
        """Where the bot is; it is started, or started again, where it does not know every graph."""
        if self._stale:
            await self.restart()
        return self._bot.url

    async def restart(self) -> None:
        """Stop the bot and start it again; what is pending stays pending."""
        await self._bot.stop()
        await self._bot.start({"SLACK_API_URL": self.slack.api_url, **self._settings})
        self._stale = False

    async def run(self, thread_id: str) -> RunNow:
        """A run as it stands."""
        return await self._client.get(thread_id)

    async def over(self, thread_id: str, within: float) -> RunNow:
        """A run once it is over."""
        return await self._client.wait(thread_id, within)

    async def details(self, message: Message) -> ApprovalDetails:
        """The approval of a card."""
        return await self._client.approval(str(message.metadata["event_payload"]["approval_id"]))

    async def cards(self, run: RunNow, number: int, words: str, within: float) -> list[Message]:
        """The live cards of a run that say this, oldest first, once there are so many. Raises AssertionError
        at once where the run is over: it asks nothing any more."""

        def live() -> list[Message]:
            found = [
                message for message in self.slack.messages(run.channel) if _is_of(message, run.thread_id)
            ]
            return [message for message in found if message.buttons and words in message.text_shown]

        waiting = asyncio.create_task(
            self.slack.until(lambda: live() if len(live()) >= number else None, f"{number} cards", within)
        )
        ending = asyncio.create_task(self.over(run.thread_id, within))
        await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done() and ending.exception() is None:
            waiting.cancel()
            raise AssertionError(f"the run asks nothing: {ending.result()}")
        ending.cancel()
        return await waiting or []

    async def _room(self) -> str:
        number = next(self._rooms)
        channel = f"C0RUN{number:03}"
        tree = self.slack.document.tree
        members = [user for user, known in tree["people"].items() if not known.get("deleted")]
        await self.slack.set_channel(channel, name=f"run-{number}", members=members)
        return channel


def _is_of(message: Message, thread_id: str) -> bool:
    """True for a card of this run; what lists several of its questions is none."""
    said = message.metadata.get("event_payload", {})
    return "approval_id" in said and said.get("thread_id") == thread_id
