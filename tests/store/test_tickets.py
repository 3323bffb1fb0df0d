"""What a log-in remembers: kept once, taken once, and under names that Redis does not show."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from bot.ports import Tickets
from bot.store.tickets import RedisTickets

VALUE = {"ticket": "x", "n": [1, None, "é"]}


async def test_a_ticket_is_kept_once_and_taken_once(tickets: Tickets) -> None:
    kept = [await tickets.put("login a", VALUE), await tickets.put("login a", "another")]

    assert kept == [True, False]
    assert [await tickets.take("login a"), await tickets.take("login a")] == [VALUE, None]
    assert await tickets.take("login b") is None


async def test_of_many_who_keep_or_take_it_one_does(tickets: Tickets) -> None:
    kept = await asyncio.gather(*(tickets.put("used 1", True) for _ in range(20)))
    taken = await asyncio.gather(*(tickets.take("used 1") for _ in range(20)))

    assert (sum(kept), taken.count(True), taken.count(None)) == (1, 1, 19)


async def test_the_names_are_not_in_redis_and_everything_goes_after_ten_minutes(client: Redis) -> None:
    await RedisTickets(client).put("session of-a-browser", VALUE)
    [key] = await client.keys("*")

    assert b"of-a-browser" not in (key if isinstance(key, bytes) else key.encode())
    assert 590 < await client.ttl(key) <= 600
