"""What an operator reads without starting anything: the list, the audit trail; and Redis alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime

import click

from bot.config import Settings
from bot.core.audit import Entry, faults
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


async def verify_audit(settings: Settings) -> bool:
    """Check the chain of every approval; True when all are whole."""
    broken, count = 0, 0
    async for approval, entries in _trails(settings):
        count += 1
        for fault in faults(entries, settings.audit_key, head=approval.audit_head):
            broken += 1
            click.echo(f"{approval.id}: {fault}")
    click.echo(f"{count} approvals checked, {broken} faults found.")
    return broken == 0


async def export_audit(settings: Settings, since: str | None) -> None:
    """Print every entry as one JSON object a line, each approval's own in order."""
    after = _moment(since)
    async for _, entries in _trails(settings):
        for entry in entries:
            if entry.at >= after:
                click.echo(_entry(entry))


def _moment(since: str | None) -> float:
    if since is None:
        return 0.0
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise click.ClickException(f"--since: {since!r} is no ISO 8601 moment, such as 2026-11-21") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _entry(entry: Entry) -> str:
    return json.dumps(
        {
            "approval": entry.approval_id,
            "thread": entry.thread_id,
            "seq": entry.seq,
            "at": datetime.fromtimestamp(entry.at, UTC).isoformat(),
            "fact": entry.fact,
            "by": entry.by,
            "data": dict(entry.data),
            "prev": entry.prev,
            "mac": entry.mac,
        }
    )


async def _trails(settings: Settings) -> AsyncIterator[tuple[Approval, tuple[Entry, ...]]]:
    async with open_store(settings) as store:
        cursor: str | None = None
        while True:
            page = await store.search(cursor=cursor, limit=100)
            for record in page.records:
                yield record.approval, await store.history(record.approval.id)
            cursor = page.cursor
            if cursor is None:
                return


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
