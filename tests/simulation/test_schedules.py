"""Ten thousand seeded schedules of people, workers, crashes and lost replies: every promise holds in each."""

from __future__ import annotations

import pytest

from tests.simulation.many import CHUNK, play
from tests.simulation.schedules import run_schedule

CHUNKS = 20


@pytest.mark.parametrize("first", range(0, CHUNK * CHUNKS, CHUNK))
def test_every_promise_holds_in_each_schedule(first: int) -> None:
    played = play(first)

    assert played.broken == {}, "replay with: python -m tests.simulation.replay SEED"
    assert played.schedules == CHUNK
    # A simulation in which nothing happens keeps every promise.
    assert min(played.events[name] for name in ("killed", "lost", "votes", "effects")) > CHUNK / 10


@pytest.mark.parametrize("seed", [0, 7, 843, 3734])
def test_the_same_seed_plays_the_same_schedule(seed: int) -> None:
    one, other = run_schedule(seed)[0], run_schedule(seed)[0]

    assert one.scheduler.trace == other.scheduler.trace
    assert one.store.trail == other.store.trail


def test_who_was_stopped_in_an_update_and_killed_after_it_leaves_no_live_card() -> None:
    """Its older face came after the newer one, and it died before it could look for its lease."""
    assert play(361858, 1).broken == {}


@pytest.mark.parametrize("seed", [60794, 100209])
def test_votes_before_and_after_an_escalation_each_go_by_their_own_right(seed: int) -> None:
    """What a replaced person had said went by a remembered group; what they said later, by what they were."""
    assert play(seed, 1).broken == {}
