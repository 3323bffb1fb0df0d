"""The direct message to the one person who may decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.approvals.noticing import notify, sole_approver
from bot.approvals.showing import show
from bot.core.model import State
from bot.core.policy import Policies, Policy, one_stage
from bot.ports import SlackUnavailable
from tests.approvals.conftest import Scene
from tests.fake_slack import FakeMessenger
from tests.fakes import FakeIdempotency
from tests.store.samples import asked, moved

ANA = "U0ANA"
SOLE = Policy(answer="decision", stages=one_stage(users=[ANA]), dm_sole_approver=True)


def ruled(scene: Scene, policy: Policy = SOLE) -> Scene:
    scene.world = replace(scene.world, policies=lambda: Policies(policy), once=FakeIdempotency(scene.clock))
    return scene


def wished(scene: Scene) -> int:
    return sum(wish.task == "notify" for wish in scene.queue.wishes)


@pytest.mark.parametrize(
    ("policy", "sole"),
    [
        (SOLE, ANA),
        (replace(SOLE, stages=one_stage(users=[ANA, "U0BEN"])), None),
        (replace(SOLE, stages=one_stage(users=[ANA, "U0REQ"])), ANA),
        (replace(SOLE, stages=one_stage(users=[ANA, "U0REQ"]), requester_may_approve=True), None),
        (replace(SOLE, stages=one_stage(users=["U0REQ"])), None),
        (replace(SOLE, stages=one_stage(groups=["S1"])), "U0BEN"),
        (replace(SOLE, stages=one_stage(users=[ANA], groups=["S1"])), None),
        (replace(SOLE, stages=one_stage(users=["U0BEN"], groups=["S1"])), "U0BEN"),
        (replace(SOLE, stages=one_stage()), None),
    ],
)
async def test_who_is_the_only_one(scene: Scene, policy: Policy, sole: str | None) -> None:
    scene.directory.groups = {"S1": frozenset({"U0BEN"})}

    assert await sole_approver(ruled(scene, policy).world, asked()) == sole


async def test_a_fresh_card_wishes_for_a_notice_only_where_the_policy_does(scene: Scene) -> None:
    await ruled(scene, replace(SOLE, dm_sole_approver=False)).asked()
    assert wished(scene) == 0

    other = ruled(Scene())
    await other.asked()

    assert wished(other) == 1


async def test_a_card_that_is_only_updated_wishes_for_none(scene: Scene) -> None:
    approval = await ruled(scene).asked()
    await moved(scene.store, approval, State.CANCELLED)

    await show(scene.world, approval.id)

    assert wished(scene) == 1


async def test_the_notice_links_to_the_card_and_is_sent_once(scene: Scene) -> None:
    approval = await ruled(scene).asked()

    sent = [await notify(scene.world, approval.id) for _ in range(2)]

    assert sent == [True, False]
    assert scene.messenger.told == [(ANA, f"{approval.id} https://slack.test/C1/1000.000100")]


async def test_what_is_decided_meanwhile_needs_no_notice(scene: Scene) -> None:
    approval = await ruled(scene).asked()
    await moved(scene.store, approval, State.CANCELLED)

    assert not await notify(scene.world, approval.id)
    assert scene.messenger.told == []


async def test_where_slack_does_not_say_who_is_in_a_group_it_is_asked_again_later(scene: Scene) -> None:
    approval = await ruled(scene, replace(SOLE, stages=one_stage(users=[ANA], groups=["S1"]))).asked()
    scene.directory.down = True

    assert not await notify(scene.world, approval.id)

    assert wished(scene) == 2


class Silent(FakeMessenger):
    """Takes no direct message; `sent` says what it may have done."""

    sent = False

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None:
        raise SlackUnavailable("down", sent=self.sent)


class Unsure(Silent):
    sent = True


@pytest.mark.parametrize(("messenger", "again"), [(Silent(), True), (Unsure(), False)])
async def test_only_what_was_surely_not_sent_is_sent_again(
    scene: Scene, messenger: FakeMessenger, again: bool
) -> None:
    approval = await ruled(scene).asked()
    before = wished(scene)
    down = replace(scene.world, messenger=messenger)

    await notify(down, approval.id)

    assert (wished(scene) > before) is again
    assert await notify(scene.world, approval.id) is again
