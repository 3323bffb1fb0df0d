"""The daily summary of a channel: what waits there, once a day, whoever dies in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.approvals.daily import post_due
from bot.core.policy import Policies, Policy
from bot.ports import ChannelClosed, SlackUnavailable
from tests.approvals.conftest import Scene
from tests.fakes import FakeIdempotency
from tests.store.samples import created

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp()
POLICIES = Policies(Policy(), {"refund": Policy(channel="C1", digest="09:00")})


@pytest.fixture
async def morning(scene: Scene) -> Scene:
    """Nine o'clock; two refunds and a plan wait in the channel, one elsewhere."""
    scene.clock.now = NINE
    scene.world = replace(scene.world, policies=lambda: POLICIES, once=FakeIdempotency(scene.clock))
    await created(scene.store, "A1", channel="C1", expires_at=NINE)
    await created(scene.store, "A2", channel="C1", expires_at=NINE + 3_600)
    await created(scene.store, "A3", channel="C1", graph="plan", expires_at=NINE + 200_000)
    await created(scene.store, "A4", channel="C2", expires_at=NINE)
    return scene


def posted(scene: Scene) -> list[tuple[str, str]]:
    return [(post.key, post.text) for post in scene.messenger.posts]


async def test_a_channel_is_told_what_waits_in_it(morning: Scene) -> None:
    assert await post_due(morning.world) == ("C1",)

    assert posted(morning) == [("daily:C1:2026-01-05", "3 {'refund': 2, 'plan': 1} 1 1 0")]


async def test_once_a_day_and_again_the_next_day(morning: Scene) -> None:
    for _ in range(3):
        await post_due(morning.world)
        morning.clock.advance(3_600)
    morning.clock.now = NINE + 86_400
    await post_due(morning.world)

    assert [key for key, _ in posted(morning)] == ["daily:C1:2026-01-05", "daily:C1:2026-01-06"]


async def test_before_its_time_and_long_after_nothing_is_posted(morning: Scene) -> None:
    for moment in (NINE - 1, NINE + 6 * 3_600):
        morning.clock.now = moment
        assert await post_due(morning.world) == ()

    assert posted(morning) == []


async def test_a_channel_where_nothing_waits_is_left_in_peace(morning: Scene) -> None:
    morning.store.approvals.clear()

    assert await post_due(morning.world) == ()
    assert posted(morning) == []


async def test_a_post_whose_reply_was_lost_is_found_and_not_repeated(morning: Scene) -> None:
    morning.messenger.trouble = SlackUnavailable("lost", sent=True)
    assert await post_due(morning.world) == ()

    morning.clock.advance(30)
    assert await post_due(morning.world) == ()  # the claim is still held
    morning.clock.advance(60)
    assert await post_due(morning.world) == ("C1",)

    assert len(posted(morning)) == 1


async def test_a_slack_that_is_down_is_tried_again_at_once(morning: Scene) -> None:
    morning.messenger.refusal = SlackUnavailable("down", sent=False)
    assert await post_due(morning.world) == ()

    morning.messenger.refusal = None
    assert await post_due(morning.world) == ("C1",)


async def test_a_closed_channel_is_reported_once_a_day(morning: Scene) -> None:
    morning.messenger.refusal = ChannelClosed("C1", "not_in_channel")

    with pytest.raises(ChannelClosed):
        await post_due(morning.world)
    morning.clock.advance(120)

    assert await post_due(morning.world) == ()
