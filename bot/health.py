"""One list of checks, behind `/readyz` and `approvals doctor`."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.app import Parts
from bot.core.finding import Finding, Level
from bot.slack.calls import Calls, SlackSays
from bot.store.connection import check as check_redis
from bot.web.checks import Check

# Seconds between two questions to Slack about ourselves: probes come every few seconds, Slack counts calls.
SLACK_EVERY = 30.0

# The same to Agent Servers.
SERVERS_EVERY = 10.0

Look = Callable[[], Awaitable[Sequence[Finding]]]


def checks(parts: Parts) -> list[Check]:
    """What must be well for this process to be of use."""
    return [
        Check("redis", lambda: check_redis(parts.redis)),
        Check("slack", _kept(lambda: _slack(parts), SLACK_EVERY)),
        Check("agent_servers", _kept(lambda: _agent_servers(parts), SERVERS_EVERY)),
    ]


async def _agent_servers(parts: Parts) -> Sequence[Finding]:
    """A warning at most: the bot is of use to the other graphs, and takes clicks for this one too."""
    found = await parts.servers.findings()
    return [replace(one, level=Level.WARNING) if one.level is Level.ERROR else one for one in found]


async def _slack(parts: Parts) -> Sequence[Finding]:
    try:
        await Calls(parts.slack.client).call("auth.test")
    except SlackSays as said:
        sentence = f"Slack refuses the bot's token ({said.error}): set a valid one."
        return [Finding(Level.ERROR, f"slack_{said.error}", sentence)]
    return [Finding(Level.OK, "slack", "Slack knows the bot.")]


def _kept(look: Look, seconds: float) -> Look:
    """Ask again only after some time, or at once while the answer was bad."""
    good: tuple[float, Sequence[Finding]] | None = None

    async def kept() -> Sequence[Finding]:
        nonlocal good
        if good is not None and time.monotonic() - good[0] < seconds:
            return good[1]
        found = await look()
        bad = any(finding.level is Level.ERROR for finding in found)
        good = None if bad else (time.monotonic(), found)
        return found

    return kept
