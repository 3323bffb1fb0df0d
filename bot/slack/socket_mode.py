"""Socket Mode: Slack's requests over a connection we open, where nobody can call us over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.client import SDK_LOG, is_loopback, web_client

# Seconds that a stop waits for requests in hand; Slack itself gives up on them after three.
PATIENCE = 3.0


@asynccontextmanager
async def socket_mode(
    app: AsyncApp, app_token: str, base_url: str, session: aiohttp.ClientSession
) -> AsyncIterator[SocketModeClient]:
    """Connected inside the block; at its end, requests in hand are answered before the line is cut.

    Connecting goes on until it works, so a Slack that is down at the start is no error.
    https://docs.slack.dev/apis/events-api/using-socket-mode
    """
    tokens = web_client(app_token, base_url, session)
    handler = _Handler(app, app_token, logger=SDK_LOG, web_client=tokens)
    if is_loopback(base_url):
        handler.client.proxy = None  # as in `web_client`
    connecting = asyncio.create_task(handler.client.connect())  # type: ignore[no-untyped-call]  # untyped there
    try:
        yield handler.client
    finally:
        await _stop(handler, connecting)


class _Handler(AsyncSocketModeHandler):
    """Bolt's handler, which knows what it has in hand: Bolt itself would drop it at the end."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.in_hand: set[asyncio.Task[None]] = set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        task = asyncio.create_task(super().handle(client, req))
        self.in_hand.add(task)
        task.add_done_callback(self.in_hand.discard)
        await task


async def _stop(handler: _Handler, connecting: asyncio.Task[None]) -> None:
    if handler.in_hand:
        await asyncio.wait(handler.in_hand, timeout=PATIENCE)
    handler.client.closed = True  # ends its connecting loop too
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    await handler.client.close()  # type: ignore[no-untyped-call]  # untyped there
    background = (
        handler.client.message_processor,
        handler.client.message_receiver,
        handler.client.current_session_monitor,
    )
    await asyncio.gather(*(task for task in background if task is not None), return_exceptions=True)
