"""`approvals demo`: a local Slack, an embedded Redis, the bot and one run of each example, in one command."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from bot.config import Settings
from bot.core.problem import Problem
from bot.place import open_redis
from bot.store.embedded import bound_to_parent

# The local Slack's own defaults; they open nothing but it.
TOKENS = {
    "SLACK_BOT_TOKEN": "xoxb-demo",
    "SLACK_SIGNING_SECRET": "demo-signing-secret",
    "APPROVALS_API_TOKEN": "demo-api-token",
    "APPROVALS_AUDIT_KEY": "demo-audit-key",
}

EXAMPLES: tuple[tuple[str, str, Mapping[str, object]], ...] = (
    (
        "refund",
        "U0CAT",
        {
            "order_id": "order-1042",
            "amount_cents": 50_000,
            "currency": "USD",
            "customer": "ada@example.com",
            "reason": "The parcel arrived damaged.",
        },
    ),
    ("plan_review", "U0BEN", {"goal": "Announce the new price list", "audience": "existing customers"}),
    ("risky_action", "U0ANA", {"service": "billing", "risk": "high"}),
)


class DemoFailed(Problem):
    """A part of the demo did not come up; the message says which, and where its log is."""


async def demo(settings: Settings, *, slack_port: int = 4500) -> None:
    """Run until Ctrl-C; everything started here is stopped at the end."""
    playing = asyncio.create_task(_play(settings, slack_port))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, playing.cancel)
    with suppress(asyncio.CancelledError):
        await playing


async def _play(settings: Settings, slack_port: int) -> None:
    began = float(os.environ.get("DEMO_BEGAN", time.time()))  # `make demo` says when it was typed
    data = settings.data
    data.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(open_redis(settings))
        bot = f"http://127.0.0.1:{_free(settings.port)}"
        slack = f"http://127.0.0.1:{_free(slack_port)}"
        await stack.enter_async_context(_slack(slack, bot, data))
        environ = os.environ | TOKENS | _places(bot, slack, redis, data)
        supervised = asyncio.create_task(_keep_running(environ, data / "bot.log"))
        stack.push_async_callback(_end, supervised)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await _until_up(session, f"{bot}/readyz", data / "bot.log")
        for number, (graph, requester, given) in enumerate(EXAMPLES, 1):
            await _start(session, bot, graph, requester, given, f"demo-{number}-{graph}-0001")
        print(WELCOME.format(url=slack, seconds=time.time() - began, log=data / "bot.log"), flush=True)
        await _tell_what_people_do(session, slack)


WELCOME = """
  Open  {url}

  Three runs wait for a decision in the channels on the left. You are Ana; switch to Ben or Cat at the
  top. Press Approve, Reject or Revise, reply in a card's thread, or type /approvals.
  Ready in {seconds:.1f} s. The bot's log: {log}. Ctrl-C stops everything; what is pending stays pending.
"""


def _free(port: int) -> int:
    """This port if it is free, else any."""
    for wanted in (port, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", wanted))
            return int(probe.getsockname()[1])
    raise DemoFailed("no free port on this machine")


def _places(bot: str, slack: str, redis: str, data: Path) -> dict[str, str]:
    return {
        "SLACK_API_URL": f"{slack}/api/",
        "REDIS_URL": redis,
        "APPROVALS_CHANNEL": "C0OPS",
        "HOST": "127.0.0.1",
        "PORT": bot.rpartition(":")[2],
        "PAYMENTS_DB": str(data / "payments.db"),
        "ACTIONS_DB": str(data / "actions.db"),
    }


@asynccontextmanager
async def _slack(url: str, bot: str, data: Path) -> AsyncIterator[None]:
    """The local Slack as a process of its own, so that the bot meets it over HTTP alone."""
    command = [*bound_to_parent(), sys.executable, "-m", "bot.simulator", "--port", url.rpartition(":")[2]]
    command += ["--events-url", f"{bot}/slack/events", "--data", str(data / "slack.json")]
    with (data / "slack.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=log, stderr=log, start_new_session=True
        )
    try:
        async with aiohttp.ClientSession() as session:
            await _until_up(session, url, data / "slack.log")
        yield
    finally:
        await _stop(process)


async def _keep_running(environ: Mapping[str, str], log: Path) -> None:
    """The bot with its worker; if it is killed it is started again, as any supervisor would."""
    while True:
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *(*bound_to_parent(), sys.executable, "-m", "bot.cli", "serve"),
                env=environ,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        print(f"  The bot runs as process {process.pid}; kill -9 it if you like.", flush=True)
        try:
            code = await process.wait()
        finally:
            await _stop(process)
        print(f"  The bot ended with {code}; it is started again.", flush=True)
        await asyncio.sleep(0.5)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _until_up(session: aiohttp.ClientSession, url: str, log: Path, within: float = 60.0) -> None:
    deadline = time.perf_counter() + within
    while time.perf_counter() < deadline:
        with suppress(aiohttp.ClientError):
            async with session.get(url) as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.05)
    raise DemoFailed(f"{url} did not come up within {within:.0f} s; see {log}")


async def _start(
    session: aiohttp.ClientSession,
    bot: str,
    graph: str,
    requester: str,
    given: Mapping[str, object],
    thread_id: str,
) -> None:
    """Start one example; a thread id that is known already is the run from last time."""
    body = {"graph": graph, "input": given, "requester": requester, "thread_id": thread_id}
    headers = {"Authorization": f"Bearer {TOKENS['APPROVALS_API_TOKEN']}"}
    async with session.post(f"{bot}/api/runs", json=body, headers=headers) as answer:
        if answer.status != 202:
            raise DemoFailed(f"{graph} did not start: {await answer.text()}")


async def _tell_what_people_do(session: aiohttp.ClientSession, slack: str) -> None:
    """Print how long each press took until it was on record, and until its card had changed."""
    told: set[float] = set()
    async with session.ws_connect(f"{slack}/control/feed", heartbeat=30) as feed:
        async for _ in feed:
            presses = await _log(session, slack, kind="interaction")
            updates = await _log(session, slack, name="chat.update")
            for press in presses:
                line = _line(press, updates)
                if line is not None and press["at"] not in told:
                    told.add(press["at"])
                    print(line, flush=True)


async def _log(session: aiohttp.ClientSession, slack: str, **wanted: str) -> list[dict[str, Any]]:
    async with session.get(f"{slack}/control/log", params=wanted) as answer:
        entries: list[dict[str, Any]] = (await answer.json())["entries"]
        return entries


def _line(press: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]) -> str | None:
    """One press and the first change of its card after it; None while that is still to come."""
    ts = (press["args"].get("container") or {}).get("message_ts")
    ends = [u["at"] + u["took"] for u in updates if u["args"].get("ts") == ts and u["at"] >= press["at"]]
    if not ts or not ends:
        return None
    acked, updated = press["took"] * 1000, (min(ends) - press["at"]) * 1000
    who = (press["args"].get("user") or {}).get("username", "someone")
    return f"  {who} pressed a button: on record after {acked:.0f} ms, card changed after {updated:.0f} ms"
