"""Clicks per second, and the slowest hundredth, with several web processes on one port for each."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import AsyncExitStack
from itertools import count

from bench.figures import MS, Figure, Target, beside, percentile
from bench.line import Sent
from bench.place import open_place
from bench.plan import Plan
from bench.rows.ack import BOLT, FLOOR, MANY, OURS, send

PROCESSES = 2


async def measure(plan: Plan) -> list[Figure]:
    """As `ack`. All are started before, and idle while others answer."""
    crowd: dict[str, list[Sent]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(open_place(plan.folder / "processes"))
        many = str(PROCESSES)
        servers = {
            OURS: await stack.enter_async_context(place.bot("serve", "--no-worker", "--processes", many)),
            BOLT: await stack.enter_async_context(
                place.rival("bench.contestants.stock_bolt", processes=PROCESSES)
            ),
            FLOOR: await stack.enter_async_context(
                place.rival("bench.contestants.bare", processes=PROCESSES)
            ),
        }
        for server in servers.values():
            await server.until_listening(PROCESSES)
        numbers = count()
        for server in servers.values():
            await send(place, server, numbers, plan.count(100), MANY)
        for name in plan.turns(list(servers)):
            crowd[name].append(await send(place, servers[name], numbers, plan.count(960), MANY))
    return _figures(crowd)


def _figures(crowd: dict[str, list[Sent]]) -> list[Figure]:
    rates = {name: [sent.rate for sent in runs] for name, runs in crowd.items()}
    slowest = {name: [percentile(sent.times, 0.99) * MS for sent in runs] for name, runs in crowd.items()}
    what = f"{MANY} connections, {PROCESSES} web processes each"
    note = f"{os.cpu_count()} cores, of which the sender takes one and Redis a part of the other"
    return [
        beside(
            f"clicks per second, {what}",
            "1/s",
            rates[OURS],
            BOLT,
            rates[BOLT],
            Target(1.5, at_least=True),
            note=note,
        ),
        beside(
            f"click -> ack, p99, {what}", "ms", slowest[OURS], FLOOR, slowest[FLOOR], Target(3), note=note
        ),
        beside(f"clicks per second, {what}", "1/s", rates[OURS], FLOOR, rates[FLOOR]),
    ]
