"""The record of runs: LangGraph threads that the bot drives."""

from __future__ import annotations

from bot.core.model import Run, RunState
from bot.ports import Lease, Swapped
from bot.store import keys
from bot.store.codec import dump_fixed, dump_life, load, to_text
from bot.store.records import Records
from bot.store.scripts import guard, said

ACTIVE = frozenset({RunState.STARTING, RunState.RUNNING})
TO_TELL = frozenset({RunState.ENDED, RunState.FAILED, RunState.LOST})


class Runs(Records):
    """The part of the store that knows the runs."""

    async def create_run(self, run: Run) -> Run:
        """Record a run once per thread id; returns the run that holds."""
        request, life = await self._server.run(
            "create_run",
            [keys.run(run.thread_id), keys.ACTIVE],
            [run.thread_id, dump_fixed(run), dump_life(run), run.version],
        )
        return load(Run, request, life)

    async def read_run(self, thread_id: str) -> Run | None:
        """The run as it stands."""
        (found,) = await self._server.read(("HMGET", keys.run(thread_id), "request", "life"))
        request, life = found
        return load(Run, request, life) if request else None

    async def swap_run(self, before: Run, after: Run, *, lease: Lease | None = None) -> Swapped:
        """Replace `before` by `after` in one step, or do nothing; see `ports.Store.swap`."""
        call = said(
            thread_id=after.thread_id,
            **guard(before, after, lease),
            active=after.state in ACTIVE,
            waiting=after.state is RunState.WAITING,
            unannounced=_untold(after),
            keep_for=self._retention if is_over(after) else None,
        )
        word = await self._server.run(
            "swap_run",
            [
                keys.run(after.thread_id),
                keys.thread_lease(after.thread_id),
                keys.ACTIVE,
                keys.WAITING,
                keys.UNANNOUNCED,
                keys.thread(after.thread_id),
            ],
            [call, dump_life(after)],
        )
        return Swapped(to_text(word))


def is_over(run: Run) -> bool:
    """True when nothing is left to do for this run, not even to tell its result."""
    return run.state not in {*ACTIVE, RunState.WAITING} and not _untold(run)


def _untold(run: Run) -> bool:
    return run.state in TO_TELL and run.announced is None
