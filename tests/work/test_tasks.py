"""One task drives a thread and shows what came of it, without another way through the queue."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from bot.approvals.voting import vote
from bot.approvals.world import World
from bot.core.model import Verdict
from bot.work.tasks import tasks
from tests.approvals.conftest import Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def advanced(world: World, thread_id: str) -> None:
    """Run the task `advance` as a worker does."""
    await tasks(world)["advance"](thread_id, execution=SimpleNamespace(when=datetime.now(UTC)))


async def test_the_task_that_finds_a_question_posts_its_card(scene: Scene) -> None:
    await scene.start()

    await advanced(scene.world, "t1")

    assert len(scene.messenger.live_cards()) == 1
    assert [wish.task for wish in scene.queue.wishes] == ["advance"]  # the start's own


async def test_the_task_that_applies_a_decision_closes_the_card_and_tells_the_result(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    scene.queue.wishes.clear()

    await advanced(scene.world, "t1")

    assert scene.messenger.live_cards() == []
    assert len(scene.messenger.posts) == 2
    assert scene.queue.wishes == []
