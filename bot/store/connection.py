"""Connections to Redis, and the check that a server can keep what we promise before we rely on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    RedisError,
    ResponseError,
)

from bot.core.finding import Finding, Level
from bot.core.problem import Problem

RETRIES = 1
IDLE_CHECK = 30  # seconds after which a connection is tried with PING before it is used
OLDEST = {"Redis": (7, 2), "Valkey": (8, 0)}

# Managed servers forbid CONFIG and MODULE LIST; INFO tells the policy too, and a command that exists
# tells of its module, also where Redis 8 has it built in.
NEEDED = {"search": "FT.CREATE", "JSON": "JSON.SET"}


class BadRedisUrl(Problem):
    """The address cannot be used; the message says why, without its password."""


def connect(
    url: str, *, max_connections: int = 50, timeout: float = 5.0, client_name: str = "approvals"
) -> Redis:
    """A client for `url` (redis://, rediss:// or unix://) that answers in bytes; raises BadRedisUrl.

    Bytes suit the LangGraph saver as well as ours, so that one client serves the whole process.
    `timeout` (seconds) bounds each step: to wait for a free connection, to connect, to be answered.
    When all connections are in use callers wait for one, where redis-py's usual pool raises.

    One retry: a server that was restarted leaves dead connections behind, and one retry mends each.
    A command whose reply was lost is then sent twice, so every write of ours must bear that. (redis-py's
    own default is no retry for a pool, and ten for `Redis(host=...)`:
    https://redis.io/docs/latest/develop/clients/redis-py/produsage/#retries.) Connecting has its own
    retry, so a silent server is given up after four times `timeout`: who must answer a person sooner
    sets a deadline of their own.
    """
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=max_connections,
            timeout=timeout,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            health_check_interval=IDLE_CHECK,
            client_name=client_name,
            retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), RETRIES),
        )
    except ValueError:
        # The reason that redis-py gives can hold a piece of the password.
        raise BadRedisUrl(
            f"REDIS_URL ({safe_url(url)}) is not an address of Redis. Write redis://name:password@host:6379, "
            "rediss:// with TLS or unix:///path, and percent-encode what is special in the password."
        ) from None
    return Redis.from_pool(pool)


def safe_url(url: str) -> str:
    """The address as it may be shown: no name, password or options. Never raises."""
    scheme, separator, rest = url.partition("://")
    address, _, options = rest.partition("?")
    if not separator or "@" in options:
        return f"{scheme}://***" if separator else "***"
    who, at, place = address.rpartition("@")
    return f"{scheme}://{'***@' if who or at else ''}{place}"


async def check(client: Redis) -> list[Finding]:
    """What an operator must know about this server, one finding per question; never raises RedisError."""
    where = _where(client)
    try:
        facts = await _ask(client, where)
    except RedisError as error:
        return [_no_answer(error, where)]
    return judge(facts)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server says of itself: `info` is INFO's answer, `lacks` the modules it does not have."""

    where: str
    database: int
    info: Mapping[str, object]
    lacks: tuple[str, ...]
    appendfsync: str | None = None  # None: the server does not tell


def judge(facts: Facts) -> list[Finding]:
    """The findings for these facts, one per question and always in the same order."""
    return [question(facts) for question in (_version, _modules, _eviction, _aof, _role, _cluster, _database)]


def _version(facts: Facts) -> Finding:
    name, field = (
        ("Valkey", "valkey_version") if "valkey_version" in facts.info else ("Redis", "redis_version")
    )
    version = str(facts.info.get(field))
    numbers = re.match(r"(\d+)\.(\d+)", version)
    new_enough = numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST[name]
    oldest = ".".join(map(str, OLDEST[name]))
    return (
        _ok("redis_version", f"{name} {version} at {facts.where}.")
        if new_enough
        else _error("redis_version", f"{name} {version} at {facts.where} is too old: use {oldest} or newer.")
    )


def _modules(facts: Facts) -> Finding:
    if not facts.lacks:
        return _ok("redis_modules", "Search and JSON are there.")
    lacks = " and ".join(facts.lacks)
    return _error(
        "redis_modules",
        f"Redis at {facts.where} has no {lacks}, which LangGraph's checkpoints need: "
        "use Redis 8, or Redis Stack 7.2 or newer.",
    )


def _eviction(facts: Facts) -> Finding:
    policy = facts.info.get("maxmemory_policy")
    if policy == "noeviction":
        return _ok("redis_eviction", "Nothing is evicted when memory is full.")
    return _error(
        "redis_eviction",
        f"Redis at {facts.where} may delete approvals and checkpoints when its memory is full "
        f"(maxmemory-policy is {policy or 'not told'}): set maxmemory-policy noeviction.",
    )


def _aof(facts: Facts) -> Finding:
    if not facts.info.get("aof_enabled"):
        return Finding(
            Level.WARNING,
            "redis_aof",
            f"Redis at {facts.where} forgets recent decisions when it stops, because its append-only file "
            "is off: set appendonly yes.",
        )
    if facts.info.get("aof_last_write_status", "ok") != "ok":
        return _error(
            "redis_aof",
            f"Redis at {facts.where} could not write its append-only file and refuses decisions: "
            "look at its disk and its log.",
        )
    if facts.appendfsync not in ("always", None):
        return Finding(
            Level.WARNING,
            "redis_aof",
            f"Redis at {facts.where} answers before a decision is on its disk (appendfsync is "
            f"{facts.appendfsync}), so its end can lose the last seconds: set appendfsync always.",
        )
    return _ok("redis_aof", "Decisions are kept in the append-only file.")


def _role(facts: Facts) -> Finding:
    if facts.info.get("role") == "master":
        return _ok("redis_role", "It is the primary.")
    return _error("redis_role", f"Redis at {facts.where} is a read-only replica: give the primary's address.")


def _cluster(facts: Facts) -> Finding:
    if not facts.info.get("cluster_enabled"):
        return _ok("redis_cluster", "It is one server, not a cluster.")
    return _error(
        "redis_cluster",
        f"Redis at {facts.where} is a cluster, where a decision and its audit entry cannot be written "
        "as one: use a single primary.",
    )


def _database(facts: Facts) -> Finding:
    if facts.database == 0:
        return _ok("redis_database", "It is database 0.")
    return _error(
        "redis_database",
        f"Search works in database 0 only: remove the {facts.database} from the end of REDIS_URL.",
    )


def _ok(code: str, sentence: str) -> Finding:
    return Finding(Level.OK, code, sentence)


def _error(code: str, sentence: str) -> Finding:
    return Finding(Level.ERROR, code, sentence)


def _where(client: Redis) -> str:
    options = client.connection_pool.connection_kwargs
    return str(options.get("path") or f"{options.get('host', 'localhost')}:{options.get('port', 6379)}")


async def _ask(client: Redis, where: str) -> Facts:
    info = await client.info()
    known = await client.execute_command(  # type: ignore[no-untyped-call]  # has no types in redis-py
        "COMMAND INFO", *NEEDED.values()
    )
    lacks = tuple(name for name, command in zip(NEEDED, known, strict=True) if command is None)
    database = int(client.connection_pool.connection_kwargs.get("db") or 0)
    return Facts(where, database, info, lacks, await _appendfsync(client))


async def _appendfsync(client: Redis) -> str | None:
    """When a write reaches the disk; None where a managed server keeps its configuration to itself."""
    try:
        told = await client.config_get("appendfsync")
    except ResponseError:
        return None
    policy = told.get("appendfsync")
    return str(policy) if policy is not None else None


def _no_answer(error: RedisError, where: str) -> Finding:
    match error:
        case BusyLoadingError():
            return _error(
                "redis_loading", f"Redis at {where} is still loading its data: wait until it is done."
            )
        case AuthenticationError():
            return _error(
                "redis_refused", f"Redis at {where} refuses the name or password in REDIS_URL ({error})."
            )
        case NoPermissionError():
            return _error(
                "redis_forbidden",
                f"Redis at {where} forbids a check: allow +info and +command|info ({error}).",
            )
    return _error(
        "redis_unreachable", f"Redis at {where} does not answer ({error}): start it or correct REDIS_URL."
    )
