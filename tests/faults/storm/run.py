"""Let it storm: `python -m tests.faults.storm.run --kills 500 --approvals 5000 --deliveries 20000 --seed 1`.

What it found, or why it ended, always stands in a file of .approvals/storm that it names at the start.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.storm.crowd import Crowd
from tests.faults.storm.findings import at_their_end, findings
from tests.faults.storm.site import Site, open_site
from tests.faults.storm.weather import Weather


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything. `runs` make about a tenth more approvals; `every` is seconds."""

    runs: int
    kills: int
    freezes: int
    redis_kills: int
    channels: int
    runs_every: float
    events_every: float
    deliveries: int = 0  # people go on until Slack has sent so many


SMALL = Size(runs=260, kills=30, freezes=2, redis_kills=3, channels=20, runs_every=0.12, events_every=1.2)
# Where the findings of the command are kept; the folder is nobody's but ours.
FOLDER = Path(".approvals/storm")


@dataclass(frozen=True, slots=True)
class Report:
    """What happened, and what it broke."""

    seed: int
    seconds: float
    gestures: int
    runs: int
    approvals: int
    delivered: int
    taken_back: int  # second copies that stood for a moment: Slack carried out what it had not answered
    settled: float  # seconds from the last fault until every decided approval was at its end
    happened: Counter[str]
    broken: list[str]

    def __str__(self) -> str:
        events = ", ".join(f"{count} {name}" for name, count in sorted(self.happened.items()))
        return (
            f"seed {self.seed}: {self.runs} runs, {self.approvals} approvals, {self.gestures} gestures, "
            f"{self.delivered} deliveries, {self.seconds:.0f} s; "
            f"{self.taken_back} copies taken back; every decided approval at its end "
            f"{self.settled:.0f} s after the last fault; {events}; {len(self.broken)} broken"
        )


async def run(folder: Path, size: Size, seed: int) -> Report:
    """Start everything, let it storm while people work, then look at what is left."""
    began = time.monotonic()
    async with open_site(folder, seed=seed, channels=size.channels) as site:
        crowd, weather = Crowd(site, deliveries=size.deliveries), Weather(site, Random(seed))
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
        settled, broken = await at_their_end(site, weather.last)
        await _everything_answered(site, crowd)
        await _enough_delivered(site, size.deliveries)
        supervisor.cancel()
        crowd.calm.set()
        await asyncio.gather(*people)
        broken += (await at_their_end(site, time.monotonic()))[1]
        broken += await _until_told(site, crowd)
        if site.delivered < size.deliveries:
            broken.append(f"too little was tried: {site.delivered} deliveries of {size.deliveries}")
        return Report(
            seed=seed,
            seconds=time.monotonic() - began,
            gestures=crowd.gestures,
            runs=len(crowd.asked),
            approvals=(await site.call("GET", "/api/approvals"))[1]["total"],
            delivered=site.delivered,
            taken_back=site.screens.taken_back,
            settled=settled,
            happened=weather.happened + _unusual(site),
            broken=broken,
        )


def _unusual(site: Site) -> Counter[str]:
    """The deliveries that were not plain ones."""
    plain = ("interaction", "event", "command")
    return Counter({f"{name} deliveries": n for name, n in site.deliveries.items() if name not in plain})


async def _enough_delivered(site: Site, wanted: int, within: float = 600.0) -> None:
    """People press on, on screens that nobody refreshed, until Slack has sent so much."""
    deadline = time.monotonic() + within
    while site.delivered < wanted and time.monotonic() < deadline:
        print(f"storm: {site.delivered:,} of {wanted:,} deliveries", flush=True)
        await asyncio.sleep(10.0)


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
    asked.add_argument("--deliveries", type=int, help="default: four for each approval")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    size = Size(
        runs=given.approvals * 11 // 12,
        kills=given.kills,
        freezes=max(1, given.kills // 50),
        redis_kills=max(1, given.kills // 20),
        channels=40,
        runs_every=0.2,
        events_every=1.5,
        deliveries=4 * given.approvals if given.deliveries is None else given.deliveries,
    )
    found = FOLDER / f"seed-{given.seed}-{time.strftime('%Y%m%d-%H%M%S')}.txt"
    print(f"storm: what is found will stand in {found}", flush=True)
    with kept_in(found) as keep, tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(run(Path(folder), size, given.seed))
        keep(report, Path(folder))
    print(report, *report.broken, sep="\n")
    return 1 if report.broken else 0


@contextmanager
def kept_in(file: Path) -> Iterator[Callable[[Report, Path], None]]:
    """A file that always says how the storm ended, an exception included; with findings, the logs too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("The storm has begun and has not said how it ended: its process was killed.\n")

    def keep(report: Report, folder: Path) -> None:
        lines = [str(report), *report.broken]
        if report.broken:
            lines += [f"--- {log.name}\n{log.read_text(errors='replace')}" for log in folder.glob("*.log")]
        file.write_text("\n".join(lines) + "\n")

    try:
        yield keep
    except BaseException:
        file.write_text(traceback.format_exc())
        raise


if __name__ == "__main__":
    sys.exit(main())
