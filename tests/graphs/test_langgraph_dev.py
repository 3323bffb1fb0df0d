"""The refund graph on the real `langgraph dev` server, driven through its client."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client

from graphs import payments

REPO = Path(__file__).parents[2]
START_UP = 60.0  # seconds; it takes about three on an idle machine
SHUT_DOWN = 15.0
QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "1", "LANGSMITH_TRACING": "false"}


@pytest.mark.processes
async def test_refund_is_asked_answered_and_paid_on_langgraph_dev(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"order_id": "A-17", "amount_cents": 50000, "customer": "ada@example.com"}
    async with agent_server(tmp_path) as url, get_client(url=url) as client:
        thread_id = (await client.threads.create())["thread_id"]
        await client.runs.wait(thread_id, "refund", input=asked)
        (question,) = (await client.threads.get_state(thread_id))["interrupts"]
        unpaid = payments.refunds()
        end: Any = await client.runs.wait(
            thread_id, "refund", command={"resume": {question["id"]: True}}, multitask_strategy="reject"
        )

    (paid,) = payments.refunds()
    assert question["value"]["title"] == "Refund $500.00 to ada@example.com"
    assert unpaid == []
    assert end["result"] == f"Refund {paid.id} issued, $500.00"
    assert paid.key == f"{thread_id}/A-17"


@asynccontextmanager
async def agent_server(folder: Path) -> AsyncIterator[str]:
    """The development server on a copy of the graphs, because it writes its state where it is started."""
    shutil.copytree(REPO / "graphs", folder / "graphs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPO / "langgraph.json", folder)
    port, log = free_port(), folder / "server.log"
    with log.open("wb") as output:
        server = await asyncio.create_subprocess_exec(
            *[str(Path(sys.executable).with_name("langgraph")), "dev", "--host", "127.0.0.1"],
            *["--port", str(port), "--no-browser", "--no-reload", "--n-jobs-per-worker", "10"],
            cwd=folder,
            env={**os.environ, **QUIET},
            stdout=output,
            stderr=output,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        await answering(url, server, log)
        yield url
    finally:
        await stopped(server)


async def answering(url: str, server: asyncio.subprocess.Process, log: Path) -> None:
    """Return when the server answers; fail with its own words when it ends or takes too long."""
    async with asyncio.timeout(START_UP), httpx.AsyncClient() as client:
        while server.returncode is None:
            with suppress(httpx.TransportError):  # it does not listen yet
                if (await client.get(f"{url}/ok")).is_success:
                    return
            await asyncio.sleep(0.1)  # between two looks; the deadline above ends them
    pytest.fail(f"langgraph dev ended with {server.returncode}:\n{tail(log)}")


def tail(log: Path) -> str:
    """The end of the server's log."""
    return log.read_text()[-3000:]


async def stopped(server: asyncio.subprocess.Process) -> None:
    """Ask the server to end, and end it if it does not."""
    if server.returncode is None:
        server.terminate()
        try:
            await asyncio.wait_for(server.wait(), SHUT_DOWN)
        except TimeoutError:
            server.kill()
            await server.wait()


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
