"""The record of runs: LangGraph threads that the bot drives."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import Run, RunState
from bot.ports import Lease, Swapped
from bot.store import keys
from bot.store.codec import dump_fixed, dump_life, load, to_text
from bot.store.records import Records
from bot.store.scripts import Words, guard, said

ACTIVE = frozenset({RunState.STARTING, RunState.RUNNING})
TO_TELL = frozenset({RunState.ENDED, RunState.FAILED, RunState.LOST})
RUN_INDEXES = (keys.ACTIVE, keys.WAITING, keys.UNANNOUNCED)


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
        (found,) = await self._server.read(("HGETALL", keys.run(thread_id)))
        return to_run(found)

    async def swap_run(
        self, before: Run, after: Run, *, lease: Lease | None = None, release: Lease | None = None
    ) -> Swapped:
        """Replace `before` by `after` in one step, or do nothing; see `ports.Store.swap_run`."""
        thread_id = after.thread_id
        held = [] if release is None else [release.name]
        word = await self._server.run(
            "swap_run",
            [keys.run(thread_id), keys.thread_lease(thread_id), *RUN_INDEXES, keys.thread(thread_id), *held],
            [
                said(**self._run_call(before, after, lease)),
                dump_life(after),
                release.token if release is not None else "",
            ],
        )
        swapped = Swapped(to_text(word))
        if release is not None and swapped is Swapped.DONE:
            release.given_back()
        return swapped

    def _run_call(self, before: Run, after: Run, lease: Lease | None) -> Words:
        return {
            "thread_id": after.thread_id,
            **guard(before, after, lease),
            "active": after.state in ACTIVE,
            "waiting": after.state is RunState.WAITING,
            "unannounced": _untold(after),
            "keep_for": self._retention if is_over(after) else None,
        }


def to_run(data: Mapping[bytes | str, bytes | str]) -> Run | None:
    """What the hash of a run says; None: there is none."""
    parts = {to_text(name): value for name, value in data.items()}
    return load(Run, parts["request"], parts["life"]) if parts else None


def is_over(run: Run) -> bool:
    """True when nothing is left to do for this run, not even to tell its result."""
    return run.state not in {*ACTIVE, RunState.WAITING} and not _untold(run)


def _untold(run: Run) -> bool:
    return run.state in TO_TELL and run.announced is None
