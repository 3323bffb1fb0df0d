"""A task carries out its own wishes at once; what is for later, or for another task, goes to the queue."""

from __future__ import annotations

from bot.work.at_hand import AtHand
from tests.fake_slack import FakeQueue


async def test_cards_and_results_for_now_stay_with_the_task() -> None:
    queue = FakeQueue()
    wished = AtHand(queue)
    await wished.show("A1", version=1)
    await wished.announce("T1")

    assert (wished.cards, wished.results) == (["A1"], ["T1"])
    assert queue.wishes == []


async def test_what_is_for_later_goes_to_the_queue() -> None:
    queue = FakeQueue()
    wished = AtHand(queue)
    await wished.show("A1", version=1, delay=2.0)
    await wished.show("A2", version=1, if_idle=True)
    await wished.announce("T1", delay=2.0)
    await wished.announce("T2", if_idle=True)

    assert (wished.cards, wished.results) == ([], [])
    assert [(wish.task, wish.args, wish.due) for wish in queue.wishes] == [
        ("show", ("A1",), 2.0),
        ("show", ("A2",), 0.0),
        ("announce", ("T1",), 2.0),
        ("announce", ("T2",), 0.0),
    ]


async def test_what_another_task_does_goes_to_the_queue() -> None:
    queue = FakeQueue()
    wished = AtHand(queue)
    await wished.advance("T1", why="again")
    await wished.expire("A1", at=9.0)
    await wished.tell("C1", "U1", "You were second.")

    assert [wish.task for wish in queue.wishes] == ["advance", "expire", "tell"]
