"""Decisions per second that workers keep up with, beside LangGraph alone on as many processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from statistics import median

import aiohttp

from bench import clicks
from bench.figures import Figure, Target, beside, counted
from bench.line import Line, send_all
from bench.place import Place, line_to, open_place
from bench.plan import Plan
from bench.process import Process
from bench.slack import Seen

AT_ONCE = 10  # tasks in hand, as `approvals worker` has by default
SHARE = 0.6  # of what a worker can do: a steady stream at this rate must not pile up


async def measure(plan: Plan) -> list[Figure]:
    """All clicks are on record before the workers go on: their time is the workers' alone."""
    many = plan.count(300)
    rates: dict[str, list[float]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(open_place(plan.folder / "sustained"))
        web = await stack.enter_async_context(place.bot("serve", "--no-worker"))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        workers = [await stack.enter_async_context(place.bot("worker")) for _ in range(2)]
        await _drained(place, web, session, workers, plan.count(40))
        for name in plan.turns(["1", "2", "floor 1", "floor 2"]):
            processes = int(name[-1])
            if name.startswith("floor"):
                rates[name].append(await _floor(place, processes, many))
            else:
                idle = workers[processes:]
                _all(idle, signal.SIGSTOP)
                rates[name].append(await _drained(place, web, session, workers[:processes], many))
                _all(idle, signal.SIGCONT)
        _all(workers[1:], signal.SIGSTOP)
        steady = median(rates["1"]) * SHARE
        lag = await _streamed(place, web, session, steady, many)
        _all(workers[1:], signal.SIGCONT)
    return [
        *(
            beside(
                f"decisions applied per second, {processes} worker{'s' * (processes > 1)}",
                "1/s",
                rates[str(processes)],
                f"ainvoke alone, {processes} process{'es' * (processes > 1)}, {AT_ONCE} at once",
                rates[f"floor {processes}"],
                Target(SHARE, at_least=True),
                note=f"{many} clicks, each applied once and told",
            )
            for processes in (1, 2)
        ),
        counted(
            f"click -> card updated at {steady:.0f} clicks a second, last third / first third",
            "ratio of medians",
            [lag],
            Target(1.5),
            "1 means that the queue does not grow",
        ),
    ]


def _all(processes: list[Process], number: signal.Signals) -> None:
    for process in processes:
        process.signal(number)


async def _asked(place: Place, web: Process, session: aiohttp.ClientSession, many: int) -> list[Seen]:
    threads = [await place.start(session, web) for _ in range(many)]
    return [await place.card(thread) for thread in threads]


async def _drained(
    place: Place, web: Process, session: aiohttp.ClientSession, workers: list[Process], many: int
) -> float:
    """Decisions per second from the moment the workers go on to the last closed card."""
    cards = await _asked(place, web, session, many)
    _all(workers, signal.SIGSTOP)
    await send_all(web.port, [clicks.press(card) for card in cards], AT_ONCE)
    began = time.perf_counter()
    _all(workers, signal.SIGCONT)
    closed = await asyncio.gather(*(place.slack.until(f"closed:{card.ts}") for card in cards))
    for card in cards:
        await place.slack.until(f"result:{card.claim['thread_id']}")
    return many / (max(seen.at for seen in closed) - began)


async def _streamed(
    place: Place, web: Process, session: aiohttp.ClientSession, rate: float, many: int
) -> float:
    """How much longer a decision takes at the end of a steady stream than at its beginning."""
    cards = await _asked(place, web, session, many)
    began = time.perf_counter()

    async def decide(number: int, card: Seen, line: Line) -> float:
        await asyncio.sleep(began + number / rate - time.perf_counter())
        clicked = time.perf_counter()
        async with line_to(web) as line:
            await line.send(clicks.press(card))
        return (await place.slack.until(f"closed:{card.ts}")).at - clicked

    async with line_to(web) as line:
        took = await asyncio.gather(*(decide(number, card, line) for number, card in enumerate(cards)))
    third = many // 3
    return median(took[-third:]) / median(took[:third])


async def _floor(place: Place, processes: int, many: int) -> float:
    command = [sys.executable, "-m", "bench.floor", str(many // processes), str(AT_ONCE)]
    started = [
        await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | place.environ,
        )
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        await process.stdout.readline()
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
    seconds = [float((await process.communicate())[0]) for process in started]
    return processes * (many // processes) / max(seconds)
