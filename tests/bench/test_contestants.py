"""Each contestant does what the table says of it: a fast one that does less would make the table lie."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bench import clicks, seed
from bench.floor import open_floor
from bench.line import Refused
from bench.place import Place, line_to, open_place
from bench.slack import Seen
from bot.store.approvals import RedisStore


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with open_place(tmp_path_factory.mktemp("bench") / "place") as place:
        yield place


async def card(place: Place, number: int) -> Seen:
    (seen,) = await seed.cards(RedisStore(place.redis), [number])
    return seen


@pytest.mark.asyncio(loop_scope="module")
async def test_the_product_has_decided_when_it_acknowledges(place: Place) -> None:
    shown = await card(place, 1)

    async with place.bot("serve", "--no-worker") as bot, line_to(bot) as line:
        await line.send(clicks.press(shown))
        record = await RedisStore(place.redis).read(seed.waiting(1).id)

    assert record is not None
    assert record.approval.state == "decided"


@pytest.mark.asyncio(loop_scope="module")
async def test_stock_bolt_acknowledges_signed_clicks_only(place: Place) -> None:
    request = clicks.press(await card(place, 2))

    async with place.rival("bench.contestants.stock_bolt") as bolt:
        async with line_to(bolt) as line:
            took = await line.send(request)
        async with line_to(bolt) as line:
            with pytest.raises(Refused, match="401"):
                await line.send(request.replace(b"v0=", b"v0=0", 1))

    assert took > 0


@pytest.mark.asyncio(loop_scope="module")
async def test_the_bare_handler_writes_one_key_for_a_signed_click(place: Place) -> None:
    request = clicks.press(await card(place, 3))

    async with place.rival("bench.contestants.bare") as bare:
        async with line_to(bare) as line:
            await line.send(request)
        async with line_to(bare) as line:
            with pytest.raises(Refused, match="401"):
                await line.send(request.replace(b"v0=", b"v0=0", 1))

    assert len(await place.redis.keys("bare:*")) == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_the_floor_starts_and_ends_the_same_graph(place: Place) -> None:
    async with open_floor(place.redis_url) as floor:
        asked, interrupt = await floor.start("t1")
        resumed = await floor.resume("t1", interrupt)

    assert asked > 0
    assert resumed > 0


async def test_a_click_is_as_large_as_slacks() -> None:
    approval = seed.waiting(1)
    shown = Seen(0.0, "1700000001.000100", approval.channel, seed.face(approval))

    body = clicks.press(shown).partition(b"\r\n\r\n")[2]

    assert 6_000 <= len(body) <= 7_500
    assert b"approval_requested" in body
