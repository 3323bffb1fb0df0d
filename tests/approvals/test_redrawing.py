"""Cards say who is away from the moment somebody leaves until they are back, and are drawn once for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from bot.approvals.absences import come_back, leave
from bot.approvals.reconciling import reconcile
from bot.approvals.redrawing import redraw
from bot.approvals.showing import show
from bot.approvals.voting import vote
from bot.core.absence import Absence, Leave
from bot.core.audit import Entry
from bot.core.model import Approval, Verdict
from bot.ports import Message, StoreUnavailable, Swapped
from tests.approvals.conftest import Scene
from tests.approvals.test_nudging import policy
from tests.fake_delegations import FakeDelegations
from tests.fake_slack import FakeMessenger, FakeQueue

ANA, BEN, DAN = "U0ANA", "U0BEN", "U0DAN"


@pytest.fixture
def scene() -> Scene:
    """Ana and Dan may decide."""
    return Scene(policy=policy(ANA, DAN))


async def away(scene: Scene, user: str = ANA, said: str = "for 1h") -> None:
    assert isinstance(await leave(scene.world, user, delegate=BEN, until=said.split()), Absence)


async def work(scene: Scene) -> None:
    """What is due on the queue, done in any order, and what that asks for."""
    while due := [wish for wish in scene.queue.wishes if wish.due <= scene.clock.now]:
        for wish in due:
            scene.queue.wishes.remove(wish)
            if wish.task == "absence":
                await redraw(scene.world, *wish.args)
            elif wish.task == "show":
                await show(scene.world, wish.args[0])


def shown(scene: Scene, approval: Approval) -> object:
    """Who is away, as the card says it."""
    [card] = [post for post in scene.messenger.posts if post.key == f"card:{approval.id}"]
    return card.blocks[0]["away"]


async def test_the_card_says_it_when_somebody_leaves_and_when_they_are_back(scene: Scene) -> None:
    approval = await scene.asked()
    said = [shown(scene, approval)]
    for change in (away(scene), come_back(scene.world, ANA)):
        await change
        await work(scene)
        said.append(shown(scene, approval))

    assert said == [[], [ANA], []]


async def test_the_card_says_it_when_the_time_is_over(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene)
    await work(scene)

    scene.clock.advance(3_600)
    await work(scene)

    assert shown(scene, approval) == []


async def test_where_the_queue_forgot_the_end_the_reconciler_notices_it(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene)
    await work(scene)
    scene.queue.wishes.clear()

    scene.clock.advance(3_600)
    await reconcile(scene.world)
    await work(scene)

    assert shown(scene, approval) == []


async def test_a_card_is_sent_to_slack_once_for_each_change(scene: Scene) -> None:
    await scene.asked()
    scene.messenger = CountingMessenger(scene.messenger.posts)
    scene.world = replace(scene.world, messenger=scene.messenger)

    await away(scene)
    for _ in range(3):
        await work(scene)
        await redraw(scene.world, ANA)
        scene.clock.advance(20)
    await work(scene)

    assert scene.messenger.updates == 1


async def test_cards_that_do_not_name_the_person_stay_as_they_are(scene: Scene) -> None:
    approval = await scene.asked()
    version = scene.now(approval).version

    assert await redraw(scene.world, BEN) == 0
    scene.policy = replace(scene.policy, stages=(replace(scene.policy.stages[0], quorum=2),))
    await vote(scene.world, scene.click(approval, Verdict.APPROVE, by=ANA))

    assert await redraw(scene.world, ANA) == 0  # she has agreed: nobody waits for her
    assert await redraw(scene.world, DAN) == 1
    assert scene.now(approval).version == version + 2


@dataclass(slots=True)
class CountingMessenger(FakeMessenger):
    """Counts what is drawn over."""

    updates: int = 0

    async def update(self, channel: str, ts: str, message: Message) -> None:
        self.updates += 1
        await FakeMessenger.update(self, channel, ts, message)


class Dies(FakeDelegations):
    """The process ends right after the absence is on record."""

    async def swap(self, before: Leave, after: Leave, entries: Sequence[Entry]) -> Swapped:
        await FakeDelegations.swap(self, before, after, entries)
        raise KeyboardInterrupt


async def test_a_crash_right_after_the_record_is_followed_by_the_wish_made_before(scene: Scene) -> None:
    approval = await scene.asked()
    world, scene.delegations = scene.world, Dies(scene.clock)
    scene.world = replace(world, delegations=scene.delegations)
    with pytest.raises(KeyboardInterrupt):
        await away(scene)

    scene.clock.advance(20)
    await work(scene)

    assert shown(scene, approval) == [ANA]


class Down(FakeQueue):
    """Takes nothing about absences."""

    async def absence(self, user: str, *, at: float) -> None:
        raise StoreUnavailable("down")


async def test_where_the_wish_cannot_be_kept_nothing_is_recorded(scene: Scene) -> None:
    scene.world = replace(scene.world, queue=Down())

    with pytest.raises(StoreUnavailable):
        await away(scene)

    assert scene.delegations.leaves == {}
