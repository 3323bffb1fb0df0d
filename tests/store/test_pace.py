"""One post a second and channel, however many processes post."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from redis.asyncio import Redis

from bot.ports import Pace
from bot.store.pace import RedisPace
from tests.fakes import Clock, FakePace
from tests.store.conftest import both


@both
def pace(request: pytest.FixtureRequest) -> Pace:
    return FakePace() if request.param == "memory" else RedisPace(request.getfixturevalue("client"))


async def test_the_first_post_goes_at_once_and_the_next_ones_a_second_apart(pace: Pace) -> None:
    waits = [await pace.reserve("C1", f"m{n}") for n in range(4)]

    assert waits[0] == 0
    assert [pytest.approx(wait, abs=0.5) for wait in waits] == [0, 1, 2, 3]


async def test_channels_do_not_wait_for_each_other(pace: Pace) -> None:
    waits = [await pace.reserve(channel, "m") for channel in ("C1", "C2", "C3")]

    assert waits == [0, 0, 0]


async def test_processes_share_one_pace(client: Redis) -> None:
    one, other = RedisPace(client), RedisPace(client)

    waits = sorted(
        await asyncio.gather(*(pace.reserve("C1", f"m{n}") for n, pace in enumerate((one, other) * 5)))
    )

    assert waits[0] == 0
    assert all(later - earlier > 0.5 for earlier, later in pairwise(waits))


async def test_a_burst_may_skip_the_wait_and_pays_for_it_after(client: Redis) -> None:
    pace = RedisPace(client, every=10.0, burst=3)

    waits = [await pace.reserve("C1", f"m{n}") for n in range(5)]

    assert waits[:3] == [0, 0, 0]
    assert waits[3:] == [pytest.approx(10, abs=1), pytest.approx(20, abs=1)]


async def test_a_silent_channel_starts_anew() -> None:
    clock = Clock()
    pace = FakePace(clock)
    await pace.reserve("C1", "m1")
    clock.advance(1.0)

    assert await pace.reserve("C1", "m2") == 0


@pytest.mark.parametrize("again", ["one", "other"])
async def test_a_message_that_comes_back_finds_its_own_turn_in_any_process(client: Redis, again: str) -> None:
    processes = {"one": RedisPace(client), "other": RedisPace(client)}
    waits = [await processes["one"].reserve("C1", f"m{n}") for n in range(4)]

    back = await processes[again].reserve("C1", "m2")
    new = await processes[again].reserve("C1", "m4")

    assert back <= waits[2]
    assert new == pytest.approx(waits[3] + 1, abs=0.5)
