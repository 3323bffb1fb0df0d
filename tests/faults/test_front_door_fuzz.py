"""Twenty thousand bent requests: the door answers each with 2xx or 4xx and lets in only what Slack signed."""

from __future__ import annotations

from tests.faults.fuzz_front_door import fuzz
from tests.simulation.quiet import quiet


async def test_the_door_lets_in_only_what_slack_signed() -> None:
    with quiet():
        tally = await fuzz(20_000, seed=1)

    assert tally.broken == []
    assert tally.rung > 500
    assert {200, 400, 401} <= set(tally.statuses)
