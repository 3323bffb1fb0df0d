"""Run tasks until told to stop, then finish what is in hand within a deadline."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from docket import Docket, Retry, Worker

log = structlog.get_logger("approvals.work")

# A task whose worker went silent for this long is given to another one; a living worker renews.
REDELIVERY = timedelta(seconds=20)

# How long a stopping worker may finish what it holds; what is left is handed to the next worker.
DRAIN = 20.0


# New tasks wake a waiting worker at once, so an idle one asks seldom. One with its hands full is not woken
# when a hand is free again: it has to look, and every look that comes too late is throughput lost.
IDLE = timedelta(milliseconds=500)
BUSY = timedelta(milliseconds=5)

# How often a worker writes down that it lives. Only lists of workers read it: redelivery has its own clock.
HEARTBEAT = timedelta(seconds=10)

AGAIN = Retry(attempts=None, delay=timedelta(seconds=2))


async def not_yet_known(*args: object, again: Retry = AGAIN) -> None:
    """A task of a newer release: leave it for a newer worker instead of dropping it, as the default does."""
    raise UnknownTask("this worker does not know the task yet")


class Attentive(Worker):
    """A worker that asks for work seldom while it has little, and for a free hand often while it has much.

    pydocket knows one interval for both: short, it polls Redis all day; long, it leaves hands idle.
    """

    @property
    def minimum_check_interval(self) -> timedelta:  # a plain attribute there
        """What pydocket waits for: the longest wait for new tasks, and between two looks for a free hand."""
        return BUSY if len(self._tasks_by_key) * 2 >= self.concurrency else IDLE

    @minimum_check_interval.setter
    def minimum_check_interval(self, fixed: timedelta) -> None:
        """pydocket sets it once; what is in hand decides instead."""


class UnknownTask(Exception):
    """The queue holds a task of a newer release; a newer worker will run it."""


async def work_until(
    stop: asyncio.Event, docket: Docket, *, concurrency: int, name: str | None = None
) -> None:
    """Serve tasks until `stop` is set; returns when the hands are empty or the deadline passed."""
    docket.heartbeat_interval = HEARTBEAT
    async with Attentive(
        docket,
        name=name,
        concurrency=concurrency,
        redelivery_timeout=REDELIVERY,
        reconnection_delay=timedelta(seconds=1),
        scheduling_resolution=timedelta(milliseconds=500),
        fallback_task=not_yet_known,
    ) as worker:
        running = asyncio.create_task(worker.run_forever())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        running.cancel()
        with suppress(asyncio.CancelledError):
            try:
                await asyncio.wait_for(running, DRAIN)
            except TimeoutError:
                log.warning("worker stopped with work in hand; another worker takes it over")
