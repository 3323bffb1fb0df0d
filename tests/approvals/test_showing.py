"""One live card for each pending approval, whatever Slack does to our posts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.approvals.announcing import announce
from bot.approvals.showing import CLOSED_WAIT, Shown, show
from bot.approvals.voting import vote
from bot.core.model import RunState, State, Verdict
from bot.core.policy import one_stage
from bot.ports import ChannelClosed, SlackUnavailable
from tests.approvals.conftest import Scene


async def test_a_repeat_posts_nothing(scene: Scene) -> None:
    approval = await scene.asked()

    await show(scene.world, approval.id)

    assert len(scene.messenger.posts) == 1


async def test_a_post_whose_reply_was_lost_is_adopted(scene: Scene) -> None:
    await scene.start()
    await scene.drive()
    approval = scene.newest()
    scene.messenger.trouble = SlackUnavailable("the reply was lost", sent=True)

    first = await show(scene.world, approval.id)
    second = await show(scene.world, approval.id)

    assert (first, second) == (Shown.LATER, Shown.DONE)
    assert len(scene.messenger.posts) == 1
    assert scene.store.cards[approval.id].ts == scene.messenger.posts[0].ts


async def test_who_takes_over_from_one_who_may_still_send_looks_once_more(scene: Scene) -> None:
    """Its older face may come after ours: the card counts as behind until it was drawn again."""
    approval = await scene.asked()
    await scene.store.intend_card(approval.id)
    scene.store.held[f"card:{approval.id}"], scene.store.ran_out = "stopped", {f"card:{approval.id}"}

    await show(scene.world, approval.id)
    behind = scene.store.cards[approval.id].intended_at
    await show(scene.world, approval.id)

    assert behind is not None
    assert scene.store.cards[approval.id].intended_at is None


async def test_a_card_that_was_posted_twice_keeps_one_live_copy(scene: Scene) -> None:
    await scene.start()
    await scene.drive()
    approval = scene.newest()
    message = scene.world.faces.card(
        approval, previous=None, previous_link=None, next_link=None, now=scene.clock.now
    )
    await scene.store.intend_card(approval.id)
    for _ in range(2):
        await scene.messenger.post("C1", message)

    await show(scene.world, approval.id)
    await show(scene.world, approval.id)

    assert [card.ts for card in scene.messenger.live_cards()] == [scene.store.cards[approval.id].ts]


async def test_a_deleted_card_of_a_pending_approval_is_posted_again(scene: Scene) -> None:
    scene.policy = replace(scene.policy, stages=one_stage(quorum=2))
    approval = await scene.asked()
    scene.messenger.posts.clear()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    await show(scene.world, approval.id)

    assert len(scene.messenger.live_cards()) == 1


async def test_a_closed_channel_keeps_the_card_for_later(scene: Scene) -> None:
    await scene.start()
    await scene.drive()
    approval = scene.newest()
    scene.messenger.refusal = ChannelClosed("C1", "not_in_channel")

    with pytest.raises(ChannelClosed, match="/invite"):
        await show(scene.world, approval.id)

    assert scene.queue.wishes[-1].task == "show"
    assert scene.queue.wishes[-1].due == CLOSED_WAIT
    assert scene.now(approval).state is State.PENDING


async def test_what_ended_before_anybody_saw_it_gets_no_card(scene: Scene) -> None:
    await scene.start()
    await scene.drive()
    approval = scene.newest()
    gone = replace(approval, state=State.SUPERSEDED, version=1)
    await scene.store.swap(approval, gone, ())

    await show(scene.world, approval.id)

    assert scene.messenger.posts == []
    assert (await scene.store.leftovers(older_than=0, limit=9)).unshown == ()


async def test_a_result_waits_until_the_card_it_belongs_under_is_found(scene: Scene) -> None:
    await scene.start()
    await scene.drive()
    approval = scene.newest()
    scene.messenger.trouble = SlackUnavailable("the reply was lost", sent=True)
    await show(scene.world, approval.id)
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()

    early = await announce(scene.world, "t1")
    await show(scene.world, approval.id)
    await announce(scene.world, "t1")

    [told] = [post for post in scene.messenger.posts if post.key == "result:t1"]
    assert early is Shown.LATER
    assert told.thread_ts == scene.store.cards[approval.id].ts
    assert told.thread_ts is not None


async def test_a_result_is_told_once_even_if_the_reply_was_lost(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()
    scene.messenger.trouble = SlackUnavailable("the reply was lost", sent=True)

    await announce(scene.world, "t1")
    await announce(scene.world, "t1")

    told = [post for post in scene.messenger.posts if post.key == "result:t1"]
    assert len(told) == 1
    assert told[0].thread_ts == scene.store.cards[approval.id].ts
    assert scene.store.runs["t1"].state is RunState.ENDED
    assert scene.store.runs["t1"].announced == told[0].ts
