"""Connections that mend themselves, and a check that refuses a Redis which cannot keep our promises."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.core.finding import Finding, Level
from bot.store import embedded
from bot.store.connection import BadRedisUrl, Facts, check, connect, judge, safe_url
from bot.store.embedded import EmbeddedRedis
from tests.store.proxy import wire_to

SECRET = "s3cr3t"
GOOD = Facts(
    where="127.0.0.1:6379",
    database=0,
    info={
        "redis_version": "8.2.1",
        "maxmemory_policy": "noeviction",
        "aof_enabled": 1,
        "aof_last_write_status": "ok",
        "role": "master",
        "cluster_enabled": 0,
    },
    lacks=(),
)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedRedis]:
    async with EmbeddedRedis.open(tmp_path) as server:
        yield server


@pytest.fixture
async def client(server: EmbeddedRedis) -> AsyncIterator[Redis]:
    async with connect(server.url) as client:
        yield client


def complaints(findings: list[Finding]) -> list[tuple[Level, str]]:
    return [(found.level, found.code) for found in findings if found.level is not Level.OK]


async def test_the_embedded_server_passes_every_question(client: Redis, server: EmbeddedRedis) -> None:
    findings = await check(client)

    assert complaints(findings) == []
    assert findings[0].sentence.startswith("Valkey 9.")
    assert server.url.removeprefix("redis://") in findings[0].sentence
    assert len({found.code for found in findings}) == 7


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl", "volatile-lru"])
async def test_a_server_that_evicts_anything_is_refused(client: Redis, policy: str) -> None:
    await client.config_set("maxmemory-policy", policy)

    findings = await check(client)

    assert complaints(findings) == [(Level.ERROR, "redis_eviction")]
    assert f"maxmemory-policy is {policy}" in findings[2].sentence
    assert "set maxmemory-policy noeviction" in findings[2].sentence


async def test_a_server_without_append_only_file_is_a_warning(client: Redis) -> None:
    await client.config_set("appendonly", "no")

    assert complaints(await check(client)) == [(Level.WARNING, "redis_aof")]


async def test_a_server_that_answers_before_its_disk_has_it_is_a_warning(client: Redis) -> None:
    await client.config_set("appendfsync", "everysec")

    findings = await check(client)

    assert complaints(findings) == [(Level.WARNING, "redis_aof")]
    assert "set appendfsync always" in findings[3].sentence


async def test_a_server_that_does_not_tell_its_configuration_is_not_complained_about(client: Redis) -> None:
    await client.execute_command("ACL", "SETUSER", "default", "-config")  # type: ignore[no-untyped-call]

    assert complaints(await check(client)) == []


async def test_a_replica_is_refused(client: Redis) -> None:
    await client.replicaof("127.0.0.1", 1)

    assert (Level.ERROR, "redis_role") in complaints(await check(client))


async def test_another_database_than_0_is_refused(server: EmbeddedRedis) -> None:
    async with connect(f"{server.url}/3") as client:
        findings = await check(client)

    assert complaints(findings) == [(Level.ERROR, "redis_database")]


async def test_a_server_without_search_and_json_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = replace(embedded._find_programs(), modules=())
    monkeypatch.setattr(embedded, "_find_programs", lambda: bare)
    async with EmbeddedRedis.open(tmp_path) as server, connect(server.url) as client:
        findings = await check(client)

    assert complaints(findings) == [(Level.ERROR, "redis_modules")]
    assert "has no search and JSON" in findings[1].sentence


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"redis_version": "8.2.1"}, []),
        ({"redis_version": "7.2.0"}, []),
        ({"redis_version": "7.0.15"}, [(Level.ERROR, "redis_version")]),
        ({"redis_version": "unknown"}, [(Level.ERROR, "redis_version")]),
        ({"redis_version": "7.2.4", "valkey_version": "8.0.1"}, []),
        ({"redis_version": "7.2.4", "valkey_version": "7.2.9"}, [(Level.ERROR, "redis_version")]),
        ({"maxmemory_policy": None}, [(Level.ERROR, "redis_eviction")]),
        ({"aof_last_write_status": "err"}, [(Level.ERROR, "redis_aof")]),
        ({"cluster_enabled": 1}, [(Level.ERROR, "redis_cluster")]),
    ],
)
def test_what_a_server_says_of_itself_is_judged(
    said: dict[str, object], complaint: list[tuple[Level, str]]
) -> None:
    assert complaints(judge(replace(GOOD, info={**GOOD.info, **said}))) == complaint


async def test_a_wrong_password_is_told_from_a_server_that_is_down(
    client: Redis, server: EmbeddedRedis
) -> None:
    await client.config_set("requirepass", "another")
    for url in (server.url, server.url.replace("//", f"//:{SECRET}@")):
        async with connect(url) as stranger:
            findings = await check(stranger)

        assert complaints(findings) == [(Level.ERROR, "redis_refused")]
        assert SECRET not in findings[0].sentence


async def test_a_user_who_may_not_ask_learns_which_permission_is_missing(
    client: Redis, server: EmbeddedRedis
) -> None:
    await client.acl_setuser("bot", enabled=True, passwords=[f"+{SECRET}"], commands=["+@all", "-info"])
    async with connect(server.url.replace("//", f"//bot:{SECRET}@")) as limited:
        findings = await check(limited)

    assert complaints(findings) == [(Level.ERROR, "redis_forbidden")]
    assert "allow +info" in findings[0].sentence
    assert SECRET not in findings[0].sentence


async def test_a_user_without_config_and_module_commands_passes(client: Redis, server: EmbeddedRedis) -> None:
    allowed = ["+@all", "-config", "-module"]
    await client.acl_setuser("bot", enabled=True, passwords=[f"+{SECRET}"], commands=allowed)
    async with connect(server.url.replace("//", f"//bot:{SECRET}@")) as limited:
        assert complaints(await check(limited)) == []


async def test_nobody_there_names_the_address_without_its_password() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        async with connect(f"redis://bot:{SECRET}@127.0.0.1:{port}") as client:
            findings = await check(client)

    assert complaints(findings) == [(Level.ERROR, "redis_unreachable")]
    assert f"Redis at 127.0.0.1:{port} does not answer" in findings[0].sentence
    assert SECRET not in findings[0].sentence


async def test_a_socket_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    async with connect(f"unix://{tmp_path}/redis.sock") as client:
        (finding,) = await check(client)

    assert f"Redis at {tmp_path}/redis.sock does not answer" in finding.sentence


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        yield f"redis://127.0.0.1:{listener.sockets[0].getsockname()[1]}"


async def test_a_server_that_still_loads_is_told_from_one_that_is_down() -> None:
    async def loads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            writer.write(b"-LOADING server is loading the dataset in memory\r\n")
        writer.close()

    async with listening(loads) as url, connect(url) as client:
        findings = await check(client)

    assert complaints(findings) == [(Level.ERROR, "redis_loading")]


async def test_a_silent_server_is_given_up() -> None:
    attempts = 0

    async def is_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        while await reader.read(65536):
            attempts += 1
        writer.close()

    async with listening(is_silent) as url, connect(url, timeout=0.1) as client:
        findings = await check(client)

    assert complaints(findings) == [(Level.ERROR, "redis_unreachable")]
    assert attempts == 4


async def test_a_command_whose_reply_is_lost_is_sent_again(server: EmbeddedRedis) -> None:
    async with wire_to(server.url) as wire, connect(f"redis://127.0.0.1:{wire.port}") as unlucky:
        await unlucky.ping()
        wire.lose = 1

        assert await unlucky.incr("visits") == 2


async def test_a_restarted_server_costs_nobody_an_error(client: Redis, server: EmbeddedRedis) -> None:
    await asyncio.gather(*(client.set(f"{number}", "approve") for number in range(20)))
    server.kill()
    await server.restart()

    answers = await asyncio.gather(*(client.get(f"{number}") for number in range(20)))

    assert answers == [b"approve"] * 20


async def test_callers_wait_for_a_free_connection(server: EmbeddedRedis) -> None:
    async with connect(server.url, max_connections=2) as client:
        answers = await asyncio.gather(*(client.incr("visits") for _ in range(100)))
        peers = await client.client_list()

    assert sorted(answers) == list(range(1, 101))
    assert [peer["name"] for peer in peers] == ["approvals", "approvals"]


async def test_a_pool_that_stays_full_is_an_error_and_not_a_wait_without_end(
    server: EmbeddedRedis,
) -> None:
    async with connect(server.url, max_connections=1, timeout=0.2) as client:
        pool = client.connection_pool
        held = await pool.get_connection()  # type: ignore[no-untyped-call]  # has no types in redis-py

        with pytest.raises(RedisConnectionError):
            await client.ping()
        await pool.release(held)

        assert await client.ping()


@pytest.mark.parametrize(
    "url",
    [
        f"redis://:{SECRET}/{SECRET}@host:6379",
        f"redis://:{SECRET}#{SECRET}@host:6379",
        f"https://:{SECRET}@host",
        f"redis+sentinel://:{SECRET}@host",
        SECRET,
        "",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadRedisUrl, match="percent-encode") as refusal:
        connect(url)

    assert SECRET not in str(refusal.value)
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        (f"redis://:{SECRET}@host:6379/0", "redis://***@host:6379/0"),
        (f"rediss://bot:{SECRET}@host", "rediss://***@host"),
        (f"redis://bot:{SECRET}@{SECRET}@host", "redis://***@host"),
        (f"redis://:{SECRET}/{SECRET}@host", "redis://***@host"),
        (f"redis://:{SECRET}?{SECRET}@host", "redis://***"),
        (f"redis://host?password={SECRET}@{SECRET}", "redis://***"),
        (f"unix:///run/redis.sock?password={SECRET}", "unix:///run/redis.sock"),
        (SECRET, "***"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert safe_url(url) == shown
