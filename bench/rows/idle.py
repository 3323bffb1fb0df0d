"""What bot and worker cost while nobody asks anything: Redis commands and processor time."""

from __future__ import annotations

import asyncio

from bench.figures import Figure, Target, counted
from bench.monitor import counting
from bench.place import open_place
from bench.plan import Plan

WATCHED = 10.0  # seconds, two rounds of the reconciler


async def measure(plan: Plan) -> list[Figure]:
    """`approvals serve --no-worker` and `approvals worker`, left alone."""
    rates: list[float] = []
    shares: list[float] = []
    async with (
        open_place(plan.folder / "idle") as place,
        place.bot("serve", "--no-worker") as web,
        place.bot("worker") as worker,
    ):
        await asyncio.sleep(2.0 * plan.scale)  # what the start itself brings is over
        for _ in range(plan.reps):
            used = web.cpu + worker.cpu
            async with counting(place.redis) as count:
                await asyncio.sleep(WATCHED * plan.scale)
            rates.append(count.rate)
            shares.append((web.cpu + worker.cpu - used) / count.seconds * 100)
            parts = ", ".join(f"{part} {number / count.seconds:.1f}" for part, number in count.parts.items())
    return [
        counted("idle bot + worker: Redis commands", "1/s", rates, Target(20), parts),
        counted("idle bot + worker: processor", "% of a core", shares, Target(1)),
    ]
