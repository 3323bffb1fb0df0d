"""A process that is stopped in the middle of a call to Slack, and ends the call when its lease is gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.approvals.announcing import announce
from bot.approvals.reconciling import reconcile
from bot.approvals.showing import show
from bot.approvals.voting import vote
from bot.core.model import State, Verdict
from bot.core.policy import one_stage
from bot.ports import LeaseLost, Message, SlackUnavailable, StoreUnavailable
from bot.work import redraw
from bot.work.tasks import tasks
from tests.approvals.conftest import Scene
from tests.fake_slack import FakeMessenger
from tests.fakes import FakeStore


class Killed(BaseException):
    """The process ends right after its call."""


@dataclass
class Stopped:
    """A messenger whose posts and updates wait until the process is woken up."""

    slack: FakeMessenger
    then_killed: bool = False
    loses_reply: bool = False
    keeps: bool = False  # what is to be removed stays: Slack is away
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    landed: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.slack, name)

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> str:
        await self._sleep()
        ts = await self.slack.post(channel, message, thread_ts=thread_ts)
        self.landed.set()
        await self.answered.wait()
        self._end()
        return ts

    async def remove(self, channel: str, ts: str) -> None:
        if self.keeps:
            raise SlackUnavailable("away")
        await self.slack.remove(channel, ts)

    async def update(self, channel: str, ts: str, message: Message) -> None:
        await self._sleep()
        await self.slack.update(channel, ts, message)
        self._end()

    async def _sleep(self) -> None:
        self.reached.set()
        await self.woken.wait()

    def _end(self) -> None:
        if self.then_killed:
            raise Killed
        if self.loses_reply:
            raise SlackUnavailable("the reply was lost", sent=True)


@pytest.mark.parametrize("then_killed", [False, True])
async def test_a_post_that_comes_after_the_decision_does_not_stay_live(then_killed: bool) -> None:
    scene = Scene()
    await scene.start()
    await scene.drive()
    approval = scene.newest()
    stopped, task = await _stopped_in_show(scene, then_killed)
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()
    await show(scene.world, approval.id)
    await _wakes(stopped, task)
    await _mended(scene)

    assert scene.now(approval).state is State.APPLIED
    assert len(scene.messenger.posts) == 1
    assert scene.messenger.live_cards() == []


async def test_a_late_post_without_a_reply_is_looked_for_by_others() -> None:
    scene = Scene()
    await scene.start()
    await scene.drive()
    approval = scene.newest()
    stopped, task = await _stopped_in_show(scene)
    stopped.loses_reply = True
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()
    await _mended(scene)  # a minute without any trace of the post: it counts as never sent
    await _wakes(stopped, task)
    scene.queue.wishes.clear()  # and whoever lost the reply does not come to look itself
    late = scene.messenger.live_cards()
    await _mended(scene)

    assert len(late) == 1
    assert scene.messenger.live_cards() == []


async def test_a_late_result_without_a_reply_is_taken_back_by_others() -> None:
    scene = Scene()
    await scene.asked()
    await vote(scene.world, scene.click(scene.newest(), Verdict.APPROVE))
    await scene.drive()
    stopped = Stopped(scene.messenger, loses_reply=True)
    task = asyncio.create_task(announce(replace(scene.world, messenger=stopped), "t1"))
    await stopped.reached.wait()
    scene.store.held.pop("card:result-t1")
    await announce(scene.world, "t1")
    await _wakes(stopped, task)
    await announce(scene.world, "t1")

    told = [post.ts for post in scene.messenger.posts if post.key == "result:t1"]
    assert told == [scene.store.runs["t1"].announced]


async def test_a_copy_of_a_result_that_could_not_be_taken_back_is_taken_back_later() -> None:
    scene = Scene()
    await scene.asked()
    await vote(scene.world, scene.click(scene.newest(), Verdict.APPROVE))
    await scene.drive()
    stopped = Stopped(scene.messenger, keeps=True)
    task = asyncio.create_task(announce(replace(scene.world, messenger=stopped), "t1"))
    await stopped.reached.wait()
    scene.store.held.pop("card:result-t1")
    await announce(scene.world, "t1")
    await _wakes(stopped, task)
    copies = [post.ts for post in scene.messenger.posts if post.key == "result:t1"]
    await announce(scene.world, "t1")

    told = [post.ts for post in scene.messenger.posts if post.key == "result:t1"]
    assert len(copies) == 2
    assert told == [scene.store.runs["t1"].announced]


async def test_an_update_that_comes_after_a_newer_one_is_painted_over() -> None:
    scene = Scene()
    scene.policy = replace(scene.policy, stages=one_stage(quorum=2))
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    stopped, task = await _stopped_in_show(scene, then_killed=False)
    await vote(scene.world, scene.click(scene.now(approval), Verdict.APPROVE, "U0BEN"))
    await scene.drive()
    await show(scene.world, approval.id)
    await _wakes(stopped, task)
    late = scene.messenger.live_cards()
    await _mended(scene)

    assert len(late) == 1
    assert scene.messenger.live_cards() == []


async def test_a_late_update_is_painted_over_although_redis_was_away_when_its_process_woke_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two faults at once: frozen past the lease in the middle of an update, and then nobody to tell it to."""
    monkeypatch.setattr(redraw, "AGAIN", 0.0)
    scene = Scene()
    scene.policy = replace(scene.policy, stages=one_stage(quorum=2))
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    stopped = Stopped(scene.messenger)
    away: Any = Away(scene.store)
    frozen = tasks(replace(scene.world, messenger=stopped, store=away))["show"]
    task = asyncio.ensure_future(frozen(approval.id, execution=SimpleNamespace(when=datetime.now(UTC))))
    await stopped.reached.wait()
    scene.store.held.pop(f"card:{approval.id}")
    await vote(scene.world, scene.click(scene.now(approval), Verdict.APPROVE, "U0BEN"))
    await scene.drive()
    await show(scene.world, approval.id)
    away.now = True
    stopped.woken.set()
    with pytest.raises(StoreUnavailable):
        await task
    late = scene.messenger.live_cards()
    await _mended(scene)
    unmended = scene.messenger.live_cards()
    away.now = False
    async with asyncio.timeout(10):
        await away.told.wait()
    await _mended(scene)

    assert (len(late), len(unmended)) == (1, 1)
    assert scene.messenger.live_cards() == []


@dataclass
class Away:
    """A record that one process cannot reach for a while."""

    store: FakeStore
    now: bool = False
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.store, name)
        if name == "card":
            return real

        async def call(*args: Any, **more: Any) -> Any:
            if self.now:
                raise StoreUnavailable("away")
            if name == "intend_card":
                self.told.set()
            return await real(*args, **more)

        return call


async def test_a_result_that_comes_after_another_looked_for_it_is_taken_back() -> None:
    scene = Scene()
    await scene.asked()
    await vote(scene.world, scene.click(scene.newest(), Verdict.APPROVE))
    await scene.drive()
    stopped = Stopped(scene.messenger)
    task = asyncio.create_task(announce(replace(scene.world, messenger=stopped), "t1"))
    await stopped.reached.wait()
    scene.store.held.pop("card:result-t1")
    await announce(replace(scene.world, messenger=Meanwhile(scene.messenger, stopped, task)), "t1")

    told = [post.ts for post in scene.messenger.posts if post.key == "result:t1"]
    assert told == [scene.store.runs["t1"].announced]


@dataclass
class Meanwhile:
    """During its search the stopped process's post arrives, and during its post that process's answer."""

    slack: FakeMessenger
    stopped: Stopped
    task: asyncio.Task[Any]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.slack, name)

    async def find(self, channel: str, message: Message, **more: Any) -> tuple[str, ...]:
        found = await self.slack.find(channel, message, **more)
        self.stopped.woken.set()
        await self.stopped.landed.wait()
        return found

    async def post(self, channel: str, message: Message, **more: Any) -> str:
        ts = await self.slack.post(channel, message, **more)
        await _wakes(self.stopped, self.task)
        return ts


async def _stopped_in_show(scene: Scene, then_killed: bool = False) -> tuple[Stopped, asyncio.Task[Any]]:
    """A process begins to show the card, and is stopped until its lease runs out."""
    stopped = Stopped(scene.messenger, then_killed)
    world = replace(scene.world, messenger=stopped)
    task = asyncio.create_task(show(world, scene.newest().id))
    await stopped.reached.wait()
    scene.store.held.pop(f"card:{scene.newest().id}")
    return stopped, task


async def _wakes(stopped: Stopped, task: asyncio.Task[Any]) -> None:
    stopped.woken.set()
    stopped.answered.set()
    with suppress(LeaseLost, Killed):
        await task


async def _mended(scene: Scene) -> None:
    """What the reconciler does within a minute."""
    for _ in range(6):
        scene.clock.advance(10.0)
        left = await reconcile(scene.world, older_than=5.0)
        for approval_id in left.unshown:
            await show(scene.world, approval_id)
