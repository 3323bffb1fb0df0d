"""What an operator reads without starting anything: the list; and Redis alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import click

from bot.config import Settings
from bot.core.finding import Level
from bot.core.model import Approval
from bot.core.payload import content
from bot.core.problem import Problem
from bot.place import open_redis
from bot.store.approvals import RedisStore
from bot.store.connection import check, connect
from bot.store.embedded import EmbeddedRedis


async def list_pending(settings: Settings, *, as_json: bool) -> None:
    """Print what waits, oldest first."""
    async with open_store(settings) as store:
        now = await store.now()
        cursor, more = None, True
        while more:
            page = await store.pending(cursor=cursor, limit=100)
            for record in page.records:
                click.echo(_as_json(record.approval) if as_json else _as_line(record.approval, now))
            cursor, more = page.cursor, page.cursor is not None
        if page.total == 0 and not as_json:
            click.echo("Nothing is waiting.")


def _as_line(approval: Approval, now: float) -> str:
    minutes = int((now - approval.asked_at) / 60)
    about = content(approval.request).title
    return f"{approval.id}  {minutes:>5} min  {approval.request.graph:<16} {about}"


def _as_json(approval: Approval) -> str:
    return json.dumps(
        {
            "id": approval.id,
            "thread_id": approval.request.thread_id,
            "graph": approval.request.graph,
            "title": content(approval.request).title,
            "revision": approval.revision,
            "channel": approval.channel,
            "requester": approval.requester,
            "asked_at": approval.asked_at,
        }
    )


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[RedisStore]:
    """The record alone, for commands that need neither graphs nor Slack."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(open_redis(settings))
        client = await stack.enter_async_context(connect(url))
        errors = [finding.sentence for finding in await check(client) if finding.level is Level.ERROR]
        if errors:
            raise Problem("\n".join(errors))
        yield RedisStore(client)


async def run_redis(settings: Settings, port: int) -> None:
    """The embedded server alone, until Ctrl-C."""
    async with EmbeddedRedis.open(settings.data / "redis", port) as server:
        click.echo(f"Redis is at {server.url}; Ctrl-C stops it.")
        with suppress(asyncio.CancelledError):
            await server.wait()
