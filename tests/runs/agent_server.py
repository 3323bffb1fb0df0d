"""A real `langgraph dev` server for tests, which may be stopped and started again with its state kept."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from tests.bot_process import free_port
from tests.office import ROOT

START_UP = 60.0  # seconds; it takes about three on an idle machine
QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "1", "LANGSMITH_TRACING": "false"}

EXAMPLES = ("refund", "plan_review", "risky_action")
TRICKY = ("twice", "fragile", "side_by_side", "nested", "breakpoint_", "slow", "then_slow", "typed")


class AgentServer:
    """The development server, on a copy of the graphs: it writes its state where it is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self.payments = folder / "payments.db"
        self._process: asyncio.subprocess.Process | None = None
        _lay_out(folder)

    @staticmethod
    @asynccontextmanager
    async def open(folder: Path) -> AsyncIterator[AgentServer]:
        server = AgentServer(folder)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()

    async def start(self) -> None:
        """Return when it answers; fail with its own words when it ends or takes too long."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *[str(Path(sys.executable).with_name("langgraph")), "dev", "--host", "127.0.0.1"],
                *["--port", self.url.rpartition(":")[2], "--no-browser", "--no-reload"],
                *["--n-jobs-per-worker", "10"],
                cwd=self.folder,
                env={**os.environ, **QUIET, "PAYMENTS_DB": str(self.payments)},
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(START_UP), httpx.AsyncClient() as client:
            while self._process.returncode is None:
                with suppress(httpx.TransportError):  # it does not listen yet
                    if (await client.get(f"{self.url}/ok")).is_success:
                        return
                await asyncio.sleep(0.1)  # between two looks; the deadline above ends them
        raise AssertionError(f"langgraph dev ended:\n{(self.folder / 'server.log').read_text()[-3000:]}")

    async def stop(self) -> None:
        """SIGTERM; the state is on disk when this returns."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            async with asyncio.timeout(30):
                await self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @asynccontextmanager
    async def client(self) -> AsyncIterator[LangGraphClient]:
        """Somebody else who uses this server."""
        async with get_client(url=self.url, api_key=None) as client:
            yield client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def agents(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AgentServer]:
    """One server for all tests of a pytest process; a test that stops it starts it again."""
    async with AgentServer.open(tmp_path_factory.mktemp("agents")) as server:
        yield server


async def asks_elsewhere(client: LangGraphClient, graph: str, goal: str, metadata: dict[str, Any]) -> str:
    """Start a plan as another program would; returns the thread, which waits."""
    thread = await client.threads.create(metadata=metadata)
    await client.runs.wait(thread["thread_id"], graph, input={"goal": goal})
    return thread["thread_id"]


def _lay_out(folder: Path) -> None:
    shutil.copytree(ROOT / "graphs", folder / "graphs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("tricky_graphs.py"), folder)
    graphs = {name: f"./graphs/{name}.py:graph" for name in EXAMPLES}
    graphs |= {name: f"./tricky_graphs.py:{name}" for name in TRICKY}
    (folder / "langgraph.json").write_text(json.dumps({"dependencies": ["."], "graphs": graphs}))
