"""The ports as one process sees them: every call may be its last, or lose its reply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import copy
from typing import TYPE_CHECKING, Any

from bot.ports import (
    DirectoryUnavailable,
    HeldCard,
    HeldThread,
    LeaseLost,
    SlackUnavailable,
    StoreUnavailable,
)
from tests.fakes import FakeLease
from tests.simulation.scheduler import Killed, Process

if TYPE_CHECKING:
    from tests.simulation.office import Office

LEASE_TTL = 10.0


def store_down() -> Exception:
    return StoreUnavailable("the reply was lost")


def slack_down() -> Exception:
    return SlackUnavailable("the reply was lost", retry_after=1.0, sent=True)


def nobody_knows() -> Exception:
    return DirectoryUnavailable("the reply was lost")


class Faulty:
    """A port whose every call may be the last of its process, or lose its reply."""

    def __init__(
        self, office: Office, process: Process, target: object, name: str, error: Callable[[], Exception]
    ) -> None:
        self._office = office
        self._process = process
        self._target = target
        self._name = name
        self._error = error

    def __getattr__(self, method: str) -> Any:
        real, scheduler, process = getattr(self._target, method), self._office.scheduler, self._process
        begins, done = f"{self._name}.{method} begins", f"{self._name}.{method} is done"

        async def call(*args: Any, **kwargs: Any) -> Any:
            await process.point(begins)
            if scheduler.loses():
                raise self._error()
            result = await real(*args, **kwargs)
            await process.point(done)
            if scheduler.loses():
                raise self._error()
            return result

        self.__dict__[method] = call  # asked for once in a process's life
        return call


class FaultyStore(Faulty):
    """The record, with leases that outlive a killed holder by their time."""

    def __init__(self, office: Office, process: Process) -> None:
        super().__init__(office, process, office.store, "store", store_down)

    @asynccontextmanager
    async def thread(self, thread_id: str) -> AsyncIterator[HeldThread | None]:
        async with self.lease(thread_id) as lease:
            store = self._office.store
            records = await store.read_many(tuple(store.threads.get(thread_id, {}).values()))
            yield HeldThread(lease, store.runs.get(thread_id), records) if lease is not None else None

    @asynccontextmanager
    async def card(self, approval_id: str) -> AsyncIterator[HeldCard | None]:
        async with self.card_lease(approval_id) as lease:
            record = await self._office.store.read(approval_id)
            yield HeldCard(lease, record) if lease is not None else None

    @asynccontextmanager
    async def result(self, thread_id: str) -> AsyncIterator[HeldThread | None]:
        async with self.card_lease(f"result-{thread_id}") as lease:
            run = self._office.store.runs.get(thread_id)
            yield HeldThread(lease, run, ()) if lease is not None else None

    def lease(self, thread_id: str) -> Any:
        return self._hold(f"thread:{thread_id}", thread_id)

    def card_lease(self, approval_id: str) -> Any:
        return self._hold(f"card:{approval_id}", approval_id)

    @asynccontextmanager
    async def _hold(self, name: str, subject: str) -> AsyncIterator[FakeLease | None]:
        store, clock = self._office.store, self._office.clock
        await self._process.point(f"store.lease {name.partition(':')[0]}")
        if name in store.held and clock.now < self._office.expiries.get(name, float("inf")):
            yield None
            return
        # A lease that ran out was held by a process that was stopped: what it is in the middle of is no call.
        self._office.runner.driving.pop(subject, None)
        store.taken += 1
        overran = name in store.held
        lease = FakeLease(subject, f"token-{store.taken}", store.held, name, overran)
        store.held[name] = lease.token
        self._office.owners[lease.token] = self._process
        self._office.expiries.pop(name, None)
        try:
            await self._process.point(f"store.lease {name.partition(':')[0]} is taken")
            if self._office.scheduler.loses():
                raise store_down()
            yield lease
        except Killed:
            if store.held.get(name) == lease.token:  # it may have been given back with the last write
                self._office.expiries[name] = clock.now + LEASE_TTL
            raise
        finally:
            if self._process.alive and store.held.get(name) == lease.token:
                del store.held[name]


class FaultyRunner:
    """The graph runs inside the process: it dies with it, between any two lines of a node."""

    def __init__(self, office: Office, process: Process) -> None:
        self._office = office
        self._process = process

    def __getattr__(self, method: str) -> Any:
        runner = self._office.runner
        if method in ("graphs", "description", "input_schema"):
            return getattr(runner, method)

        async def call(*args: Any) -> Any:
            name = f"thread:{args[1]}"
            token = self._office.store.held.get(name)

            async def tick(where: str) -> None:
                await self._process.point(f"graph {where}")
                # The saver asks the lease before it writes; what a node does outside, nobody can stop.
                if "effect" not in where and self._office.store.held.get(name) != token:
                    raise LeaseLost(args[1])

            await tick(f"{method} begins")
            mine = copy(runner)  # the same threads, another process's clockwork
            mine.tick, mine.driver = tick, token or ""
            return await getattr(mine, method)(*args)

        return call
