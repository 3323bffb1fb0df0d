"""Slack gets its answer after the vote is recorded, never before: a process may die in between."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.core.model import Click
from bot.core.outcome import Outcome
from bot.simulator.local import LocalSlack
from bot.slack.app import build_bolt
from bot.slack.connection import Connection
from bot.slack.front_door import FrontDoor
from tests.slack.conftest import Bot, connection, serving  # noqa: F401 (a fixture is used by its name)
from tests.slack.fake_desk import FakeDesk


@dataclass
class SlowDesk(FakeDesk):
    """Votes are recorded when the test says so."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    recorded: asyncio.Event = field(default_factory=asyncio.Event)

    async def vote(self, click: Click) -> Outcome:
        self.asked.set()
        await self.recorded.wait()
        return await FakeDesk.vote(self, click)


async def test_slack_waits_until_the_vote_is_recorded(
    slack: LocalSlack,
    connection: Connection,  # noqa: F811 (pytest hands it in)
) -> None:
    desk = SlowDesk()
    bolt = build_bolt(connection, desk, reference=lambda: "ref-1")
    async with serving(FrontDoor(slack.config.signing_secret, bolt)) as url:
        await slack.settings(events_url=url)
        card = await Bot(slack, desk, connection).post_card()
        click = asyncio.create_task(slack.person("U0ANA").click("Approve", on=card))
        await desk.asked.wait()
        answered, _ = await asyncio.wait({click}, timeout=0.3)
        desk.recorded.set()
        seen = await click

    assert answered == set()
    assert seen.delivered
    assert len(desk.clicks) == 1
