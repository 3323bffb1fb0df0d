"""The Slack side as it runs, in front of a fake desk: signed HTTP from the simulator, real Bolt behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.blocks.faces import BlockFaces
from bot.core.policy import Policies
from bot.simulator.card import Card
from bot.simulator.local import LocalSlack
from bot.slack.app import build_bolt
from bot.slack.connection import Connection, connect
from bot.slack.front_door import FrontDoor
from tests.slack.fake_desk import FakeDesk


class NoPace:
    """Every channel's turn is now."""

    async def reserve(self, channel: str, turn: str) -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Bot:
    """The Slack side and what it hands over to."""

    slack: LocalSlack
    desk: FakeDesk
    connection: Connection

    async def post_card(self) -> Card:
        """The desk's approval, shown as the product shows it."""
        message = BlockFaces(Policies).card(
            self.desk.known, previous=None, previous_link=None, next_link=None, now=self.desk.known.asked_at
        )
        ts = await self.connection.messenger.post(self.desk.known.channel, message)
        return self.slack.message(self.desk.known.channel, ts)


@pytest.fixture
async def connection(slack: LocalSlack) -> AsyncIterator[Connection]:
    """The ways to Slack, without a pace."""
    async with connect(slack.config.bot_token, slack.api_url, NoPace()) as opened:
        yield opened


@pytest.fixture
async def bot(slack: LocalSlack, connection: Connection) -> AsyncIterator[Bot]:
    """Slack calls it at the front door."""
    desk = FakeDesk()
    bolt = build_bolt(connection, desk, reference=lambda: "ref-1")
    async with serving(FrontDoor(slack.config.signing_secret, bolt)) as url:
        await slack.settings(events_url=url)
        yield Bot(slack, desk, connection)


@asynccontextmanager
async def serving(door: FrontDoor) -> AsyncIterator[str]:
    """The front door on a free port; yields its URL."""
    app = web.Application()
    app.router.add_post("/slack/events", door.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()
