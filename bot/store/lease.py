"""A lease: the right to drive one thread or draw one card, held only as long as its holder lives."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot.ports import LeaseLost, StoreUnavailable
from bot.store.codec import to_text
from bot.store.scripts import Server

# A holder stops believing in its lease while this part of it is left: clocks drift, replies take time.
MARGIN = 0.1


class HeldLease:
    """`ports.Lease`, as this process last had it confirmed."""

    def __init__(self, server: Server, key: str, thread_id: str, *, ttl: float, clock: Callable[[], float]):
        self._server = server
        self._key = key
        self._thread_id = thread_id
        self._token = secrets.token_urlsafe(16)
        self._ttl = ttl
        self._clock = clock
        self._good_until = clock()
        self._released = False
        self._overran = False
        self.taken_at = 0.0  # the server's clock
        self.found: list[Any] = []  # the hashes that were read when it was taken

    @property
    def thread_id(self) -> str:
        return self._thread_id

    @property
    def token(self) -> str:
        return self._token

    @property
    def name(self) -> str:
        return self._key

    @property
    def overran(self) -> bool:
        return self._overran

    def given_back(self) -> None:
        """Another script released it together with the last write."""
        self._good_until = float("-inf")
        self._released = True

    async def check(self) -> None:
        """Raise LeaseLost if another may have it. While the clock says that it is good, nobody is asked.

        After SIGSTOP, or behind a graph that blocked the event loop, the clock says no: then the server is
        asked, and where nobody came in between, the lease is ours again.
        """
        if self._clock() < self._good_until:
            return
        with suppress(StoreUnavailable):
            if not self._released and await self._renewed():
                return
        raise LeaseLost(f"the lease of {self._thread_id} was taken: stop, another drives it")

    async def take(self, hashes: Sequence[str] = (), *listed: str) -> bool:
        """Take the lease if it is free. A repeat after a lost reply finds our own token: still ours.

        `hashes` are read with it, and those whose ids stand in a hash: its key, and the prefix of theirs.
        """
        overran, *found = await self._ask("take_lease", hashes, listed) or [None]
        self._overran = bool(overran)
        self.found = [dict(zip(flat[::2], flat[1::2], strict=True)) for flat in found]
        return overran is not None

    async def keep(self) -> None:
        """Renew every third of the lease's time; returns when it is lost."""
        renewed = True
        while renewed:
            await asyncio.sleep(self._ttl / 3)
            # Not asked is not lost: the next third may succeed, and `check` counts the time meanwhile.
            with suppress(StoreUnavailable):
                renewed = await self._renewed()

    async def release(self) -> None:
        """Give it back at once; if Redis is away it runs out by itself."""
        if self._released:
            return
        self.given_back()
        with suppress(StoreUnavailable):
            await self._server.run("release_lease", [self._key], [self._token])

    async def _renewed(self) -> bool:
        return await self._ask("renew_lease") is not None

    async def _ask(
        self, script: str, hashes: Sequence[str] = (), listed: Sequence[str] = ()
    ) -> list[Any] | None:
        """What is told beside the time; None: another has the lease."""
        asked = self._clock()  # before the question: the server counts from later, so we stop earlier
        mark = self._server.moment.ask()
        said: list[Any] = await self._server.run(
            script, [self._key, *hashes], [self._token, round(self._ttl * 1000), *listed]
        )
        mine = bool(said[0])
        self._good_until = asked + self._ttl * (1 - MARGIN) if mine else float("-inf")
        if not mine:
            return None
        self.taken_at = float(to_text(said[1]))
        self._server.moment.heard(self.taken_at, mark)
        return said[2:]


@asynccontextmanager
async def hold(
    server: Server,
    key: str,
    thread_id: str,
    *hashes: str,
    ttl: float,
    clock: Callable[[], float] = time.monotonic,
    listed: Sequence[str] = (),
) -> AsyncIterator[HeldLease | None]:
    """Hold the lease, renewed while held; yields None at once if somebody else holds it.

    A dead holder's lease is free `ttl` seconds after its last renewal. A holder that was only slow keeps it
    as long as nobody else took it.
    """
    lease = HeldLease(server, key, thread_id, ttl=ttl, clock=clock)
    if not await lease.take(hashes, *listed):
        yield None
        return
    keeper = asyncio.create_task(lease.keep())
    try:
        yield lease
    finally:
        keeper.cancel()
        await asyncio.wait([keeper])
        await lease.release()
