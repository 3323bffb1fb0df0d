"""What an operator asks of a running product: start, list, doctor, audit."""

from __future__ import annotations

import click
from aiohttp import ClientSession

from bot.app import CannotStart, Parts, open_parts
from bot.approvals.cancelling import cancel as cancel_run
from bot.approvals.reconciling import reconcile
from bot.approvals.retrying import retry, stuck
from bot.approvals.starting import start as start_run
from bot.config import Settings
from bot.core.finding import Finding, Level
from bot.core.model import JSON, Approval
from bot.core.problem import Problem
from bot.place import open_redis
from bot.policies import load_policies
from bot.slack.client import TIMEOUTS, web_client
from bot.slack.doctor import diagnose
from bot.store.approvals import RedisStore
from bot.store.connection import check, connect


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


async def cancel(settings: Settings, name: str, why: str) -> None:
    """End a run, named by its thread or by one of its approvals; its cards are closed by a worker."""
    async with open_parts(settings) as parts:
        record = await parts.world.store.read(name)
        thread_id = record.approval.request.thread_id if record else name
        if not await cancel_run(parts.world, thread_id, by=None, why=why):
            raise Problem(f"{name}: there is no such run, or it is over.")
    click.echo(f"{thread_id} goes no further; a decision that came first is still carried out.")


async def doctor(settings: Settings, *, fix: bool) -> bool:
    """Print every finding as it is found; True when nothing is in the way."""
    found: list[Finding] = []

    def report(*findings: Finding) -> None:
        for finding in findings:
            click.echo(f"{MARKS[finding.level]} {finding.sentence}")
        found.extend(findings)

    report(*settings.gaps(), *_ceilings(settings))
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
                report(*await _blocked(parts))
        except CannotStart as cannot:
            report(*cannot.findings)
    return not any(finding.level is Level.ERROR for finding in found)


def _ceilings(settings: Settings) -> list[Finding]:
    """Graphs whose approvals above the ceiling nobody can approve: there is no log-in for them."""
    rules = load_policies(settings.policies, required=settings.policies_named)
    named = {"[defaults]": rules.default, **rules.graphs}
    blocked = [name for name, policy in named.items() if policy.ceiling is not None]
    if settings.web_login or not blocked:
        return []
    sentence = (
        f"No log-in is set up, so that nobody can approve what is above the ceiling of {', '.join(blocked)}: "
        "set OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL."
    )
    return [Finding(Level.WARNING, "no_login", sentence)]


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


async def _blocked(parts: Parts) -> list[Finding]:
    """Pending approvals that nobody can approve, because a rule does not fit their payload."""
    page = await parts.world.store.pending(limit=100)
    found = [(one.approval, parts.world.in_force(one.approval).blocked) for one in page.records]
    return [
        Finding(Level.WARNING, "blocked", f"{asked.request.graph}, approval {asked.id}: {why} Mend the rule.")
        for asked, why in found
        if why is not None
    ]


async def _stuck(parts: Parts, approval: Approval, *, fix: bool) -> Finding:
    failure = approval.failure
    reason = f"{failure.reason} (reference {failure.reference})" if failure else "unknown"
    about = f"{approval.request.graph}, approval {approval.id}, failed after its decision: {reason}"
    if not fix:
        return Finding(Level.ERROR, "stuck", f"{about}. Mend the cause, then run `approvals doctor --fix`.")
    again = await retry(parts.world, approval)
    return Finding(Level.WARNING, "stuck", f"{about}. {'Tried again.' if again else 'It moved meanwhile.'}")
