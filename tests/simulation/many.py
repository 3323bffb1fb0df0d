"""Play a range of schedules on both cores: `python -m tests.simulation.many FIRST COUNT [--jobs 2]`.

A range that was stopped is taken up where the last line says; a broken seed is printed at once.
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from tests.simulation.quiet import quiet
from tests.simulation.schedules import run_schedule

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Played:
    """What one chunk came to."""

    first: int
    schedules: int
    steps: int
    events: Counter[str]
    broken: dict[int, list[str]]


def play(first: int, count: int = CHUNK) -> Played:
    """Play schedules `first` to `first + count - 1`. The product's log lines would drown the progress."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    steps, events, broken = 0, Counter[str](), dict[int, list[str]]()
    for seed in range(first, first + count):
        with undisturbed():
            office, faults = run_schedule(seed)
        steps += office.scheduler.steps
        events += Counter(
            killed=sum(not process.alive for process in office.processes),
            lost=office.scheduler.lost,
            approvals=len(office.store.approvals),
            votes=len(office.told),
            effects=len(set(office.runner.effects)),
            agreements=office.judge.agreements,
        )
        if faults:
            broken[seed] = faults
    return Played(first, count, steps, events, broken)


@contextmanager
def undisturbed() -> Iterator[None]:
    """No look for garbage inside: an office is thrown away whole, by a look between two of them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def play_many(first: int, count: int, jobs: int) -> Iterator[Played]:
    """Chunks in order, as they are done."""
    starts = range(first, first + count, CHUNK)
    sizes = [min(CHUNK, first + count - start) for start in starts]
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(play, starts, sizes)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("first", type=int)
    asked.add_argument("count", type=int)
    asked.add_argument("--jobs", type=int, default=2)
    given = asked.parse_args()
    began, done, steps, events, broken = time.monotonic(), 0, 0, Counter[str](), 0
    for played in play_many(given.first, given.count, given.jobs):
        done, steps, events = done + played.schedules, steps + played.steps, events + played.events
        broken += len(played.broken)
        for seed, faults in played.broken.items():
            print(f"BROKEN, replay with `python -m tests.simulation.replay {seed}`: {faults}", flush=True)
        if done % (20 * CHUNK) == 0 or done == given.count:
            spent = time.monotonic() - began
            print(
                f"{done} schedules up to seed {given.first + done - 1}, {broken} broken, {steps} steps, "
                f"{', '.join(f'{count} {name}' for name, count in events.items())}, {spent:.0f} s",
                flush=True,
            )
    return 1 if broken else 0


if __name__ == "__main__":
    with quiet():
        sys.exit(main())
