"""Play one schedule again and show each step: `python -m tests.simulation.replay SEED`."""

from __future__ import annotations

import sys

from tests.simulation.schedules import run_schedule


def main(seed: int) -> int:
    """Print the trace, what the record holds at the end, and what was broken; 1 if something was."""
    office, faults = run_schedule(seed)
    print("\n".join(office.scheduler.trace))
    for approval in office.store.approvals.values():
        print(approval, office.store.cards[approval.id], sep="\n  ")
    for run in office.store.runs.values():
        print(run, office.runner.threads.get(run.thread_id), sep="\n  ")
    print("\n".join(faults) or f"seed {seed}: every promise holds")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
