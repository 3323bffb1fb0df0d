"""The embedded server: it keeps what it was told, it tells what went wrong, and it never outlives us."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.redis.aio import AsyncRedisSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt

from bot.store import embedded
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis, EmbeddedUnavailable, FolderInUse, StartFailed


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    async with EmbeddedRedis.open(tmp_path) as server, connect(server.url) as client:
        for number in range(100):
            await client.set(f"decision:{number}", "approve")
        url = server.url

        server.kill()
        await server.restart()

        assert await client.dbsize() == 100
        assert (await client.config_get("appendfsync"))["appendfsync"] == "always"
        assert server.url == url


async def test_a_paused_graph_survives_kill_9_with_the_unmodified_saver(tmp_path: Path) -> None:
    def ask(state: MessagesState) -> MessagesState:
        interrupt({"question": "Refund 10.10 to Ana?"})
        return state

    thread = RunnableConfig(configurable={"thread_id": "refund-1"})
    async with EmbeddedRedis.open(tmp_path) as server, connect(server.url) as client:
        saver = AsyncRedisSaver(redis_client=client)
        await saver.asetup()
        graph = StateGraph(MessagesState).add_node("ask", ask).add_edge(START, "ask").compile(saver)
        await graph.ainvoke(MessagesState(messages=[]), thread)

        server.kill()
        await server.restart()
        state = await graph.aget_state(thread)

        assert state.next == ("ask",)
        assert [pause.value for pause in state.interrupts] == [{"question": "Refund 10.10 to Ana?"}]


async def test_two_servers_live_side_by_side(tmp_path: Path) -> None:
    async with (
        EmbeddedRedis.open(tmp_path / "one") as one,
        EmbeddedRedis.open(tmp_path / "two") as two,
        connect(one.url) as first,
        connect(two.url) as second,
    ):
        await first.set("name", "one")

        assert await first.get("name") == b"one"
        assert await second.get("name") is None


async def test_it_is_closed_to_others_and_evicts_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "with a space and é"
    async with EmbeddedRedis.open(folder) as server, connect(server.url) as client:
        settings = await client.config_get("*")

        assert settings["bind"] == "127.0.0.1"
        assert settings["protected-mode"] == "yes"
        assert settings["appendonly"] == "yes"
        assert settings["save"] == ""
        assert settings["maxmemory-policy"] == "noeviction"
        assert settings["dir"] == str(folder)
        assert folder.stat().st_mode & 0o077 == 0


async def test_a_folder_in_use_is_refused_and_names_who_uses_it(tmp_path: Path) -> None:
    async with EmbeddedRedis.open(tmp_path) as server:
        with pytest.raises(FolderInUse) as refusal:
            await EmbeddedRedis(tmp_path).start()

        assert (refusal.value.pid, refusal.value.url) == (server.pid, server.url)
        assert f"process {server.pid} at {server.url}" in str(refusal.value)


async def test_a_folder_is_refused_while_its_server_is_being_started(tmp_path: Path) -> None:
    with embedded._claimed(tmp_path), pytest.raises(FolderInUse, match="being started") as refusal:
        await EmbeddedRedis(tmp_path).start()

    assert (refusal.value.pid, refusal.value.url) == (None, None)


async def test_a_folder_is_free_again_after_kill_9(tmp_path: Path) -> None:
    async with EmbeddedRedis.open(tmp_path) as server:
        server.kill()

        async with EmbeddedRedis.open(tmp_path) as successor:
            assert successor.pid is not None
        assert server.pid is None


async def test_a_server_that_dies_at_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    async with EmbeddedRedis.open(tmp_path) as server, connect(server.url) as client:
        await client.set("decision", "approve")
    (log,) = (tmp_path / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(b"this is no command\r\n" * 100)

    with pytest.raises(StartFailed, match="ended while it started") as failure:
        await server.start()

    assert "Bad file format reading the append only file" in str(failure.value)
    assert "Ready to accept connections" not in str(failure.value)
    assert server.pid is None


async def test_a_given_port_that_is_taken_fails_with_the_reason(tmp_path: Path, taken_port: int) -> None:
    with pytest.raises(StartFailed, match="Address already in use"):
        await EmbeddedRedis(tmp_path, taken_port).start()


async def test_a_free_port_taken_by_another_program_is_chosen_anew(
    tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = iter([taken_port, embedded._free_port()])
    monkeypatch.setattr(embedded, "_free_port", offers.__next__)

    async with EmbeddedRedis.open(tmp_path) as server, connect(server.url) as client:
        assert await client.ping()
        assert not server.url.endswith(f":{taken_port}")


async def test_a_start_that_takes_too_long_is_given_up_and_leaves_no_process(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)

    with pytest.raises(StartFailed, match="not ready within 0 seconds"):
        await server.start(within=0)

    assert server.pid is None


async def test_a_start_that_is_cancelled_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(self: EmbeddedRedis, port: int) -> bool:
        asked.set()
        return False

    asked = asyncio.Event()
    monkeypatch.setattr(EmbeddedRedis, "_answers", never)
    server = EmbeddedRedis(tmp_path)
    start = asyncio.create_task(server.start())
    await asked.wait()
    running = server.pid
    start.cancel()
    await asyncio.wait([start])

    assert running is not None
    assert server.pid is None


async def test_a_server_that_hangs_is_killed_when_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "STOP_WITHIN", 0.1)
    server = EmbeddedRedis(tmp_path)
    await server.start()
    running = server.pid
    assert running is not None
    os.kill(running, signal.SIGSTOP)

    await server.stop()

    assert await server.wait() == -signal.SIGKILL


async def test_whoever_waits_learns_that_the_server_ended(tmp_path: Path) -> None:
    async with EmbeddedRedis.open(tmp_path) as server:
        waiter = asyncio.create_task(server.wait())
        server.kill()

        assert await waiter == -signal.SIGKILL


async def test_stopping_what_does_not_run_is_fine_and_starting_what_runs_is_not(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    await server.stop()
    with pytest.raises(RuntimeError, match="before its first start"):
        _ = server.url
    await server.start()

    with pytest.raises(RuntimeError, match="already runs"):
        await server.start()
    await server.stop()
    await server.stop()

    assert server.pid is None


# A shell that starts the tests in the background lets them, and their children, ignore SIGINT.
PARENT = """
import asyncio, pathlib, signal, sys
from bot.store.embedded import EmbeddedRedis

signal.signal(signal.SIGINT, signal.default_int_handler)

async def main():
    async with EmbeddedRedis.open(pathlib.Path(sys.argv[1])) as server:
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.processes
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_its_parent_however_that_ends(tmp_path: Path, by: signal.Signals) -> None:
    parent = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with parent:
        assert parent.stdout is not None
        server = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(by)
    ended, _, _ = select.select([server], [], [], 10)
    os.close(server)

    assert ended == [server]
    assert "ready to exit" in (tmp_path / "redis.log").read_text()


def test_a_server_started_by_a_passing_thread_outlives_the_thread(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    thread = threading.Thread(target=lambda: asyncio.run(server.start()))
    thread.start()
    thread.join()

    async def ping() -> bool:
        async with connect(server.url) as client:
            return bool(await client.ping())

    assert asyncio.run(ping())
    asyncio.run(server.stop())


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [("platform.machine", "machine", "aarch64"), ("platform.system", "system", "Darwin")],
)
async def test_where_no_server_exists_the_error_says_how_to_start_redis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, name: str, value: str
) -> None:
    monkeypatch.setattr(where, lambda: value)

    with pytest.raises(EmbeddedUnavailable) as failure:
        await EmbeddedRedis(tmp_path / name).start()

    assert (
        "docker run -d --name approvals-redis -p 127.0.0.1:6379:6379 redis:8 \\\n"
        "    redis-server --appendonly yes --appendfsync always" in str(failure.value)
    )
    assert "REDIS_URL=redis://127.0.0.1:6379" in str(failure.value)
    assert not (tmp_path / name).exists()


async def test_missing_wheels_are_as_if_the_platform_had_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)

    with pytest.raises(EmbeddedUnavailable):
        await EmbeddedRedis(tmp_path).start()
