"""Click -> HTTP ack, with the decision durable in Redis: beside stock Bolt, and beside a bare handler."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import count

from bench import clicks, seed
from bench.figures import MS, Figure, Target, beside, percentile
from bench.line import Sent, send_all
from bench.place import Place, open_place
from bench.plan import Plan
from bench.process import Process
from bench.slack import Seen
from bot.store.approvals import RedisStore

OURS, BOLT, FLOOR = "ours", "stock Bolt AsyncApp, acks only, stores nothing", "bare aiohttp: HMAC + one SET"
MANY = 32
Runs = dict[str, list[Sent]]


async def measure(plan: Plan) -> list[Figure]:
    """Each click decides another approval; warmed up; contestants take turns."""
    alone: Runs = defaultdict(list)
    crowd: Runs = defaultdict(list)
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(open_place(plan.folder / "ack"))
        servers = {
            OURS: await stack.enter_async_context(place.bot("serve", "--no-worker")),
            BOLT: await stack.enter_async_context(place.rival("bench.contestants.stock_bolt")),
            FLOOR: await stack.enter_async_context(place.rival("bench.contestants.bare")),
        }
        numbers = count()
        for server in servers.values():
            await send(place, server, numbers, plan.count(100), MANY)
        for name in plan.turns(list(servers)):
            alone[name].append(await send(place, servers[name], numbers, plan.count(200), 1))
            crowd[name].append(await send(place, servers[name], numbers, plan.count(960), MANY))
    return _figures(alone, crowd)


async def send(place: Place, server: Process, numbers: count[int], many: int, connections: int) -> Sent:
    """So many clicks, each on another card that waits."""
    shown = await seed.cards(RedisStore(place.redis), [next(numbers) for _ in range(many)])
    return await send_all(server.port, [clicks.press(card) for card in shown], connections)


def _figures(alone: Runs, crowd: Runs) -> list[Figure]:
    size = len(clicks.press(_sample()).partition(b"\r\n\r\n")[2])
    note = f"{size:,} byte forms"
    rates = {name: [sent.rate for sent in runs] for name, runs in crowd.items()}
    return [
        beside(
            "click -> ack, p50, 1 connection",
            "ms",
            _times(alone[OURS], 0.5),
            BOLT,
            _times(alone[BOLT], 0.5),
            Target(5, at_least=True),
            gain=True,
            note=f"{note}; the ratio says how many times faster",
        ),
        beside(
            f"clicks per second, {MANY} connections",
            "1/s",
            rates[OURS],
            BOLT,
            rates[BOLT],
            Target(1.5, at_least=True),
        ),
        beside(
            "click -> ack, p50, 1 connection",
            "ms",
            _times(alone[OURS], 0.5),
            FLOOR,
            _times(alone[FLOOR], 0.5),
        ),
        *(
            beside(
                f"click -> ack, p99, {connections}",
                "ms",
                _times(runs[OURS], 0.99),
                FLOOR,
                _times(runs[FLOOR], 0.99),
                Target(3),
            )
            for connections, runs in (("1 connection", alone), (f"{MANY} connections", crowd))
        ),
        beside(f"clicks per second, {MANY} connections", "1/s", rates[OURS], FLOOR, rates[FLOOR]),
    ]


def _times(runs: Sequence[Sent], part: float) -> list[float]:
    return [percentile(sent.times, part) * MS for sent in runs]


def _sample() -> Seen:
    approval = seed.waiting(1)
    return Seen(0.0, "1700000001.000100", approval.channel, seed.face(approval))
