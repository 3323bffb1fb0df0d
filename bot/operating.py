"""What an operator asks of a running product: start, list, doctor, audit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime

import click
from aiohttp import ClientSession

from bot.app import CannotStart, Parts, open_parts, open_redis
from bot.approvals.reconciling import reconcile
from bot.approvals.retrying import retry, stuck
from bot.approvals.starting import start as start_run
from bot.config import Settings
from bot.core.audit import Entry, faults
from bot.core.finding import Finding, Level
from bot.core.model import JSON, Approval
from bot.core.payload import content
from bot.policies import load_policies
from bot.slack.client import TIMEOUTS, web_client
from bot.slack.doctor import diagnose
from bot.store.approvals import RedisStore
from bot.store.connection import check, connect
from bot.store.embedded import EmbeddedRedis


async def start(
    settings: Settings,
    graph: str,
    given: JSON,
    channel: str | None,
    requester: str | None,
    thread_id: str | None,
) -> None:
    """Start a run and print its thread id; a worker does the rest."""
    async with open_parts(settings) as parts:
        run = await start_run(
            parts.world, graph, given, channel=channel, requester=requester, thread_id=thread_id
        )
    click.echo(run.thread_id)


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


async def doctor(settings: Settings, *, fix: bool) -> bool:
    """Print every finding as it is found; True when nothing is in the way."""
    found: list[Finding] = []

    def report(*findings: Finding) -> None:
        for finding in findings:
            click.echo(f"{MARKS[finding.level]} {finding.sentence}")
        found.extend(findings)

    report(*settings.gaps())
    channels = _channels(settings)
    async with open_redis(settings) as url, connect(url) as client:
        report(*await check(client))
        if not any(finding.level is Level.ERROR for finding in found):
            channels += await _channels_without_card(RedisStore(client))
    if settings.slack_bot_token is not None:
        async with ClientSession(timeout=TIMEOUTS) as session:
            slack = web_client(settings.slack_bot_token, settings.slack_api_url, session)
            report(*await diagnose(slack, list(dict.fromkeys(channels))))
    if not any(finding.level is Level.ERROR for finding in found):
        try:
            async with open_parts(settings) as parts:
                report(*await parts.servers.findings())
                report(*await _half_done(parts, fix=fix))
        except CannotStart as cannot:
            report(*cannot.findings)
    return not any(finding.level is Level.ERROR for finding in found)


def _channels(settings: Settings) -> list[str]:
    """Every channel that cards may go to."""
    rules = load_policies(settings.policies, required=settings.policies_named)
    named = [settings.channel, rules.default.channel, *(policy.channel for policy in rules.graphs.values())]
    return [channel for channel in named if channel]


async def _channels_without_card(store: RedisStore) -> list[str]:
    """Where the oldest pending approvals should be shown and are not yet."""
    page = await store.pending(limit=100)
    return [record.card.channel for record in page.records if record.card.ts is None]


MARKS = {Level.OK: "ok      ", Level.WARNING: "warning ", Level.ERROR: "ERROR   "}


async def _half_done(parts: Parts, *, fix: bool) -> list[Finding]:
    """What a crash left behind, and what waits for an operator."""
    store = parts.world.store
    left = await (
        reconcile(parts.world, older_than=0.0)
        if fix
        else store.leftovers(older_than=60.0, limit=200, take=False)
    )
    done = "asked for again" if fix else "run `approvals doctor --fix`"
    kinds = {
        "decided but not applied": len(left.in_work),
        "with a card that is behind": len(left.unshown),
        "past the deadline": len(left.overdue),
        "runs whose result nobody was told": len(left.unannounced),
    }
    findings = [
        Finding(Level.WARNING, "half_done", f"{count} {what}: {done}.")
        for what, count in kinds.items()
        if count
    ]
    findings += [await _stuck(parts, approval, fix=fix) for approval in await stuck(parts.world)]
    return findings or [Finding(Level.OK, "half_done", "Nothing is half done.")]


async def _stuck(parts: Parts, approval: Approval, *, fix: bool) -> Finding:
    failure = approval.failure
    reason = f"{failure.reason} (reference {failure.reference})" if failure else "unknown"
    about = f"{approval.request.graph}, approval {approval.id}, failed after its decision: {reason}"
    if not fix:
        return Finding(Level.ERROR, "stuck", f"{about}. Mend the cause, then run `approvals doctor --fix`.")
    again = await retry(parts.world, approval)
    return Finding(Level.WARNING, "stuck", f"{about}. {'Tried again.' if again else 'It moved meanwhile.'}")


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
        yield RedisStore(await stack.enter_async_context(connect(url)))


async def run_redis(settings: Settings, port: int) -> None:
    """The embedded server alone, until Ctrl-C."""
    async with EmbeddedRedis.open(settings.data / "redis", port) as server:
        click.echo(f"Redis is at {server.url}; Ctrl-C stops it.")
        with suppress(asyncio.CancelledError):
            await server.wait()
