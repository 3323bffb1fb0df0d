"""From nothing to ready, and the memory then: beside a process that only imports what we stand on."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import defaultdict

from bench.figures import Figure, Target, beside
from bench.place import Place, open_place
from bench.plan import Plan
from bench.process import start

FLOOR = "import langgraph, slack_bolt, redis"
IMPORTS = (
    "import langgraph.graph, slack_bolt.async_app, redis.asyncio; print(open('/proc/self/status').read())"
)
OURS = {"serve": ("serve", "--no-worker"), "worker": ("worker",)}
Found = dict[str, list[float]]


async def measure(plan: Plan) -> list[Figure]:
    """Files are in the page cache for all: the first round is not counted."""
    seconds: Found = defaultdict(list)
    mebibytes: Found = defaultdict(list)
    async with open_place(plan.folder / "cold") as place:
        for name in (*OURS, FLOOR):
            await _started(place, name)
        for name in plan.turns([*OURS, FLOOR]):
            took, resident = await _started(place, name)
            seconds[name].append(took)
            mebibytes[name].append(resident)
    return [
        beside(f"{what}, `approvals {name}`", unit, found[name], FLOOR, found[FLOOR], Target(1.5))
        for what, unit, found in (
            ("cold start to /readyz", "s", seconds),
            ("resident memory when ready", "MiB", mebibytes),
        )
        for name in OURS
    ]


async def _started(place: Place, name: str) -> tuple[float, float]:
    return await (_floor() if name == FLOOR else _ours(place, name))


async def _ours(place: Place, name: str) -> tuple[float, float]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot.cli", *OURS[name]]
    process = await start(command, place.folder / f"{name}.log", place.environ)
    try:
        await process.until_ready("/readyz")
        return time.perf_counter() - began, process.resident
    finally:
        await process.end()


async def _floor() -> tuple[float, float]:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", IMPORTS, stdout=asyncio.subprocess.PIPE, env=os.environ
    )
    status, _ = await process.communicate()
    took = time.perf_counter() - began
    resident = next(line for line in status.decode().splitlines() if line.startswith("VmRSS"))
    return took, int(resident.split()[1]) / 1024
