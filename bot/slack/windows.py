"""Open and turn the windows over Slack, and replace a private list."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.blocks.parts import Block, Face
from bot.ports import SlackUnavailable
from bot.slack.calls import Calls, SlackSays
from bot.slack.messenger import AS_WRITTEN

log = structlog.get_logger("approvals.slack")

# Seconds. A trigger lives three, our answer included.
# https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
WITHIN = 2.0

# A trigger opens one window: Slack delivered the press twice, and the first one opened it.
OPENED_BEFORE = "exchanged_trigger_id"

# https://docs.slack.dev/interactivity/handling-user-interaction#message_responses; GovSlack has its own host.
RESPONSE_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})


class Windows:
    """What a person sees besides messages. `api_url` is the Slack we speak to."""

    def __init__(self, calls: Calls, session: aiohttp.ClientSession, api_url: str) -> None:
        self._calls = calls
        self._session = session
        self._api = urlsplit(api_url)

    async def open(self, trigger_id: str, view: Block) -> None:
        """Raises SlackSays, SlackUnavailable."""
        try:
            async with asyncio.timeout(WITHIN):
                await self._calls.call("views.open", trigger_id=trigger_id, view=view)
        except TimeoutError as late:
            raise SlackUnavailable("views.open: no answer in time", sent=True) from late
        except SlackSays as said:
            if said.error != OPENED_BEFORE:
                raise

    async def turn(self, view_id: str, view: Block) -> None:
        """Show something else in an open window. Raises SlackSays, SlackUnavailable."""
        try:
            async with asyncio.timeout(WITHIN):
                await self._calls.call("views.update", view_id=view_id, view=view)
        except TimeoutError as late:
            raise SlackUnavailable("views.update: no answer in time", sent=True) from late

    async def replace(self, response_url: str | None, face: Face) -> bool:
        """Show something else in a private message; False where Slack's address for that is no good.

        A private message cannot be changed by chat.update.
        """
        if response_url is None or not self._is_slacks(response_url):
            return False
        said = {"replace_original": True, "text": face.text, "blocks": list(face.blocks), **AS_WRITTEN}
        try:
            async with (
                asyncio.timeout(WITHIN),
                self._session.post(response_url, json=said, allow_redirects=False) as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError) as broken:
            log.warning("private list was not replaced", reason=type(broken).__name__)
            return False

    def _is_slacks(self, url: str) -> bool:
        """Only Slack's own host over TLS, or the very server that stands in for it, is written to."""
        found = urlsplit(url)
        if found.scheme == "https" and found.netloc in RESPONSE_HOSTS:
            return True
        return (found.scheme, found.netloc) == (self._api.scheme, self._api.netloc)
