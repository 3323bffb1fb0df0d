"""The pytest fixture `slack`: a small Slack, started on a free port for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

try:
    import pytest_asyncio as fixtures
except ImportError:  # the fixture can be listed, not used
    fixtures = pytest  # type: ignore[misc]  # the one word we need is in both

if TYPE_CHECKING:
    from bot.simulator.config import SimulatorConfig
    from bot.simulator.local import LocalSlack


@pytest.fixture
def slack_config() -> SimulatorConfig:
    """How the simulator of a test is set up: override it in a test module to change it. Retries come fast."""
    from bot.simulator.config import SimulatorConfig, Timing

    return SimulatorConfig(timing=Timing(retry_delays=(0.0, 0.05, 0.1)))


@fixtures.fixture
async def slack(slack_config: SimulatorConfig) -> AsyncIterator[LocalSlack]:
    """A small Slack with Ana, Ben and Cat; `slack.settings(events_url=...)` tells it where the app is."""
    from bot.simulator.local import LocalSlack

    async with LocalSlack(slack_config) as running:
        yield running
