"""The click path's queue: it keeps nobody waiting, and loses no wish at a stop."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from bot.ports import StoreUnavailable
from bot.work import afterwards
from bot.work.afterwards import AfterwardsQueue
from bot.work.queue import ArgValue, DocketQueue


class Shop:
    """Takes wishes once it is open; `down`: refuses them."""

    def __init__(self) -> None:
        self.open, self.down = asyncio.Event(), False
        self.made: list[str] = []

    async def add(self, queue: DocketQueue, task: str, key: str | None, *args: ArgValue) -> None:
        await self.open.wait()
        if self.down:
            raise StoreUnavailable("the queue did not take it")
        self.made.append(f"{task} {args[0]}")


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop()

    async def add(queue: DocketQueue, task: str, key: str | None, *args: ArgValue) -> None:
        await shop.add(queue, task, key, *args)

    monkeypatch.setattr(DocketQueue, "_add", add)
    return shop


@pytest.fixture
def queue() -> AfterwardsQueue:
    return AfterwardsQueue(cast(Any, None))


async def test_nobody_waits_and_at_the_stop_every_wish_was_made(shop: Shop, queue: AfterwardsQueue) -> None:
    await queue.advance("t1", why="a1.1")
    await queue.show("a2", version=2)
    assert shop.made == []

    shop.open.set()
    await queue.close()

    assert shop.made == ["advance t1", "show a2"]


async def test_while_too_many_wishes_are_under_way_the_next_one_waits_for_its_own(
    shop: Shop, queue: AfterwardsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(afterwards, "MOST", 2)
    for thread in ("t1", "t2"):
        await queue.advance(thread, why="x")

    third = asyncio.create_task(queue.advance("t3", why="x"))
    await asyncio.sleep(0)
    assert not third.done()
    shop.open.set()
    await third

    assert "advance t3" in shop.made


async def test_a_queue_that_is_down_stops_nobody(shop: Shop, queue: AfterwardsQueue) -> None:
    shop.down = True
    shop.open.set()

    await queue.advance("t1", why="x")
    await queue.close()

    assert shop.made == []


async def test_what_is_told_to_a_person_is_not_put_off(shop: Shop, queue: AfterwardsQueue) -> None:
    shop.open.set()

    await queue.tell("C0DEMO", "U0ANA", "You were second.")

    assert shop.made == ["tell C0DEMO"]
