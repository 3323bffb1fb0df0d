"""The app that the simulator's tests talk to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator.local import LocalSlack
from tests.simulator.app import App, http_app


@pytest.fixture
async def app(slack: LocalSlack) -> AsyncIterator[App]:
    """A Bolt app over HTTP."""
    async with http_app(slack) as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    """The bot's own client, without retries of its own."""
    return AsyncWebClient(slack.config.bot_token, base_url=slack.api_url, retry_handlers=[])
