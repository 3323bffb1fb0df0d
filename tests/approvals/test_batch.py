"""A card that lists what a run asks at once: posted once, within the pace, true to what becomes of each."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from bot.approvals.reconciling import reconcile
from bot.approvals.showing import Shown, show
from bot.approvals.showing_batch import show_batch
from bot.approvals.voting import vote
from bot.core.model import Approval, State, Verdict
from bot.ports import ChannelClosed, LeaseLost, Message, SlackUnavailable, StoreUnavailable
from bot.slack.turns import Turns
from tests.approvals.batches import TEN, asked, card, many
from tests.approvals.conftest import Scene
from tests.fake_slack import FakeMessenger
from tests.fakes import FakePace, FakeStore


@pytest.mark.parametrize(("branches", "lists"), [(1, 0), (2, 0), (3, 1), (TEN, 1)])
async def test_three_questions_at_once_get_a_list(branches: int, lists: int) -> None:
    scene = many(branches)
    await scene.start()
    await scene.drive()
    await scene.drive()

    assert len(scene.store.approvals) == branches
    assert len(scene.store.batches) == lists
    assert [wish.task for wish in scene.queue.wishes].count("show_batch") == lists


async def test_the_list_follows_what_becomes_of_each() -> None:
    scene = many(3)
    batch = await asked(scene)
    one = scene.store.approvals[batch.batch.approvals[1]]
    before = card(scene).blocks[0]

    await vote(scene.world, scene.click(one, Verdict.REJECT))
    await show(scene.world, one.id)
    await show_batch(scene.world, batch.batch.id)

    assert before["links"] == list(batch.batch.approvals)
    assert card(scene).blocks[0]["states"] == {
        batch.batch.approvals[0]: State.PENDING,
        one.id: State.DECIDED,
        batch.batch.approvals[2]: State.PENDING,
    }


async def test_a_crash_between_the_questions_and_their_list_is_mended() -> None:
    scene = many(4)
    scene.store = CrashesAt(scene.clock, at=2)  # the third question, before the list
    scene.world = replace(scene.world, store=scene.store)
    await scene.start()
    with pytest.raises(StoreUnavailable):
        await scene.drive()

    await scene.drive()

    [batch] = scene.store.batches.values()
    assert len(batch.batch.approvals) == 4
    assert {one.batch for one in scene.store.approvals.values()} == {batch.batch.id}


class CrashesAt(FakeStore):
    """A record that goes away once, when so many approvals are in it."""

    def __init__(self, clock: Any, *, at: int) -> None:
        super().__init__(clock)
        self.at: int | None = at

    async def create(self, approval: Approval, entries: Any, **more: Any) -> str:
        if len(self.approvals) == self.at:
            self.at = None
            raise StoreUnavailable("away")
        return await super().create(approval, entries, **more)


async def test_the_card_of_a_batch_is_posted_once_even_if_the_reply_was_lost() -> None:
    scene = many(3)
    await scene.start()
    await scene.drive()
    [batch_id] = scene.store.batches
    scene.messenger.trouble = SlackUnavailable("the reply was lost", sent=True)

    first = await show_batch(scene.world, batch_id)
    second = await show_batch(scene.world, batch_id)

    assert (first, second) == (Shown.LATER, Shown.DONE)
    assert card(scene).ts == scene.store.batches[batch_id].card.ts


async def test_a_copy_of_the_card_is_taken_back() -> None:
    scene = many(3)
    batch = await asked(scene)
    message = Message("a copy", [], key=f"batch:{batch.batch.id}")
    await scene.messenger.post("C1", message)
    await scene.store.intend_batch(batch.batch.id)

    await show_batch(scene.world, batch.batch.id)

    assert card(scene).ts == batch.card.ts


async def test_a_process_that_was_stopped_while_posting_leaves_one_card() -> None:
    scene = many(3)
    await scene.start()
    await scene.drive()
    [batch_id] = scene.store.batches
    scene.messenger = Stops(scene.store, batch_id)
    scene.world = replace(scene.world, messenger=scene.messenger)

    with pytest.raises(LeaseLost):
        await show_batch(scene.world, batch_id)
    scene.clock.advance(60.0)
    await show_batch(scene.world, batch_id)

    assert card(scene).ts == scene.store.batches[batch_id].card.ts
    assert scene.store.batches[batch_id].card.intended_at is None


class Stops(FakeMessenger):
    """The first post takes longer than the lease: another process may draw the card meanwhile."""

    def __init__(self, store: FakeStore, batch_id: str) -> None:
        super().__init__()
        self.store, self.batch_id = store, batch_id

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> str:
        ts = await super().post(channel, message, thread_ts=thread_ts)
        if self.count == 1:
            self.store.held.pop(f"card:batch-{self.batch_id}")
        return ts


async def test_who_takes_over_from_one_who_may_still_send_looks_at_the_list_once_more() -> None:
    scene = many(3)
    batch_id = (await asked(scene)).batch.id
    await scene.store.intend_batch(batch_id)
    lease = f"card:batch-{batch_id}"
    scene.store.held[lease], scene.store.ran_out = "stopped", {lease}

    await show_batch(scene.world, batch_id)
    behind = scene.store.batches[batch_id].card.intended_at
    await show_batch(scene.world, batch_id)

    assert behind is not None
    assert scene.store.batches[batch_id].card.intended_at is None


async def test_the_reconciler_comes_back_for_a_card_that_is_behind() -> None:
    scene = many(3)
    await scene.start()
    await scene.drive()
    scene.queue.wishes.clear()

    await reconcile(scene.world, older_than=0.0)

    [batch_id] = scene.store.batches
    assert ("show_batch", (batch_id,)) in [(wish.task, wish.args) for wish in scene.queue.wishes]


async def test_a_closed_channel_keeps_the_list_for_later() -> None:
    scene = many(3)
    await scene.start()
    await scene.drive()
    [batch_id] = scene.store.batches
    scene.messenger.refusal = ChannelClosed("C1", "not_in_channel")

    with pytest.raises(ChannelClosed):
        await show_batch(scene.world, batch_id)

    assert (scene.queue.wishes[-1].task, scene.queue.wishes[-1].due) == ("show_batch", 60.0)


async def test_nothing_is_posted_for_a_batch_that_was_over_before_anybody_saw_it() -> None:
    scene = many(3)
    await scene.start()
    await scene.drive()
    for one in list(scene.store.approvals.values()):
        await scene.store.swap(one, replace(one, state=State.CANCELLED, version=1), ())
    [batch_id] = scene.store.batches

    await show_batch(scene.world, batch_id)

    assert scene.messenger.posts == []


async def test_ten_cards_and_their_list_keep_to_one_post_a_second() -> None:
    scene = many(TEN)
    waited: list[float] = []
    scene.messenger = Paced(scene, waited)
    scene.world = replace(scene.world, messenger=scene.messenger)
    await scene.start()
    await scene.drive()
    began = scene.clock.now

    wishes = [
        ("show_batch", next(iter(scene.store.batches))),
        *(("show", one) for one in scene.store.approvals),
    ]
    while wishes:  # what has to wait too long is put back on the queue, as a worker does
        task, name = wishes.pop(0)
        shown = await (show_batch if task == "show_batch" else show)(scene.world, name)
        if shown is Shown.LATER:
            scene.clock.advance(1.0)
            wishes.append((task, name))

    times = scene.messenger.times
    assert len(times) == TEN + 1
    assert all(later - before >= 1.0 for before, later in pairwise(times))
    assert scene.clock.now - began <= TEN + 1


class Paced(FakeMessenger):
    """Posts wait for the channel's turn, on the clock of the test."""

    def __init__(self, scene: Scene, waited: list[float]) -> None:
        super().__init__()
        self.clock, self.times = scene.clock, list[float]()
        self.turns = Turns(FakePace(scene.clock), sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> str:
        await self.turns.take(channel, message.key)
        self.times.append(self.clock.now)
        return await super().post(channel, message, thread_ts=thread_ts)
