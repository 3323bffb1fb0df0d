"""The same gestures over Socket Mode, and a stop that loses nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.core.model import Click
from bot.core.outcome import Outcome
from bot.ports import StoreUnavailable
from bot.simulator.local import LocalSlack
from bot.slack.app import build_bolt
from bot.slack.client import SDK_LOG
from bot.slack.connection import Connection
from bot.slack.socket_mode import socket_mode
from tests.slack.conftest import Bot
from tests.slack.fake_desk import FakeDesk


@dataclass(slots=True)
class SlowDesk(FakeDesk):
    """Takes a vote when it is let."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def vote(self, click: Click) -> Outcome:
        self.begun.set()
        await self.let.wait()
        return await FakeDesk.vote(self, click)


@asynccontextmanager
async def connected(slack: LocalSlack, connection: Connection, desk: FakeDesk) -> AsyncIterator[Bot]:
    bolt = build_bolt(connection, desk, reference=lambda: "ref-1")
    async with socket_mode(bolt, slack.config.app_token, slack.api_url, connection.session):
        await slack.until(lambda: slack.document.get("connections"), "a connection")
        yield Bot(slack, desk, connection)


async def test_a_press_a_form_a_command_and_a_reply_arrive(slack: LocalSlack, connection: Connection) -> None:
    async with connected(slack, connection, FakeDesk()) as bot:
        card, ana = await bot.post_card(), slack.person("U0ANA")

        pressed = await ana.click("Approve", on=card)
        listed = await ana.command("/approvals", "list", channel="C0OPS")
        await ana.command("/approvals", "start refund", channel="C0OPS")
        await ana.fill("Order", "1001")
        await ana.fill("Amount", "500")
        submitted = await ana.submit()
        await ana.reply(card, "shorter")
        await slack.settled()

        assert (pressed.delivered, listed.delivered, submitted.delivered) == (True, True, True)
        assert ana.was_told("Nothing is waiting")
        assert ana.modal is not None
        assert "refund is running" in ana.modal.text_shown
        assert (len(bot.desk.clicks), len(bot.desk.replies)) == (1, 1)


async def test_a_new_connection_is_made_when_slack_asks(slack: LocalSlack, connection: Connection) -> None:
    async with connected(slack, connection, FakeDesk()) as bot:
        card = await bot.post_card()
        await slack.disconnect()
        await slack.until(lambda: slack.document.get("connections") == 1, "the new connection")

        seen = await slack.person("U0ANA").click("Approve", on=card)

        assert seen.delivered


async def test_an_event_that_was_not_recorded_is_delivered_again(
    slack: LocalSlack, connection: Connection
) -> None:
    await slack.settings(answer_within=0.2)
    async with connected(slack, connection, FakeDesk()) as bot:
        card = await bot.post_card()
        bot.desk.broken = StoreUnavailable("down")

        await slack.person("U0ANA").reply(card, "shorter")
        await slack.settled()

        assert len(bot.desk.replies) == 4


async def test_a_stop_answers_what_is_in_hand_first(slack: LocalSlack, connection: Connection) -> None:
    desk = SlowDesk()
    async with connected(slack, connection, desk) as bot:
        card = await bot.post_card()
        press = asyncio.create_task(slack.person("U0ANA").click("Approve", on=card))
        await desk.begun.wait()
        asyncio.get_running_loop().call_later(0.1, desk.let.set)

    assert (await press).delivered
    assert len(desk.clicks) == 1


class Heard(logging.Handler):
    """Set once the given words are logged."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.event = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self._words in record.getMessage():
            self.event.set()


async def test_a_slack_that_is_down_at_the_start_is_no_error(
    slack: LocalSlack, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    await slack.fault("server_error", "apps.connections.open", times=None)
    bolt = build_bolt(connection, FakeDesk(), reference=lambda: "ref-1")
    retrying = Heard("Retrying")
    SDK_LOG.addHandler(retrying)

    async with socket_mode(bolt, slack.config.app_token, slack.api_url, connection.session):
        await asyncio.wait_for(retrying.event.wait(), 5)

    SDK_LOG.removeHandler(retrying)
    assert slack.config.app_token not in caplog.text
