"""One person's App Home: theirs, what they asked for, what was decided; and what if it cannot be shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.approvals.desk import SlackDesk
from bot.approvals.home import show_home
from bot.core.model import Source, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policies, Policy, one_stage
from bot.ports import StoreUnavailable
from tests.approvals.conftest import Scene
from tests.fake_slack import FakeQueue
from tests.store.samples import created, moved

ANA = "U0ANA"
FOR_ANA = Policy(stages=one_stage(users=[ANA]))


class DownQueue(FakeQueue):
    """Takes no wish."""

    async def home(self, user: str, *, note: str | None = None) -> None:
        raise StoreUnavailable("down")


async def test_a_home_has_three_parts(scene: Scene) -> None:
    scene.world = replace(scene.world, policies=lambda: Policies(FOR_ANA))
    await created(scene.store, "A1", requester="U0CAT")
    await created(scene.store, "A2", requester=ANA)
    await moved(scene.store, await created(scene.store, "A3", requester=ANA), State.DECIDED)
    await moved(scene.store, await created(scene.store, "A4", requester="U0CAT"), State.DECIDED)

    await show_home(scene.world, ANA, "Recorded.")

    assert scene.messenger.homes[ANA] == {
        "note": "Recorded.",
        "links": 0,
        "waiting": ["A1"],
        "asked": ["A2"],
        "recent": ["A3"],
    }


async def test_cards_are_linked_where_they_are(scene: Scene) -> None:
    await scene.asked()

    await show_home(scene.world, ANA)

    assert scene.messenger.homes[ANA]["links"] == 1


async def test_an_opened_home_is_drawn_once_more(scene: Scene) -> None:
    approval = await scene.asked()
    click = scene.click(approval, Verdict.APPROVE, source=Source.HOME)

    await SlackDesk(scene.world).home_opened(click)

    assert [(wish.task, wish.args) for wish in scene.queue.wishes if wish.task == "home"] == [
        ("home", (ANA, ""))
    ]


@pytest.mark.parametrize("tampered", [{"app": "A2"}, {"team": "T2"}, {"user": "*"}, {"user_team": "T9"}])
async def test_a_home_opened_elsewhere_is_not_ours(scene: Scene, tampered: dict[str, str]) -> None:
    approval = await scene.asked()
    click = scene.click(approval, Verdict.APPROVE, source=Source.HOME, **tampered)

    await SlackDesk(scene.world).home_opened(click)

    assert [wish.task for wish in scene.queue.wishes if wish.task == "home"] == []


async def test_where_the_queue_is_down_the_person_is_told_directly(scene: Scene) -> None:
    scene.world = replace(scene.world, queue=DownQueue())

    await SlackDesk(scene.world).tell_at_home(Outcome(Kind.NOT_RECORDED), ANA)

    assert scene.messenger.told == [(ANA, "not_recorded")]
