"""Processor time of one start and of one decision, for each part: what `docs/scale.md` reckons with."""

from __future__ import annotations

from collections import defaultdict
from contextlib import AsyncExitStack

import aiohttp

from bench import clicks
from bench.figures import MS, Figure, counted
from bench.line import send_all
from bench.place import Place, open_place
from bench.plan import Plan
from bench.process import Process

Used = dict[str, float]


async def measure(plan: Plan) -> list[Figure]:
    """Processor time, not duration: it does not depend on who else is at work."""
    many = plan.count(200)
    found: dict[str, list[float]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(open_place(plan.folder / "units"))
        web = await stack.enter_async_context(place.bot("serve", "--no-worker"))
        worker = await stack.enter_async_context(place.bot("worker"))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await _round(place, web, worker, session, plan.count(50))
        for _ in range(plan.reps):
            for what, seconds in (await _round(place, web, worker, session, many)).items():
                found[what].append(seconds / many * MS)
    return [counted(what, "ms of a core", values, None) for what, values in found.items()]


async def _round(
    place: Place, web: Process, worker: Process, session: aiohttp.ClientSession, many: int
) -> Used:
    before = await _used(place, web, worker)
    cards = [await place.card(await place.start(session, web)) for _ in range(many)]
    started = await _used(place, web, worker)
    await send_all(web.port, [clicks.press(card) for card in cards], 10)
    for card in cards:
        await place.slack.until(f"closed:{card.ts}")
        await place.slack.until(f"result:{card.claim['thread_id']}")
    decided = await _used(place, web, worker)
    return {f"start -> card, {part}": started[part] - before[part] for part in started} | {
        f"click -> result told, {part}": decided[part] - started[part] for part in decided
    }


async def _used(place: Place, web: Process, worker: Process) -> Used:
    info = await place.redis.info("cpu")
    redis = float(info["used_cpu_user_main_thread"]) + float(info["used_cpu_sys_main_thread"])
    return {"web": web.cpu, "worker": worker.cpu, "Redis": redis}
