"""The example of docs/idempotency.md, killed after the money has moved and before anybody knew."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from bot.store.embedded import EmbeddedRedis
from tests.bot_process import free_port
from tests.redis_fixture import redis_server  # noqa: F401 (a fixture is used by its name)

ROOT = Path(__file__).parent.parent

# One process of some LangGraph host: start and approve, or go on after the crash.
HOST = """
import asyncio, os, sys
from langgraph.types import Command
from bot.runs.checkpointer import ApprovalsSaver
from bot.store.connection import connect
import payout

async def main():
    async with connect(os.environ["REDIS"]) as client:
        saver = ApprovalsSaver(client)
        await saver.asetup()
        graph = payout.graph.copy(update={"checkpointer": saver})
        config = {"configurable": {"thread_id": os.environ["THREAD"]}}
        given = {"invoice": "inv-7", "cents": 1250}
        if sys.argv[1] == "start":
            asked = await graph.ainvoke(given, config, durability="sync")
            answer = Command(resume={asked["__interrupt__"][0].id: sys.argv[2] == "yes"})
        else:
            answer = None
        print((await graph.ainvoke(answer, config, durability="sync"))["result"])

asyncio.run(main())
"""


@dataclass
class Payouts:
    """A service that, like Stripe, pays once for each key. It can kill who called before it answers."""

    paid: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    kill_after_paying: bool = False
    caller: asyncio.subprocess.Process | None = None

    async def pay(self, request: web.Request) -> web.Response:
        self.calls += 1
        paid = self.paid.setdefault(request.headers["Idempotency-Key"], f"po_{len(self.paid) + 1}")
        if self.kill_after_paying and self.caller is not None:
            self.kill_after_paying = False
            os.kill(self.caller.pid, signal.SIGKILL)
        return web.json_response({"id": paid})


@asynccontextmanager
async def opened(payouts: Payouts) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/payouts", payouts.pay)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/payouts"
    finally:
        await runner.cleanup()


async def host(folder: Path, payouts: Payouts, environ: dict[str, str], *said: str) -> tuple[int, str]:
    """Run one process to its end; its exit code and what it printed."""
    payouts.caller = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOST, *said),
        env=dict(os.environ) | environ | {"PYTHONPATH": f"{folder}:{ROOT}", "NO_PROXY": "127.0.0.1"},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await payouts.caller.communicate()
    return payouts.caller.returncode or 0, printed.decode().strip()


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The folder that holds the document's example as a module."""
    document = (ROOT / "docs/idempotency.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    (tmp_path / "payout.py").write_text(code)
    return tmp_path


@pytest.mark.processes
async def test_a_payout_whose_process_died_after_it_is_paid_once(
    example: Path,
    redis_server: EmbeddedRedis,  # noqa: F811 (pytest hands it in)
) -> None:
    payouts = Payouts(kill_after_paying=True)
    async with opened(payouts) as url:
        environ = {"REDIS": redis_server.url, "THREAD": example.name, "PAYOUTS_URL": url}
        killed, _ = await host(example, payouts, environ, "start", "yes")
        code, said = await host(example, payouts, environ, "go on")

    assert (killed, code, said) == (-signal.SIGKILL, 0, "Payout po_1")
    assert payouts.calls == 2
    assert payouts.paid == {f"{example.name}/payout/inv-7": "po_1"}


@pytest.mark.processes
async def test_a_payout_that_was_refused_is_not_paid(
    example: Path,
    redis_server: EmbeddedRedis,  # noqa: F811 (pytest hands it in)
) -> None:
    payouts = Payouts()
    async with opened(payouts) as url:
        environ = {"REDIS": redis_server.url, "THREAD": example.name, "PAYOUTS_URL": url}
        code, said = await host(example, payouts, environ, "start", "no")

    assert (code, said, payouts.calls) == (0, "Nothing was paid", 0)
