"""Everything that speaks to Slack, made of one token and one pool of connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Pace
from bot.slack.calls import Calls
from bot.slack.client import TIMEOUTS, web_client
from bot.slack.directory import SlackDirectory
from bot.slack.identity import Identity, identify_in_the_end
from bot.slack.messenger import SlackMessenger
from bot.slack.turns import Turns
from bot.slack.windows import Windows


@dataclass(frozen=True, slots=True)
class Connection:
    """Who we are, and the ways to write, ask and show."""

    session: aiohttp.ClientSession
    client: AsyncWebClient
    identity: Identity
    messenger: SlackMessenger
    directory: SlackDirectory
    windows: Windows


@asynccontextmanager
async def connect(token: str, api_url: str, pace: Pace) -> AsyncIterator[Connection]:
    """Open until the end of the block. Raises SlackSays for a bad token, SlackUnavailable."""
    async with aiohttp.ClientSession(timeout=TIMEOUTS) as session:
        client = web_client(token, api_url, session)
        calls = Calls(client)
        identity = await identify_in_the_end(calls)
        directory = SlackDirectory(calls, identity.team_id)
        try:
            yield Connection(
                session=session,
                client=client,
                identity=identity,
                messenger=SlackMessenger(calls, Turns(pace), identity),
                directory=directory,
                windows=Windows(calls, session, api_url),
            )
        finally:
            await directory.close()
