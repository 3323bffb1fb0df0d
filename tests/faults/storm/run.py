"""Let it storm: `python -m tests.faults.storm.run --kills 500 --approvals 5000 [--seed 1]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.storm.crowd import Crowd
from tests.faults.storm.findings import at_their_end, findings
from tests.faults.storm.site import Site, open_site
from tests.faults.storm.weather import Weather


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything. `runs` make about a third more approvals; `every` is seconds."""

    runs: int
    kills: int
    freezes: int
    redis_kills: int
    channels: int
    runs_every: float
    events_every: float


SMALL = Size(runs=260, kills=30, freezes=2, redis_kills=3, channels=20, runs_every=0.12, events_every=1.2)


@dataclass(frozen=True, slots=True)
class Report:
    """What happened, and what it broke."""

    seed: int
    seconds: float
    gestures: int
    runs: int
    approvals: int
    happened: Counter[str]
    broken: list[str]

    def __str__(self) -> str:
        events = ", ".join(f"{count} {name}" for name, count in sorted(self.happened.items()))
        return (
            f"seed {self.seed}: {self.runs} runs, {self.approvals} approvals, {self.gestures} gestures, "
            f"{self.seconds:.0f} s; {events}; {len(self.broken)} broken"
        )


async def run(folder: Path, size: Size, seed: int) -> Report:
    """Start everything, let it storm while people work, then look at what is left."""
    began = time.monotonic()
    async with open_site(folder, seed=seed, channels=size.channels) as site:
        crowd, weather = Crowd(site), Weather(site, Random(seed))
        print(f"storm: seed {seed}, started after {time.monotonic() - began:.0f} s", flush=True)
        people = [asyncio.create_task(crowd.press(user)) for user in crowd.people()]
        supervisor = asyncio.create_task(weather.supervise())
        starting = asyncio.create_task(crowd.start_runs(range(size.runs), every=size.runs_every))
        await weather.storm(
            kills=size.kills, freezes=size.freezes, redis_kills=size.redis_kills, every=size.events_every
        )
        await starting
        await weather.clear_up()
        print(f"storm: over after {time.monotonic() - began:.0f} s, {crowd.gestures} gestures", flush=True)
        broken = await at_their_end(site, weather.last)
        await _everything_answered(site, crowd)
        supervisor.cancel()
        crowd.calm.set()
        await asyncio.gather(*people)
        broken += await at_their_end(site, time.monotonic())
        broken += await _until_told(site, crowd)
        _, page = await site.call("GET", "/api/approvals")
        seconds = time.monotonic() - began
        return Report(
            seed, seconds, crowd.gestures, len(crowd.asked), page["total"], weather.happened, broken
        )


async def _everything_answered(site: Site, crowd: Crowd, within: float = 120.0) -> None:
    """People work on until only the cards nobody touches are left, and the runs that still move are over."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        runs = [(await site.call("GET", f"/api/runs/{thread}"))[1] for thread in crowd.asked]
        if all(run["state"] == "waiting" or run["state"] == "ended" for run in runs):
            _, page = await site.call("GET", "/api/approvals", params={"state": "pending"})
            if page["total"] <= len(crowd.alone):
                return
        await asyncio.sleep(1.0)


async def _until_told(site: Site, crowd: Crowd, within: float = 30.0) -> list[str]:
    """Slack's pace lets the last cards and results come a little later than the record."""
    deadline = time.monotonic() + within
    while True:
        broken = await findings(site, crowd)
        if not broken or time.monotonic() > deadline:
            return broken
        await asyncio.sleep(1.0)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--approvals", type=int, default=5000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    size = Size(
        runs=given.approvals * 3 // 4,
        kills=given.kills,
        freezes=max(1, given.kills // 50),
        redis_kills=max(1, given.kills // 20),
        channels=40,
        runs_every=0.2,
        events_every=1.5,
    )
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(run(Path(folder), size, given.seed))
    print(report, *report.broken, sep="\n")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
