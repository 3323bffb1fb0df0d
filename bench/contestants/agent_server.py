"""The same graph behind `langgraph dev`, LangGraph's development server, spoken to through its client."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from bench.floor import ANSWER
from bench.process import free_port, start

GRAPH = Path(__file__).parents[1] / "graph"
QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "1", "LANGSMITH_TRACING": "false"}


class AgentServer:
    """A run there, started and resumed with the calls its documentation shows."""

    def __init__(self, client: LangGraphClient) -> None:
        self._client = client

    async def start(self) -> tuple[float, str, str]:
        """Seconds until it asks, its thread, and the id of its question."""
        thread = str((await self._client.threads.create())["thread_id"])
        began = time.perf_counter()
        state: Any = await self._client.runs.wait(thread, "bench", input={"goal": "the move"})
        return time.perf_counter() - began, thread, state["__interrupt__"][0]["id"]

    async def resume(self, thread: str, interrupt: str) -> float:
        """Seconds until it ended."""
        began = time.perf_counter()
        await self._client.runs.wait(thread, "bench", command={"resume": {interrupt: ANSWER}})
        return time.perf_counter() - began


@asynccontextmanager
async def open_agent_server(folder: Path) -> AsyncIterator[AgentServer]:
    """On a copy of the graph, because the server writes its state where it is started."""
    shutil.copytree(GRAPH, folder, ignore=shutil.ignore_patterns("__pycache__"))
    port = free_port()
    command = [str(Path(sys.executable).with_name("langgraph")), "dev", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-browser", "--no-reload", "--n-jobs-per-worker", "10"]
    process = await start(command, folder / "server.log", QUIET, port=port, cwd=folder)
    try:
        await process.until_ready("/ok")
        async with get_client(url=f"http://127.0.0.1:{port}") as client:
            yield AgentServer(client)
    finally:
        await process.end()
