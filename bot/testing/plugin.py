"""The pytest fixture `approvals`: your graph, the real bot, a small Slack and people, for one test.

It imports nothing but pytest until somebody asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.testing.approvals import Approvals
    from bot.testing.redis import SessionRedis


@pytest.fixture(scope="session")
def redis_of_approvals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionRedis]:
    """One embedded Redis for all tests of this pytest process; each test finds it empty."""
    from bot.testing.redis import SessionRedis

    server = SessionRedis(tmp_path_factory.mktemp("approvals-redis"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def settings_of_approvals() -> Mapping[str, str]:
    """More settings of the bot, as environment variables: override it in a test module to set some."""
    return {}


@pytest.fixture
def approvals(
    redis_of_approvals: SessionRedis,
    settings_of_approvals: Mapping[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[Approvals]:
    """The bot with web side and worker, in this process, and people: see docs/testing.md."""
    from bot.testing.approvals import Approvals

    redis, folder = redis_of_approvals.emptied(), tmp_path_factory.mktemp("approvals")
    with Approvals.open(redis, folder, pytestconfig.rootpath, settings_of_approvals) as opened:
        yield opened
