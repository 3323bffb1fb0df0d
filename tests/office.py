"""A whole company for a test: a small Slack, a real Redis, and the bot as a process that may be killed."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from bot.config import Settings
from bot.core.audit import Entry, Fact, faults
from bot.core.beside import beside
from bot.simulator.card import Card
from bot.simulator.http_transport import HttpTransport
from bot.simulator.local import LocalSlack
from bot.simulator.parcel import Parcel
from bot.simulator.somebody import Person
from bot.store.approvals import RedisStore
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from tests.bot_process import PATIENCE, Bot

__all__ = ["PEOPLE", "ROOT", "TOKEN", "Bot", "Company", "environ_for"]

ROOT = Path(__file__).parent.parent
TOKEN = "a-token-for-tests"
PEOPLE = ("U0ANA", "U0BEN", "U0CAT")
LOOKS = (Fact.SHOWN, Fact.VIEWED)


class Company:
    """What a story plays in. People act through `slack`; services through `start` and `get`."""

    def __init__(self, slack: LocalSlack, redis: EmbeddedRedis, bot: Bot, environ: Mapping[str, str]) -> None:
        self.slack = slack
        self.redis = redis
        self.bot = bot
        self.environ = environ
        self._rooms = count()

    async def room(self, *members: str) -> str:
        """A channel of this story's own: Slack takes one post a second and channel, so none waits here."""
        number = next(self._rooms)
        channel = f"C0ROOM{number:03}"
        everybody = [*(members or PEOPLE), "U0BOT"]
        await self.slack.set_channel(channel, name=f"room-{number}", members=everybody)
        return channel

    async def start(
        self, graph: str, given: Mapping[str, Any], *, requester: str | None = "U0CAT", **more: Any
    ) -> str:
        """Start a run as a service does; returns its thread id."""
        body = {"graph": graph, "input": given, "requester": requester, **more}
        status, answer = await self.post("/api/runs", body)
        assert status == 202, answer

        return str(answer["thread_id"])

    async def ask(
        self, graph: str, given: Mapping[str, Any], *, channel: str | None = None, **more: Any
    ) -> Card:
        """Start a run in a room of its own, and return the card of its first question."""
        channel = channel or await self.room()
        await self.start(graph, given, channel=channel, **more)
        return await self.card("", channel=channel)

    async def refund(self, order: str, cents: int = 50_000, *, graph: str = "refund", **more: Any) -> Card:
        """Start a refund and return its card."""
        given = {"order_id": order, "amount_cents": cents, "customer": f"{order}@example.com"}
        return await self.ask(graph, given, **more)

    async def plan(self, goal: str, *, graph: str = "plan_review", **more: Any) -> Card:
        """Start a plan and return the card of its first version."""
        return await self.ask(graph, {"goal": goal}, **more)

    async def card(self, words: str, *, channel: str, within: float = PATIENCE) -> Card:
        """The live card that says this; what lists several questions is no card."""
        return await self.slack.until_message(
            lambda m: words in m.text_shown and bool(m.buttons) and not _lists(m),
            channel=channel,
            within=within,
        )

    async def closed(self, card: Card, words: str = "", *, within: float = PATIENCE) -> Card:
        """The same card, once its buttons are gone and it says this."""
        await self.slack.until(
            lambda: not card.buttons and words in card.text_shown,
            f"{card.ts} to be closed and say {words!r}",
            within,
        )
        return card

    async def told(self, card: Card, words: str, *, within: float = PATIENCE) -> Card:
        """The reply under this card that says this."""
        return await self.slack.until_message(
            lambda m: words in m.text_shown, channel=card.channel, thread=card, within=within
        )

    async def noted(self, person: Person, words: str, on: Card) -> str:
        """What this person was told in private where this card is, once it says this."""

        def found() -> str | None:
            told = (note.text_shown for note in person.private_notes() if note.channel == on.channel)
            return next((text for text in told if words in text), None)

        return await self.slack.until(found, f"{person.id} to be told {words!r}", PATIENCE) or ""

    async def settled(self, card: Card, state: str = "applied") -> dict[str, Any]:
        """The approval as the API tells it, once its run has taken the answer (or ended otherwise)."""
        await self.closed(card)
        deadline = time.monotonic() + PATIENCE
        while (approval := await self.approval(card))["state"] != state:
            assert time.monotonic() < deadline, approval
            await asyncio.sleep(0.02)
        return approval

    async def result(self, card: Card) -> str:
        """What the run of this card came to, as the API tells it: sooner than the post in the thread."""
        thread = str(card.metadata["event_payload"]["thread_id"])
        deadline = time.monotonic() + PATIENCE
        while (run := (await self.get(f"/api/runs/{thread}"))[1])["state"] != "ended":
            assert time.monotonic() < deadline, run
            await asyncio.sleep(0.02)
        return str(run["result"])

    async def recorded(self, card: Card) -> Card:
        """The same card, once the record knows where it is: from then on a crash cannot lose it."""
        deadline = time.monotonic() + PATIENCE
        while (await self.approval(card))["card"]["ts"] != card.ts:
            assert time.monotonic() < deadline, card.text_shown
            await asyncio.sleep(0.02)
        return card

    async def approval(self, card: Card) -> dict[str, Any]:
        """The approval of a card, as the API tells it."""
        status, answer = await self.get(f"/api/approvals/{_id(card)}")
        assert status == 200, answer

        return dict(answer)

    async def trail(self, card: Card, *, looks: bool = False) -> tuple[Entry, ...]:
        """The audit trail of a card with the one beside it, in order; both must be whole.

        `looks`: with who was shown it and who opened it.
        """
        async with connect(self.redis.url) as client:
            store = RedisStore(client)
            record, entries = await store.read(_id(card)), await store.history(_id(card))
            around = await store.read_trail(beside(_id(card)))
        key = self.settings.audit_key
        assert record is not None
        assert faults(entries, key, head=record.approval.audit_head) == []
        assert faults(around.entries, key, head=around.head) == []

        noted = [entry for entry in around.entries if looks or entry.fact not in LOOKS]
        return tuple(sorted((*entries, *noted), key=lambda entry: entry.at))

    async def audit_faults(self) -> list[str]:
        """Every break in any audit trail of this company."""
        found, cursor, more = list[str](), None, True
        async with connect(self.redis.url) as client:
            store = RedisStore(client)
            while more:
                page = await store.search(cursor=cursor, limit=100)
                for approval in (record.approval for record in page.records):
                    entries = await store.history(approval.id)
                    found += faults(entries, self.settings.audit_key, head=approval.audit_head)
                cursor, more = page.cursor, page.cursor is not None
        return found

    async def facts(self, card: Card) -> list[str]:
        """What the audit trail says happened, in order."""
        return [str(entry.fact) for entry in await self.trail(card)]

    def refunds(self, order: str) -> int:
        """How many refunds the payments service made for this order."""
        path = Path(self.environ["PAYMENTS_DB"])
        if not path.exists():
            return 0
        with closing(sqlite3.connect(path)) as ledger:
            row = ledger.execute("SELECT count(*) FROM refunds WHERE order_id = ?", (order,)).fetchone()
        return int(row[0])

    def let_end(self, name: str) -> None:
        """Let the slow graph of this name come to its end."""
        Path(self.environ["STORY_DIR"], f"{name}.may-end").touch()

    @property
    def settings(self) -> Settings:
        return Settings.from_env(self.environ)

    async def deliver(self, payload: Mapping[str, Any], bot: Bot) -> int:
        """Bring a signed interaction to this very process; returns the HTTP status."""
        config = replace(self.slack.config, events_url=f"{bot.url}/slack/events")
        transport = HttpTransport(lambda: config)
        try:
            answer = await transport.send(Parcel("interaction", "block_actions", dict(payload)))
        finally:
            await transport.close()
        return answer.status

    async def run(self, *arguments: str, **environ: str) -> tuple[int, str]:
        """Type `approvals ...` in a terminal; the exit code, and everything that was printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", *arguments),
            env=dict(os.environ) | dict(self.environ) | environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        return process.returncode or 0, printed.decode()

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return await self._call("POST", path, json=body, headers=headers)

    async def get(self, path: str) -> tuple[int, Any]:
        return await self._call("GET", path)

    async def _call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"} | more.pop("headers", {})
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.bot.url + path, headers=headers, **more) as answer,
        ):
            return answer.status, await answer.json()


def _lists(message: Card) -> bool:
    return message.metadata.get("event_type") == "approvals_batch"


def _id(card: Card) -> str:
    return str(card.metadata["event_payload"]["approval_id"])


def environ_for(slack_api: str, redis_url: str, folder: Path) -> dict[str, str]:
    """The settings of a bot in a test."""
    return {
        "SLACK_API_URL": slack_api,
        "SLACK_BOT_TOKEN": "xoxb-demo",
        "SLACK_SIGNING_SECRET": "demo-signing-secret",
        "REDIS_URL": redis_url,
        "APPROVALS_CHANNEL": "C0OPS",
        "APPROVALS_API_TOKEN": TOKEN,
        "APPROVALS_AUDIT_KEY": "an audit key for tests",
        "APPROVALS_CONFIG": str(ROOT / "tests/story/approvals.toml"),
        "LANGGRAPH_CONFIG": str(ROOT / "tests/story/langgraph.json"),
        "PAYMENTS_DB": str(folder / "payments.db"),
        "ACTIONS_DB": str(folder / "actions.db"),
        "APPROVALS_DATA": str(folder / "data"),
        "STORY_DIR": str(folder),
    }
