"""`make bench`: measure every row, print the table and write it to `bench/results.md`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from bench import machine
from bench.figures import Figure
from bench.plan import Plan
from bench.report import table, written

ROWS = (
    "ack",
    "processes",
    "resume",
    "commands",
    "sustained",
    "lists",
    "memory",
    "rounds",
    "idle",
    "cold",
    "units",
)

LEFT_OUT = """\
Left out: real Redis 8 (the embedded Valkey with RediSearch and RedisJSON was used), Redis on another machine
and Redis Cluster; real Slack (a stand-in that answers at once was used; App Home is measured without
it); the Agent Server in production (its development server looks at its queue about once a second,
which is not a property of the API)."""


def main() -> None:
    """Measure, print, write."""
    asked = _arguments()
    # Before anything else: afterwards the load is our own.
    found = machine.described()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        plan = Plan(Path(folder), asked.reps, asked.scale, asked.largest)
        rows = asyncio.run(_measure(plan, asked.rows or ROWS))
    document = written(found, plan, rows, LEFT_OUT)
    print(document)
    asked.out.write_text(document)


async def _measure(plan: Plan, names: tuple[str, ...]) -> dict[str, list[Figure]]:
    rows: dict[str, list[Figure]] = {}
    for name in names:
        rows[name] = await import_module(f"bench.rows.{name}").measure(plan)
        print(f"{table(rows[name])}\n", file=sys.stderr, flush=True)
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="only these rows")
    parser.add_argument("--reps", type=int, default=5, help="interleaved repetitions")
    parser.add_argument("--scale", type=float, default=1.0, help="of every count: 0.05 is a trial run")
    parser.add_argument("--largest", type=int, default=1_000_000, help="most pending approvals in the lists")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
