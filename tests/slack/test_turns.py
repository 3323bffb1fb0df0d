"""A burst in one channel: every message has its turn, and long waits are spent on the queue."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.ports import SlackUnavailable
from bot.slack.turns import Turns
from tests.fakes import Clock, FakePace


class Hands:
    """A worker's hands: a clock that sleeping turns, shared with the pace."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.slept: list[float] = []
        self.pace = FakePace(self.clock)
        self.turns = Turns(self.pace, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)


async def test_the_first_goes_at_once_and_the_next_a_second_later() -> None:
    hands = Hands()

    await hands.turns.take("C1", "card:1")
    await hands.turns.take("C1", "card:2")
    await hands.turns.take("C2", "card:3")

    assert hands.slept == [1.0]


async def test_a_long_wait_is_handed_back_and_the_turn_is_kept() -> None:
    hands = Hands()
    for number in range(10):
        await hands.pace.reserve("C1", f"before:{number}")
    due = {f"card:{number}": await handed_back(hands, f"card:{number}") for number in range(5)}

    posted = []
    for key, at in due.items():
        hands.clock.advance(at - hands.clock.now)
        await hands.turns.take("C1", key)
        posted.append(hands.clock.now)

    assert hands.slept == []
    assert [round(after - before, 3) for before, after in pairwise(posted)] == [1.0] * 4


async def handed_back(hands: Hands, key: str) -> float:
    """When the message may come again."""
    with pytest.raises(SlackUnavailable) as later:
        await hands.turns.take("C1", key)
    return hands.clock.now + later.value.retry_after
