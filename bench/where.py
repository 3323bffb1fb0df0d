"""`python -m bench.where`: where the processor time of one click goes, step by step, ours beside the others'.

Microseconds of a core for each click, the least of some repetitions: what a step costs where nobody
disturbs it. The last line is what whole processes used for clicks over 32 connections; what no step tells of
is aiohttp, the sockets and the turns of the event loop.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any, cast

from docket import Docket
from redis.asyncio import Redis
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bench import clicks, seed
from bench.line import send_all
from bench.people import looked_at
from bench.place import Place, open_place
from bench.rows.ack import MANY
from bot.approvals.voting import _weigh_known
from bot.approvals.world import World
from bot.blocks.ids import Action
from bot.core.model import Click
from bot.core.outcome import Kind, Outcome
from bot.loop import new_loop
from bot.policies import load_policies
from bot.slack.app import build_bolt
from bot.slack.body import FORM, read_body
from bot.slack.clicks import Press
from bot.slack.front_door import bolt_request
from bot.slack.identity import Identity
from bot.slack.signature import wrong_with
from bot.store.approvals import RedisStore
from bot.store.keys import approval as key_of
from bot.store.records import to_record
from bot.work.queue import DocketQueue

Step = Callable[[], Awaitable[object]]
Line = tuple[str, float | None, float | None, float | None]  # step; ours, stock Bolt's, the floor's
EACH = 20  # calls in one repetition: short enough to pass undisturbed now and then
CROWD = 200  # clicks for the last line


async def least(step: Step, reps: int) -> float:
    """Microseconds of this thread for one call."""
    found = []
    for _ in range(reps):
        began = time.thread_time()
        for _ in range(EACH):
            await step()
        found.append((time.thread_time() - began) / EACH * 1e6)
    return min(found)


class Request:
    """One click, cut into what the steps take."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        self.headers = {name.lower(): value for name, value in fields.items()}
        self.timestamp = self.headers["x-slack-request-timestamp"]
        self.signature = self.headers["x-slack-signature"]

    async def verified(self) -> None:
        """Our own check."""
        times, signatures = [self.timestamp], [self.signature]
        assert wrong_with(clicks.SECRET, times, signatures, self.body, now=time.time()) is None

    async def signed(self) -> str:
        """The floor's check."""
        base = b"v0:" + self.timestamp.encode() + b":" + self.body
        signature = "v0=" + hmac.new(clicks.SECRET.encode(), base, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(signature, self.signature)
        return signature


class Agreeing:
    """`slack.desk.Desk` as far as a click that decides asks it: nothing is done here."""

    async def vote(self, click: Click) -> Outcome:
        return Outcome(Kind.DECIDED)

    async def tell(self, *_: object, **__: object) -> None:
        """The card itself says it."""


def _ours(place: Place) -> AsyncApp:
    client = AsyncWebClient("xoxb-bench", base_url=place.slack.api_url)
    identity = Identity("T0BENCH", "U0BOT", "B0BOT", "A0BENCH")
    slack = cast(Any, _Slack(client, identity))
    return build_bolt(slack, cast(Any, Agreeing()), reference=lambda: "x")


class _Slack:
    """`slack.connection.Connection` without a Slack."""

    def __init__(self, client: AsyncWebClient, identity: Identity) -> None:
        self.client, self.identity = client, identity
        self.windows = self.messenger = None


def _stock(place: Place) -> AsyncApp:
    client = AsyncWebClient("xoxb-bench", base_url=place.slack.api_url)
    app = AsyncApp(client=client, signing_secret=clicks.SECRET)

    @app.action(Action.APPROVE.value)
    async def approve(ack: Any) -> None:
        await ack()

    return app


async def _before_the_record(place: Place, request: Request, reps: int) -> AsyncIterator[Line]:
    form = read_body(FORM, request.body)
    ours, stock = _ours(place), _stock(place)

    async def parsed() -> object:
        return read_body(FORM, request.body)

    async def through_bolt() -> None:
        assert (await ours.async_dispatch(bolt_request(form))).status == 200

    async def through_stock_bolt() -> None:
        headers: dict[str, str | Sequence[str]] = {name: [value] for name, value in request.headers.items()}
        asked = AsyncBoltRequest(body=request.body.decode(), headers=headers)
        assert (await stock.async_dispatch(asked)).status == 200

    yield "signature", await least(request.verified, reps), None, await least(request.signed, reps)
    yield "form and JSON", await least(parsed, reps), None, None
    yield "Bolt, its listeners and ours", await least(through_bolt, reps), None, None
    yield "Bolt: signature, form, dispatch", None, await least(through_stock_bolt, reps), None


async def _the_record(place: Place, request: Request, reps: int) -> AsyncIterator[Line]:
    store = RedisStore(place.redis)
    approval = seed.waiting(0)
    click = Press.of(read_body(FORM, request.body)).click
    record = await store.read(approval.id)
    assert click is not None
    assert record is not None
    policies = load_policies(place.settings.policies)
    world = replace(looked_at(store), policies=lambda: policies)
    data = await cast(Any, place.redis.hgetall(key_of(approval.id)))

    async def read() -> object:
        return await store.read(approval.id)

    async def decoded() -> object:
        return to_record(data, record.now)

    async def weighed() -> object:
        return await _weigh_known(world, click, record, fresh=False)

    decoding = await least(decoded, reps)
    yield "read: the round trip", await least(read, reps) - decoding, None, None
    yield "read: the record decoded", decoding, None, None
    yield "policy, votes, audit entries", await least(weighed, reps), None, None
    yield "write: the script's round trip", await _written(store, world, click, reps), None, None


async def _written(store: RedisStore, world: World, click: Click, reps: int) -> float:
    """Each decides another approval, weighed before."""
    numbers = range(1, reps * EACH + 1)
    await seed.cards(store, numbers)
    ready = []
    for number in numbers:
        record = await store.read(seed.waiting(number).id)
        assert record is not None
        card = replace(click, approval_id=record.approval.id)
        weighed = await _weigh_known(world, card, record, fresh=False)
        assert weighed.after is not None
        ready.append((record.approval, replace(weighed.after, version=1), weighed.entries))
    left = iter(ready)

    async def write() -> None:
        await store.swap(*next(left))

    return await least(write, reps)


async def _the_wake(place: Place, reps: int) -> float:
    async with Docket(name="where", url=place.redis_url) as docket:

        async def advance(thread_id: str, now: bool) -> None:
            """Never run here."""

        docket.register(advance, names=["advance"])
        queue, numbers = DocketQueue(docket), count()

        async def wake() -> None:
            await queue.advance(f"t{next(numbers)}", why="x")

        return await least(wake, reps)


async def _one_set(url: str, reps: int) -> float:
    async with Redis.from_url(url) as redis:

        async def write() -> None:
            await redis.set("where", b"approve")

        return await least(write, reps)


async def _whole(place: Place, reps: int) -> list[float]:
    """What each contestant's process uses for one click; only ours looks whether it decides another card."""
    store, numbers, used = RedisStore(place.redis), count(100_000), list[float]()
    cards = [await seed.cards(store, list(islice(numbers, CROWD))) for _ in range(reps + 1)]
    requests = [[clicks.press(card) for card in some] for some in cards]
    servers = (
        place.bot("serve", "--no-worker"),
        place.rival("bench.contestants.stock_bolt"),
        place.rival("bench.contestants.bare"),
    )
    for opening in servers:
        async with opening as server:
            found = []
            for some in requests:
                before = server.cpu
                await send_all(server.port, some, MANY)
                found.append((server.cpu - before) / CROWD * 1e6)
            used.append(min(found[1:]))  # the first warms up
    return used


@asynccontextmanager
async def _place() -> AsyncIterator[Place]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with open_place(Path(folder) / "where") as place:
            yield place


async def measured(reps: int) -> list[Line]:
    """Every line of the table."""
    async with _place() as place:
        (shown,) = await seed.cards(RedisStore(place.redis), [0])
        request = Request(clicks.press(shown))
        lines = [line async for line in _before_the_record(place, request, reps)]
        lines += [line async for line in _the_record(place, request, reps)]
        lines.append(("write: one SET", None, None, await _one_set(place.redis_url, reps)))
        lines.append(("the worker woken, after the answer", await _the_wake(place, reps), None, None))
        whole = await _whole(place, min(reps, 5))
    told = [sum(_number(line[column]) for line in lines) for column in (1, 2, 3)]
    ours, stock, floor = (max(0.0, used - known) for used, known in zip(whole, told, strict=True))
    lines.append(("aiohttp, sockets, event loop", ours, stock, floor))
    return [*lines, ("**the process in all**", whole[0], whole[1], whole[2])]


def _number(cell: str | float | None) -> float:
    return cell if isinstance(cell, float) else 0.0


def table(lines: Sequence[Line]) -> str:
    """As Markdown."""
    rows = [("microseconds of a core for a click", "ours", "stock Bolt", "floor"), ("---",) * 4]
    for step, *numbers in lines:
        ours, stock, floor = ("-" if one is None else f"{one:,.0f}" for one in numbers)
        rows.append((step, ours, stock, floor))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.where", description=__doc__)
    parser.add_argument("--reps", type=int, default=50, help="of which the least counts")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        print(table(runner.run(measured(asked.reps))))


if __name__ == "__main__":
    main()
