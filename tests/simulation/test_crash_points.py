"""Each story, with a crash at every single step and with every single reply lost: it ends as it should."""

from __future__ import annotations

import pytest

from tests.simulation.crash_points import losses, pairs, singles
from tests.simulation.stories import STORIES, tell


@pytest.mark.parametrize("name", STORIES)
def test_the_story_ends_well_without_faults(name: str) -> None:
    told = tell(STORIES[name])

    assert told.broken == []
    assert len(told.points) > 100


@pytest.mark.parametrize("name", STORIES)
def test_the_story_ends_well_with_a_crash_at_any_step(name: str) -> None:
    count, broken = singles(name)

    assert broken == []
    assert count > 100


@pytest.mark.parametrize("name", STORIES)
def test_the_story_ends_well_when_any_reply_is_lost(name: str) -> None:
    count, broken = losses(name)

    assert broken == []
    assert count > 100


def test_a_crash_is_followed_by_one_at_any_later_step() -> None:
    count, broken = pairs("approve", tell(STORIES["approve"]).points[40])

    assert broken == []
    assert count > 100
