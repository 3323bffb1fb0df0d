"""The company the stories play in: one for all that only talk, another one for those that break things."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from bot.simulator.config import SimulatorConfig, Timing
from bot.simulator.local import LocalSlack
from bot.store.embedded import EmbeddedRedis
from tests.office import Bot, Company, environ_for


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Both companies live in one event loop, so all stories do."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@asynccontextmanager
async def open_company(folder: Path, **environ: str) -> AsyncIterator[Company]:
    """A small Slack, a real Redis, and the bot, started and stopped here; every audit trail ends whole."""
    config = SimulatorConfig(timing=Timing(retry_delays=(0.0, 0.05, 0.1)))
    async with EmbeddedRedis.open(folder / "redis") as redis, LocalSlack(config) as slack:
        settings = environ_for(slack.api_url, redis.url, folder) | environ
        bot = Bot(settings, folder)
        if "SLACK_APP_TOKEN" not in environ:
            await slack.settings(events_url=f"{bot.url}/slack/events")
        try:
            await bot.start()
            company = Company(slack, redis, bot, settings)
            yield company
        finally:
            await bot.stop()
        assert await company.audit_faults() == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """One company for every story that leaves it as it was; each story has rooms of its own."""
    async with open_company(tmp_path_factory.mktemp("company")) as company:
        yield company


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shaken(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """The company in which things break."""
    async with open_company(tmp_path_factory.mktemp("shaken")) as company:
        yield company


@pytest_asyncio.fixture(loop_scope="session")
async def fragile(shaken: Company) -> AsyncIterator[Company]:
    """Kill what you like: whatever is down after the story is started again for the next one."""
    yield shaken
    await shaken.slack.heal()
    if shaken.redis.pid is None:
        await shaken.redis.restart()
    if not shaken.bot.is_running:
        await shaken.bot.start()
    await shaken.bot.until_ready()
