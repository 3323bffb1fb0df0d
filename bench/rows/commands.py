"""Redis commands and round trips of a click and of a resume: counted, not timed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count

import aiohttp

from bench import clicks
from bench.figures import Figure, Target, beside, counted
from bench.floor import Floor, open_floor
from bench.line import Line
from bench.monitor import Count, counting
from bench.place import Place, line_to, open_place
from bench.plan import Plan
from bench.slack import Seen
from bot.app import open_parts
from bot.approvals.driving import drive
from bot.approvals.starting import start
from bot.approvals.voting import vote
from bot.approvals.world import World
from bot.core.model import Click, Source, Verdict
from tests.store.proxy import Wire, wire_to

NUMBERS = count()
IDLE = 5.0


async def measure(plan: Plan) -> list[Figure]:
    """The same few runs, step by step in this process, then from click to result through the real one."""
    many = plan.count(20)
    async with open_place(plan.folder / "steps") as place:
        steps = await _in_steps(place, many)
    async with open_place(plan.folder / "whole") as place:
        whole, idle = await _whole(place, many, IDLE * plan.scale)
        floor, floor_trips = await _floor(place, many)
    saver = floor.total / many
    beyond = (whole.total - idle.rate * whole.seconds) / many - saver
    return [
        counted("click: Redis round trips", "1", [steps.vote_trips / many], Target(3)),
        counted("click: Redis commands", "1", [steps.vote.total / many], None, _said(steps.vote, many)),
        counted(
            "resume: commands beyond the saver's own",
            "1",
            [steps.drive.total / many - saver],
            Target(12),
            f"{_said(steps.drive, many)}; the unmodified saver alone: {saver:.0f}",
        ),
        beside(
            "resume: Redis round trips in all",
            "1",
            [steps.drive_trips / many],
            "ainvoke on the unmodified AsyncRedisSaver",
            [floor_trips / many],
        ),
        counted(
            "click to result told, queue and cards included: commands beyond the saver's own",
            "1",
            [beyond],
            None,
            f"{_said(whole, many)}; {idle.rate:.0f} a second that the idle product sends are taken off",
        ),
    ]


class Steps:
    """The counts of each step."""

    def __init__(self) -> None:
        self.vote, self.drive = Count(), Count()
        self.vote_trips = self.drive_trips = 0


async def _in_steps(place: Place, many: int) -> Steps:
    steps = Steps()
    async with wire_to(place.redis_url) as wire:
        url = f"redis://127.0.0.1:{wire.port}"
        async with open_parts(replace(place.settings, redis_url=url)) as parts:
            await _one(place, wire, parts.world, Steps())  # the first of all also brings the scripts
            for _ in range(many):
                await _one(place, wire, parts.world, steps)
    return steps


async def _one(place: Place, wire: Wire, world: World, steps: Steps) -> None:
    run = await start(world, "bench", {"goal": "the move"}, channel="C0BENCH000000")
    await drive(world, run.thread_id)
    (approval_id,) = (await world.store.of_thread(run.thread_id)).values()
    click = Click(
        id=f"click-{next(NUMBERS)}",
        user="U0ANA",
        verdict=Verdict.APPROVE,
        approval_id=approval_id,
        revision=1,
        source=Source.BUTTON,
        app="A0BENCH",
        team="T0BENCH",
        user_team="T0BENCH",
        channel="C0BENCH000000",
        message_ts=None,
    )
    before = wire.round_trips
    async with counting(place.redis) as voted:
        outcome = await vote(world, click)
    assert outcome.recorded, outcome
    steps.vote_trips += wire.round_trips - before
    steps.vote.parts += voted.parts
    before = wire.round_trips
    async with counting(place.redis) as driven:
        await drive(world, run.thread_id)
    steps.drive_trips += wire.round_trips - before
    steps.drive.parts += driven.parts


async def _whole(place: Place, many: int, idle_for: float) -> tuple[Count, Count]:
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(place.bot("serve"))
        line = await stack.enter_async_context(line_to(bot))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        threads = [await place.start(session, bot) for _ in range(many + 1)]
        cards = [await place.card(thread) for thread in threads]
        await _decide(place, line, threads[0], cards[0])
        async with counting(place.redis) as idle:
            await asyncio.sleep(idle_for)
        async with counting(place.redis) as whole:
            for thread, card in zip(threads[1:], cards[1:], strict=True):
                await _decide(place, line, thread, card)
    return whole, idle


async def _decide(place: Place, line: Line, thread: str, card: Seen) -> None:
    await line.send(clicks.press(card))
    await place.slack.until(f"closed:{card.ts}")
    await place.slack.until(f"result:{thread}")


async def _floor(place: Place, many: int) -> tuple[Count, int]:
    async with wire_to(place.redis_url) as wire, open_floor(f"redis://127.0.0.1:{wire.port}") as floor:
        asked = [await _started(floor) for _ in range(many)]
        before = wire.round_trips
        async with counting(place.redis) as count:
            for thread, interrupt in asked:
                await floor.resume(thread, interrupt)
        return count, wire.round_trips - before


async def _started(floor: Floor) -> tuple[str, str]:
    thread = f"floor-{next(NUMBERS)}"
    return thread, (await floor.start(thread))[1]


def _said(count: Count, many: int) -> str:
    return ", ".join(f"{part} {number / many:.1f}" for part, number in count.parts.most_common())
