"""The floor of a click: aiohttp checks the signature and writes one key to Redis, and that is all."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import AsyncIterator

from aiohttp import web
from redis.asyncio import Redis


async def healthz(request: web.Request) -> web.Response:
    return web.Response()


def main() -> None:
    secret = os.environ["SLACK_SIGNING_SECRET"].encode()
    redis = Redis.from_url(os.environ["REDIS_URL"])

    async def click(request: web.Request) -> web.Response:
        body = await request.read()
        base = b"v0:" + request.headers["X-Slack-Request-Timestamp"].encode() + b":" + body
        signature = "v0=" + hmac.new(secret, base, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, request.headers["X-Slack-Signature"]):
            return web.Response(status=401)
        await redis.set(f"bare:{signature}", b"approve")
        return web.Response()

    async def closing(app: web.Application) -> AsyncIterator[None]:
        yield
        await redis.aclose()

    app = web.Application()
    app.cleanup_ctx.append(closing)
    app.router.add_post("/slack/events", click)
    app.router.add_get("/healthz", healthz)
    port, shared = int(os.environ["PORT"]), bool(os.environ.get("SHARED"))
    web.run_app(app, host="127.0.0.1", port=port, reuse_port=shared, access_log=None, print=None)


main()
