"""Several web processes on one port: one product to whoever calls it, one life and one end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest_asyncio

from tests.bot_process import PATIENCE
from tests.office import Bot, Company


@pytest_asyncio.fixture(loop_scope="session")
async def two(company: Company, tmp_path: Path) -> AsyncIterator[Bot]:
    """`approvals serve --processes 2` on the company's Redis."""
    bot = Bot(company.environ, tmp_path, "serve", "--no-worker", "--processes", "2")
    try:
        await bot.start()
        await _until(lambda: bot.log.read_text().count("slack/events") == 2)
        yield bot
    finally:
        await bot.stop()


async def test_the_same_click_at_both_is_one_vote_and_either_tells_what_both_have_counted(
    company: Company, two: Bot
) -> None:
    card = await company.refund("both-doors-1")
    payload = await company.slack.person("U0ANA").click_payload("Approve", on=card)

    answers = await asyncio.gather(*(company.deliver(payload, two) for _ in range(12)))
    await company.closed(card, "Approved by @Ana")
    await company.result(card)

    assert answers == [200] * 12
    assert company.refunds("both-doors-1") == 1
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]
    # Each on a connection of its own, so that the kernel chooses between the two.
    assert {await _votes(two) for _ in range(12)} == {12}


async def test_when_one_ends_by_itself_all_end_and_say_so(two: Bot) -> None:
    one, *others = _children(two)

    os.kill(one, signal.SIGKILL)

    assert await two.ended(PATIENCE * 2) == 1
    assert not any(_lives(process) for process in others)
    await two.until_logged("One of the web processes ended")


async def test_when_the_first_process_is_killed_none_is_left_behind(two: Bot) -> None:
    children = _children(two)

    os.kill(two.pid, signal.SIGKILL)

    await _until(lambda: not any(_lives(process) for process in children))


async def test_a_port_that_another_program_has_is_named_at_once(company: Company, tmp_path: Path) -> None:
    bot = Bot(company.environ, tmp_path, "serve", "--no-worker", "--processes", "2")
    other = await asyncio.start_server(lambda *_: None, "127.0.0.1", bot.port, reuse_port=True)
    async with other:
        await bot.start(ready=False)

        assert await bot.ended() == 1
        await bot.until_logged("Cannot listen on", str(bot.port))


async def _until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE * 2
    while not what():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def _votes(bot: Bot) -> int:
    """All gestures, as one of the processes tells."""
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/metrics") as answer:
        counts = re.findall(r"^approvals_votes_total\{.*\} (\S+)$", await answer.text(), re.MULTILINE)
    return round(sum(map(float, counts)))


def _children(bot: Bot) -> list[int]:
    """https://man7.org/linux/man-pages/man5/proc_pid_task.5.html"""
    text = Path(f"/proc/{bot.pid}/task/{bot.pid}/children").read_text()
    return [int(process) for process in text.split()]


def _lives(process: int) -> bool:
    """A process that ended and was not asked for its status is dead."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return not re.search(r"^State:\s+Z", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    return False
