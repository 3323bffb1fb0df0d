"""What Bolt does besides calling our listeners, and must not do to us."""

from __future__ import annotations

import logging

from tests.slack.conftest import Bot


async def test_a_request_leaves_the_level_of_our_logs_alone(bot: Bot) -> None:
    """Bolt sets the level of the logger that its app is named after, with every request."""
    ours = logging.getLogger("approvals")
    before = ours.level

    await bot.slack.person("U0ANA").says("hello", channel="C0OPS")
    await bot.slack.settled()

    assert await bot.slack.log("event", "message")
    assert ours.level == before
