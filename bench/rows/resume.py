"""Start -> card posted, and click -> graph resumed and card updated, with an idle worker."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count

import aiohttp

from bench import clicks
from bench.contestants.agent_server import AgentServer, open_agent_server
from bench.figures import MS, Figure, Target, beside, percentile
from bench.floor import Floor, open_floor
from bench.line import Line
from bench.place import Place, line_to, open_place
from bench.plan import Plan
from bench.process import Process

OURS, FLOOR, SERVER = "ours", "ainvoke on the unmodified AsyncRedisSaver", "langgraph dev"
STARTED, RESUMED = "start -> card posted", "click -> graph resumed and card updated"


@dataclass(slots=True)
class Times:
    """Seconds of each start and each resume of one contestant in one repetition."""

    started: list[float] = field(default_factory=list)
    resumed: list[float] = field(default_factory=list)


async def measure(plan: Plan) -> list[Figure]:
    """One run at a time, so that whoever does the work has nothing else to do."""
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(open_place(plan.folder / "resume"))
        bot = await stack.enter_async_context(place.bot("serve"))
        line = await stack.enter_async_context(line_to(bot))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        floor = await stack.enter_async_context(open_floor(place.redis_url))
        server = await stack.enter_async_context(open_agent_server(plan.folder / "agent_server"))
        await _ours(place, bot, session, line, plan.count(20))
        await _floor(floor, plan.count(20))
        await _server(server, 1)
        found: dict[str, list[Times]] = defaultdict(list)
        for name in plan.turns([OURS, FLOOR, SERVER]):
            match name:
                case "ours":
                    times = await _ours(place, bot, session, line, plan.count(40))
                case "langgraph dev":
                    times = await _server(server, plan.count(5))
                case _:
                    times = await _floor(floor, plan.count(40))
            found[name].append(times)
    return _figures(found)


async def _ours(place: Place, bot: Process, session: aiohttp.ClientSession, line: Line, many: int) -> Times:
    times = Times()
    for _ in range(many):
        began = time.perf_counter()
        thread = await place.start(session, bot)
        card = await place.card(thread)
        times.started.append(card.at - began)
        request = clicks.press(card)
        began = time.perf_counter()
        await line.send(request)
        closed = await place.slack.until(f"closed:{card.ts}")
        times.resumed.append(closed.at - began)
        await place.slack.until(f"result:{thread}")
    return times


NUMBERS = count()


async def _floor(floor: Floor, many: int) -> Times:
    times = Times()
    for _ in range(many):
        thread = f"floor-{next(NUMBERS)}"
        took, interrupt = await floor.start(thread)
        times.started.append(took)
        times.resumed.append(await floor.resume(thread, interrupt))
    return times


async def _server(server: AgentServer, many: int) -> Times:
    times = Times()
    for _ in range(many):
        took, thread, interrupt = await server.start()
        times.started.append(took)
        times.resumed.append(await server.resume(thread, interrupt))
    return times


def _figures(found: dict[str, list[Times]]) -> list[Figure]:
    figures: list[Figure] = []
    for what, part in ((RESUMED, "resumed"), (STARTED, "started")):
        of = {name: [getattr(rep, part) for rep in reps] for name, reps in found.items()}
        for quantile, mark in ((0.5, "p50"), (0.99, "p99")):
            at = {name: [percentile(rep, quantile) * MS for rep in reps] for name, reps in of.items()}
            target = Target(2.5) if quantile == 0.5 else None
            figures.append(beside(f"{what}, {mark}", "ms", at[OURS], FLOOR, at[FLOOR], target))
            if quantile == 0.5:
                figures.append(beside(f"{what}, {mark}", "ms", at[OURS], SERVER, at[SERVER], Target(0.5)))
    return figures
