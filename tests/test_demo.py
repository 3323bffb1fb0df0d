"""`approvals demo` as a newcomer uses it: one process to start, to press in, to kill things in, to stop."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.simulator.card import Card
from bot.simulator.people import RemoteSlack
from tests.office import ROOT

pytestmark = pytest.mark.processes

START_UP = 60.0  # seconds; it takes about four on an idle machine


class Demo:
    """A running demo: what it has printed, which processes it has started."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.printed = ""
        self._more = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None

        async for line in self.process.stdout:
            self.printed += line.decode()
            self._more.set()

    async def until(self, pattern: str, *, times: int = 1, within: float = START_UP) -> str:
        """The group of the pattern, once it was printed so many times."""
        try:
            async with asyncio.timeout(within):
                while len(found := re.findall(pattern, self.printed)) < times:
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            raise AssertionError(f"waited {within} s for {pattern!r}; it printed:\n{self.printed}") from None
        return str(found[times - 1])

    async def url(self) -> str:
        return await self.until(r"Open +(http://\S+)")

    async def until_the_bot_is_ready(self, *, times: int) -> None:
        """It says so in its log, once for every start."""
        log = self.folder / "bot.log"
        async with asyncio.timeout(START_UP):
            while log.read_text().count('"event": "ready"') < times:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)  # between two looks; the deadline above ends them

    async def stop(self, number: signal.Signals) -> int:
        """The exit code."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(START_UP):
            code = await self.process.wait()
        await self._reader
        return code


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Demo]:
    """On free ports; at the end nothing that it started may be left."""
    environ = os.environ | {"APPROVALS_DATA": str(folder), "PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "demo", "--slack-port", "0"),
        cwd=ROOT,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
    )
    running = Demo(process, folder)
    try:
        yield running
    finally:
        started = children(process.pid)
        await running.stop(signal.SIGTERM)
        assert [pid for pid in started if alive(pid)] == []


async def test_a_press_is_recorded_acted_on_and_told_with_its_times(tmp_path: Path) -> None:
    async with demo(tmp_path) as running, RemoteSlack(await running.url()) as slack:
        ana = slack.person("U0ANA")
        card = await pending(slack, "C0REFUNDS")

        await ana.click("Approve", on=card)
        result = await result_of(slack, card, "issued")
        milliseconds = await running.until(r"ana pressed a button: on record after (\d+) ms")

    assert "$500.00" in result.text_shown
    assert int(milliseconds) < 3_000


async def test_ctrl_c_stops_everything_and_what_is_pending_stays_pending(tmp_path: Path) -> None:
    async with demo(tmp_path) as first, RemoteSlack(await first.url()) as slack:
        card = await pending(slack, "C0PLANS")
        started = children(first.process.pid)
        code = await first.stop(signal.SIGINT)
        left = [pid for pid in started if alive(pid)]

    async with demo(tmp_path) as second, RemoteSlack(await second.url()) as slack:
        same = slack.message("C0PLANS", card.ts)
        buttons = same.buttons
        await slack.person("U0ANA").click("Approve", on=same)
        result = await result_of(slack, same, "published")

    assert (code, left) == (0, [])
    assert len(started) == 3
    assert buttons == ["Approve", "Reject", "Revise"]
    assert "Plan published, version 1" in result.text_shown


async def test_a_bot_that_is_killed_is_started_again_and_the_card_still_works(tmp_path: Path) -> None:
    async with demo(tmp_path) as running, RemoteSlack(await running.url()) as slack:
        card = await pending(slack, "C0REFUNDS")
        os.kill(int(await running.until(r"The bot runs as process (\d+)")), signal.SIGKILL)
        again = int(await running.until(r"The bot runs as process (\d+)", times=2))
        await running.until_the_bot_is_ready(times=2)

        await slack.person("U0ANA").click("Approve", on=card)
        result = await result_of(slack, card, "issued")

    assert not alive(again)
    assert "The bot ended with -9; it is started again." in running.printed
    assert "$500.00" in result.text_shown


async def pending(slack: RemoteSlack, channel: str) -> Card:
    return await slack.until_message(lambda m: "Approve" in m.buttons, channel=channel, within=START_UP)


async def result_of(slack: RemoteSlack, card: Card, words: str) -> Card:
    """What the run said in the card's thread. After a kill that waits for the dead process's leases."""
    return await slack.until_message(
        lambda m: words in m.text_shown, channel=card.channel, thread=card, within=START_UP
    )


def children(pid: int) -> list[int]:
    """Processes that this one has started and that are still there."""
    return [child for child, (parent, _) in processes().items() if parent == pid]


def alive(pid: int) -> bool:
    """False also for one that has ended and was not looked after yet."""
    return processes().get(pid, (0, "Z"))[1] != "Z"


def processes() -> dict[int, tuple[int, str]]:
    """Every process: its parent and its state, as https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
            state, parent = text.rpartition(")")[2].split()[:2]
            found[int(entry.name)] = (int(parent), state)
    return found
