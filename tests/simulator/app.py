"""A small Bolt app for the simulator's own tests, over HTTP or Socket Mode."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator.local import LocalSlack

Json = dict[str, Any]


class App:
    """Records what it gets, and answers as a test tells it."""

    def __init__(self, slack: LocalSlack) -> None:
        self.slack = slack
        self.client = AsyncWebClient(slack.config.bot_token, base_url=slack.api_url, retry_handlers=[])
        self.got: list[Json] = []
        self.retries: list[str] = []
        self._arrived = asyncio.Event()
        self.submit_answer: Json = {}
        self.modal: Json | None = None
        self.command_answer: Any = "listed"
        self.bolt = AsyncApp(
            client=self.client,
            signing_secret=slack.config.signing_secret,
            authorize=_authorize(slack),
            process_before_response=True,
        )
        self.bolt.action(re.compile(".*"))(self._on_action)
        self.bolt.view(re.compile(".*"))(self._on_submit)
        self.bolt.view_closed(re.compile(".*"))(self._on_closed)
        self.bolt.command(re.compile(".*"))(self._on_command)
        self.bolt.event(re.compile(".*"))(self._on_event)

    def events(self, kind: str = "message") -> list[Json]:
        return [body["event"] for body in self.got if body.get("event", {}).get("type") == kind]

    def interactions(self, kind: str = "block_actions") -> list[Json]:
        return [body for body in self.got if body.get("type") == kind]

    async def until(self, kind: str, count: int = 1) -> list[Json]:
        """The interactions of a kind, once there are as many."""
        async with asyncio.timeout(10):
            while len(self.interactions(kind)) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return self.interactions(kind)

    def _take(self, body: Json) -> None:
        self.got.append(body)
        self._arrived.set()

    async def post(self, channel: str = "C0REFUNDS", **message: Any) -> Any:
        """Post and give back the card."""
        posted = await self.client.chat_postMessage(channel=channel, **message)
        return self.slack.message(posted["channel"], posted["ts"])

    async def _on_action(self, ack: Any, body: Json) -> None:
        self._take(body)
        if self.modal:
            await self.client.views_open(trigger_id=body["trigger_id"], view=self.modal)
        await ack()

    async def _on_submit(self, ack: Any, body: Json) -> None:
        self._take(body)
        await ack(**self.submit_answer)

    async def _on_closed(self, ack: Any, body: Json) -> None:
        self._take(body)
        await ack()

    async def _on_command(self, ack: Any, body: Json) -> None:
        self._take(body)
        await ack(self.command_answer)

    async def _on_event(self, body: Json, request: Any) -> None:
        """Also notes the retry headers of each event as `number reason`."""
        names = ("x-slack-retry-num", "x-slack-retry-reason")
        self.retries.append(" ".join(request.headers[name][0] for name in names if name in request.headers))
        self._take(body)


@asynccontextmanager
async def http_app(slack: LocalSlack) -> AsyncIterator[App]:
    """The app behind a request URL of its own."""
    app = App(slack)
    server = app.bolt.web_app("/slack/events")
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    await slack.settings(events_url=f"http://127.0.0.1:{port}/slack/events")
    try:
        yield app
    finally:
        await runner.cleanup()


@asynccontextmanager
async def socket_app(slack: LocalSlack) -> AsyncIterator[App]:
    """The app over Socket Mode, connected."""
    app = App(slack)
    tokens = AsyncWebClient(slack.config.app_token, base_url=slack.api_url)
    handler: Any = AsyncSocketModeHandler(app.bolt, slack.config.app_token, web_client=tokens)
    await handler.connect_async()
    await slack.until(lambda: slack.document.get("connections"), "a Socket Mode connection")
    try:
        yield app
    finally:
        await handler.close_async()


def _authorize(slack: LocalSlack) -> Any:
    # A function, not a method: Bolt passes arguments by name and would pass `self` too.
    async def authorize() -> AuthorizeResult:
        config = slack.config
        return AuthorizeResult(
            enterprise_id=None,
            team_id=config.team_id,
            bot_token=config.bot_token,
            bot_id=config.bot_id,
            bot_user_id=config.bot_user_id,
        )

    return authorize
