"""What Bolt's own documentation starts with: an AsyncApp that only acknowledges, in its default mode.

https://docs.slack.dev/tools/bolt-python/concepts/async
"""

from __future__ import annotations

import os

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.ids import Action


async def healthz(request: web.Request) -> web.Response:
    return web.Response()


def main() -> None:
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])

    @app.action(Action.APPROVE.value)
    async def approve(ack: AsyncAck) -> None:
        await ack()

    server = app.web_app()
    server.router.add_get("/healthz", healthz)
    port, shared = int(os.environ["PORT"]), bool(os.environ.get("SHARED"))
    web.run_app(server, host="127.0.0.1", port=port, reuse_port=shared, access_log=None, print=None)


main()
