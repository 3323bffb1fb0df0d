"""Every place where a process can die, one by one and in pairs: `python -m tests.simulation.crash_points`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.quiet import quiet
from tests.simulation.stories import STORIES, tell

Broken = list[tuple[tuple[int, ...], list[str]]]


def singles(name: str) -> tuple[int, Broken]:
    """Crash at each point of the story: how many, and those after which something was broken."""
    story = STORIES[name]
    points = tell(story).points
    told = (((step,), tell(story, crashes=(step,)).broken) for step in points)
    return len(points), [(at, faults) for at, faults in told if faults]


def pairs(name: str, first: int) -> tuple[int, Broken]:
    """Crash at step `first`, and once more at each point that follows."""
    story = STORIES[name]
    after = [step for step in tell(story, crashes=(first,)).points if step > first]
    told = (((first, second), tell(story, crashes=(first, second)).broken) for second in after)
    return len(after), [(at, faults) for at, faults in told if faults]


def losses(name: str) -> tuple[int, Broken]:
    """Lose each reply of the story, or the call itself."""
    story = STORIES[name]
    replies = range(1, tell(story).replies + 1)
    told = (((reply,), tell(story, lost=reply).broken) for reply in replies)
    return len(replies), [(at, faults) for at, faults in told if faults]


def all_pairs(names: Sequence[str], jobs: int) -> Iterator[tuple[str, int, Broken]]:
    """Every pair of each of these stories; a story's results as it is done."""
    with ProcessPoolExecutor(jobs) as pool:
        for name in names:
            firsts = tell(STORIES[name]).points
            results = list(pool.map(pairs, [name] * len(firsts), firsts, chunksize=4))
            yield name, sum(count for count, _ in results), [one for _, found in results for one in found]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--singles", action="store_true", help="no pairs")
    asked.add_argument("--only", action="append", choices=STORIES, help="one story; may stand several times")
    given = asked.parse_args()
    began, total, wrong = time.monotonic(), 0, 0
    names = given.only or list(STORIES)
    for name in names:
        for kind, run in (("crashes", singles), ("lost replies", losses)):
            count, broken = run(name)
            total, wrong = total + count, wrong + len(broken)
            _report(name, kind, count, broken, began)
    if not given.singles:
        for name, count, broken in all_pairs(names, given.jobs):
            total, wrong = total + count, wrong + len(broken)
            _report(name, "pairs of crashes", count, broken, began)
    print(f"{total} in all, {wrong} broken")
    return 1 if wrong else 0


def _report(name: str, kind: str, count: int, broken: Broken, began: float) -> None:
    print(f"{name}: {count} {kind}, {len(broken)} broken, {time.monotonic() - began:.0f} s", flush=True)
    for at, faults in broken[:5]:
        print(f"  at {at}: {faults}")


if __name__ == "__main__":
    with quiet():
        sys.exit(main())
