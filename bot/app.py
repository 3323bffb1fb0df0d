"""Where the parts meet: build the real ports from the settings, start and stop them in the right order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from docket import Docket
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.approvals.world import World
from bot.blocks.faces import BlockFaces
from bot.chance import SystemChance
from bot.config import Settings
from bot.core.audit import redact
from bot.core.finding import Finding, Level
from bot.core.policy import Policies
from bot.core.problem import Problem
from bot.place import open_redis
from bot.policies import load_policies
from bot.ports import Pace, SlackUnavailable
from bot.runs.both import BothRunners
from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.elsewhere import ServerScout
from bot.runs.registry import Registry
from bot.runs.remote import RemoteRunner
from bot.runs.runner import LocalRunner
from bot.servers import gaps, remote_graphs
from bot.slack.calls import SlackSays
from bot.slack.connection import Connection
from bot.slack.connection import connect as connect_slack
from bot.store.approvals import RedisStore
from bot.store.connection import check, connect
from bot.store.delegations import RedisDelegations
from bot.store.idempotency import RedisIdempotency
from bot.store.keys import RETENTION
from bot.store.pace import RedisPace
from bot.texts.languages import Languages
from bot.tracing import open_traces
from bot.work.queue import DocketQueue, docket_at
from bot.work.tasks import register

log = structlog.get_logger("approvals.app")

# A dead worker's thread is free again after this, so that its decision still ends within half a minute.
LEASE = 10.0


class CannotStart(Problem):
    """Something that must be there is not; `findings` say what, and what to do."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(finding.sentence for finding in findings))
        self.findings = findings


class Rules:
    """The policies in force; `reload` keeps the old ones where the file is bad."""

    def __init__(self, settings: Settings, graphs: tuple[str, ...]) -> None:
        self._settings = settings
        self._graphs = graphs
        self._now = self._load()

    def __call__(self) -> Policies:
        return self._now

    def reload(self) -> None:
        """Read approvals.toml again. Raises PoliciesError, and then nothing has changed."""
        self._now = self._load()

    def _load(self) -> Policies:
        settings = self._settings
        return load_policies(settings.policies, self._graphs, required=settings.policies_named)


@dataclass(frozen=True, slots=True)
class Parts:
    """The real parts, open and connected."""

    settings: Settings
    redis: Redis
    rules: Rules
    docket: Docket
    slack: Connection
    servers: RemoteRunner
    world: World
    languages: Languages


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Everything but the front doors. Raises CannotStart, and what the graphs and the policies raise."""
    policies = load_policies(settings.policies, required=settings.policies_named)
    _refuse_gaps(settings, policies)
    addresses = remote_graphs(policies, settings)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(open_redis(settings))
        redis = await stack.enter_async_context(connect(url))
        await _refuse_unfit(redis)
        saver = ApprovalsSaver(redis, outages=(RedisError,))
        await saver.asetup()
        local = await stack.enter_async_context(_local_graphs(settings, saver, needed=not addresses))
        rules = Rules(settings, local.graphs())
        servers = await stack.enter_async_context(RemoteRunner.open(addresses))
        docket = await stack.enter_async_context(docket_at(url))
        slack = await stack.enter_async_context(_slack(settings, RedisPace(redis)))
        languages = Languages.set_to(settings.language)
        world = World(
            store=RedisStore(
                redis,
                lease_ttl=LEASE,
                retention=policies.audit.retention or RETENTION,
                redact=lambda entry: redact(entry, rules().audit.redact, settings.audit_key),
            ),
            runner=BothRunners(local, servers),
            messenger=slack.messenger,
            directory=slack.directory,
            queue=DocketQueue(docket),
            faces=BlockFaces(
                rules, elsewhere=settings.web_login, language=lambda: languages.of(slack.identity.team_id)
            ),
            chance=SystemChance(),
            policies=rules,
            us=slack.identity.workspace,
            audit_key=settings.audit_key,
            default_channel=settings.channel,
            delegations=RedisDelegations(redis, slack.identity.team_id),
            public_url=settings.public_url if settings.web_login else None,
            scout=ServerScout(servers) if addresses else None,
            once=RedisIdempotency(redis),
            traces=await stack.enter_async_context(open_traces(settings)),
        )
        register(docket, world)
        yield Parts(settings, redis, rules, docket, slack, servers, world, languages)


@asynccontextmanager
async def _local_graphs(
    settings: Settings, saver: ApprovalsSaver, *, needed: bool
) -> AsyncIterator[LocalRunner]:
    """The graphs of langgraph.json, which a bot for Agent Servers alone does without."""
    if not needed and not settings.graphs.exists():
        yield LocalRunner(Registry({}, saver))
        return
    async with Registry.open(settings.graphs, saver) as registry:
        yield LocalRunner(registry)


@asynccontextmanager
async def _slack(settings: Settings, pace: Pace) -> AsyncIterator[Connection]:
    async with AsyncExitStack() as stack:
        try:
            opened = connect_slack(settings.slack_bot_token or "", settings.slack_api_url, pace)
            slack = await stack.enter_async_context(opened)
        except (SlackSays, SlackUnavailable) as refused:
            sentence = f"Slack does not tell who the bot is ({refused}); `approvals doctor` says more."
            raise CannotStart((Finding(Level.ERROR, "slack_identity", sentence),)) from None
        yield slack


def _refuse_gaps(settings: Settings, policies: Policies) -> None:
    found = (*settings.gaps(), *gaps(policies, settings))
    errors = tuple(gap for gap in found if gap.level is Level.ERROR)
    if errors:
        raise CannotStart(errors)


async def _refuse_unfit(redis: Redis) -> None:
    findings = await check(redis)
    errors = tuple(finding for finding in findings if finding.level is Level.ERROR)
    if errors:
        raise CannotStart(errors)
    for finding in findings:
        if finding.level is Level.WARNING:
            log.warning("Redis could be safer", code=finding.code, reason=finding.sentence)
