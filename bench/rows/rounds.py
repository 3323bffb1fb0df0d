"""Two hundred rounds of Revise on one thread: the last must not cost more than the tenth."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median

import aiohttp

from bench import clicks
from bench.figures import MS, Figure, Target, beside
from bench.line import Line
from bench.place import Place, line_to, open_place
from bench.plan import Plan
from bench.process import Process
from bench.rows.memory import QUEUE, weighed

QUARTERS = 4
ROUNDS = 50  # in each
WORDS = ("Please say who pays, and when. " * 40)[:900]


@dataclass(frozen=True, slots=True)
class Course:
    """Seconds of each round, and the bytes in Redis after some of them."""

    times: tuple[float, ...]
    bytes_after: dict[int, int]


async def measure(plan: Plan) -> list[Figure]:
    """Each repetition is a thread of its own; the state grows by 900 bytes a round, as an agent's does."""
    many = QUARTERS * plan.count(ROUNDS, 10)
    courses: list[Course] = []
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(open_place(plan.folder / "rounds"))
        bot = await stack.enter_async_context(place.bot("serve"))
        line = await stack.enter_async_context(line_to(bot))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        for _ in range(plan.reps):
            courses.append(await _course(place, bot, session, line, many))
    return _figures(courses, many)


async def _course(
    place: Place, bot: Process, session: aiohttp.ClientSession, line: Line, many: int
) -> Course:
    card = await place.card(await place.start(session, bot))
    times: list[float] = []
    sizes = {0: await _size(place)}
    for number in range(1, many + 1):
        request = clicks.sends_back(card, WORDS)
        began = time.perf_counter()
        await line.send(request)
        card = await place.card(card.claim["thread_id"], number + 1)
        times.append(card.at - began)
        if number % (many // QUARTERS) == 0:
            sizes[number] = await _size(place)
    return Course(tuple(times), sizes)


async def _size(place: Place) -> int:
    sizes = await weighed(place)
    return sizes.total() - sizes[QUEUE]


def _figures(courses: list[Course], many: int) -> list[Figure]:
    early = [median(course.times[5:15]) * MS for course in courses]
    late = [median(course.times[-10:]) * MS for course in courses]
    quarter = many // QUARTERS
    first = [(course.bytes_after[quarter] - course.bytes_after[0]) / quarter for course in courses]
    last = [(course.bytes_after[many] - course.bytes_after[3 * quarter]) / quarter for course in courses]
    growth = "linear growth is 1: each card, its record and its feedback stay"
    return [
        beside(
            f"feedback -> next card, rounds {many - 9}-{many}", "ms", late, "rounds 6-15", early, Target(1.5)
        ),
        beside(
            "Redis growth per round, last quarter",
            "bytes",
            last,
            "first quarter",
            first,
            Target(1.2),
            note=growth,
        ),
    ]
