"""Reminders and escalations: at their time, once, by the store's clock, whoever dies in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.expiring import expire
from bot.approvals.nudging import nudge
from bot.approvals.reconciling import reconcile
from bot.approvals.voting import vote
from bot.core.approvers import Approvers
from bot.core.audit import Fact
from bot.core.calendar import Hours
from bot.core.model import Approval, State, Verdict
from bot.core.nudges import ON_ITS_WAY
from bot.core.outcome import Kind
from bot.core.policy import Escalate, Policy, Why, one_stage
from bot.ports import ChannelClosed, LeaseLost, Message, MessageRefused, SlackUnavailable
from tests.approvals.conftest import Scene
from tests.core.test_calendar import at
from tests.fake_slack import FakeMessenger, Posted

HOUR = 3600.0
BOSS = Escalate(2 * HOUR, Approvers(frozenset({"U0BOSS"})), channel="C2")


def policy(*users: str, **more: Any) -> Policy:
    """Named approvers, reminded every four hours, three times at most."""
    given: dict[str, Any] = {"answer": "decision", "remind_every": 4 * HOUR} | more
    stages = one_stage(users=users or ("U0ANA", "U0BEN"), quorum=given.pop("quorum", 1))
    return Policy(stages=stages, **given)


@pytest.fixture
def scene() -> Scene:
    return Scene(policy=policy())


def said(scene: Scene, what: str) -> list[Posted]:
    return [post for post in scene.messenger.posts if post.key.startswith(what)]


def facts(scene: Scene, fact: Fact) -> int:
    return sum(entry.fact is fact for entry in scene.store.trail)


async def pass_hours(scene: Scene, approval: Approval, hours: float) -> None:
    """Time goes on in steps of a quarter of an hour, and somebody looks at each."""
    for _ in range(round(hours * 4)):
        scene.clock.advance(HOUR / 4)
        await nudge(scene.world, approval.id)


async def test_people_are_reminded_in_the_cards_thread_so_often_and_no_more(scene: Scene) -> None:
    approval = await scene.asked()

    await pass_hours(scene, approval, 3.75)
    before = len(said(scene, "reminder"))
    await pass_hours(scene, approval, 30)

    reminders = said(scene, "reminder")
    assert before == 0
    assert [post.key for post in reminders] == [f"reminder-{n}:{approval.id}" for n in (1, 2, 3)]
    assert {post.thread_ts for post in reminders} == {scene.store.cards[approval.id].ts}
    assert "U0ANA U0BEN" in reminders[0].text
    assert facts(scene, Fact.REMINDED) == 3


async def test_only_those_still_needed_are_called(scene: Scene) -> None:
    scene.policy = policy("U0ANA", "U0BEN", "U0REQ", quorum=2)
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    await pass_hours(scene, approval, 4)

    assert "U0BEN" in said(scene, "reminder")[0].text
    assert "U0ANA" not in said(scene, "reminder")[0].text
    assert "U0REQ" not in said(scene, "reminder")[0].text  # four eyes: the requester may not approve


async def test_nobody_is_reminded_of_what_has_ended(scene: Scene) -> None:
    approval = await scene.asked()
    scene.clock.advance(4 * HOUR)
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    await nudge(scene.world, approval.id)

    assert said(scene, "reminder") == []
    assert facts(scene, Fact.REMINDED) == 0


async def test_after_an_outage_one_reminder_is_sent_and_not_all_that_were_missed(scene: Scene) -> None:
    approval = await scene.asked()

    scene.clock.advance(100 * HOUR)
    for _ in range(5):
        await nudge(scene.world, approval.id)

    assert len(said(scene, "reminder")) == 1


async def test_a_clock_that_jumps_back_reminds_nobody_twice(scene: Scene) -> None:
    approval = await scene.asked()
    await pass_hours(scene, approval, 4)

    scene.clock.advance(-4 * HOUR)
    await pass_hours(scene, approval, 4)

    assert len(said(scene, "reminder")) == 1


async def test_a_reminder_waits_for_its_card(scene: Scene) -> None:
    await scene.start()
    await scene.drive()
    approval = scene.newest()  # asked, and Slack has not taken the card yet

    await pass_hours(scene, approval, 5)

    assert said(scene, "reminder") == []
    assert scene.now(approval).reminded == 0


async def test_a_lost_task_is_found_by_the_reconciler(scene: Scene) -> None:
    approval = await scene.asked()
    scene.queue.wishes.clear()  # the queue forgot everything
    scene.clock.advance(4 * HOUR + 5)

    found = await reconcile(scene.world)

    assert found.nudges == (approval.id,)
    assert ("nudge", (approval.id,)) in [(wish.task, wish.args) for wish in scene.queue.wishes]


# --- posts whose fate is unknown -----------------------------------------------------------------


async def test_a_reminder_whose_reply_was_lost_is_found_and_not_sent_again(scene: Scene) -> None:
    approval = await scene.asked()
    scene.messenger.trouble = SlackUnavailable("no answer", sent=True)
    scene.clock.advance(4 * HOUR)
    await nudge(scene.world, approval.id)
    assert scene.now(approval).nudges != ()

    await nudge(scene.world, approval.id)  # too early to know
    scene.clock.advance(ON_ITS_WAY)
    await nudge(scene.world, approval.id)

    assert len(said(scene, "reminder")) == 1
    assert scene.messenger.count == 2  # the card and the reminder: not even a copy that is taken back
    assert scene.now(approval).nudges == ()


async def test_a_reminder_that_was_never_sent_is_sent_by_the_next_process(scene: Scene) -> None:
    approval = await scene.asked()
    scene.messenger.refusal = SlackUnavailable("connection refused")
    scene.clock.advance(4 * HOUR)
    await nudge(scene.world, approval.id)
    scene.messenger.refusal = None

    await nudge(scene.world, approval.id)
    early = said(scene, "reminder")  # somebody else's call may still be on its way
    scene.clock.advance(ON_ITS_WAY)
    await nudge(scene.world, approval.id)
    await nudge(scene.world, approval.id)

    assert early == []
    assert len(said(scene, "reminder")) == 1
    assert facts(scene, Fact.REMINDED) == 1


@pytest.mark.parametrize("refusal", [ChannelClosed("C2", "not_in_channel"), MessageRefused("invalid_blocks")])
async def test_what_slack_refuses_is_tried_again_seldom(scene: Scene, refusal: Exception) -> None:
    approval = await scene.asked()
    scene.clock.advance(4 * HOUR)
    scene.messenger.refusal = refusal
    await nudge(scene.world, approval.id)
    scene.messenger.refusal = None

    scene.clock.advance(60)
    await nudge(scene.world, approval.id)
    early = len(said(scene, "reminder"))
    scene.clock.advance(600)
    await nudge(scene.world, approval.id)

    assert (early, len(said(scene, "reminder"))) == (0, 1)


async def test_of_two_processes_one_reminds(scene: Scene) -> None:
    approval = await scene.asked()
    scene.clock.advance(4 * HOUR)

    async with scene.store.card_lease(f"nudge-{approval.id}"):
        await nudge(scene.world, approval.id)
    nothing = said(scene, "reminder")
    await nudge(scene.world, approval.id)

    assert nothing == []
    assert len(said(scene, "reminder")) == 1


class Stopped(FakeMessenger):
    """What one process sends to Slack; something happens to it just before."""

    def __init__(self, scene: Scene, method: str, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__(posts=scene.messenger.posts, count=100)
        self.method, self.meanwhile = method, meanwhile

    async def link(self, channel: str, ts: str) -> str | None:
        if self.method == "link":
            await self.meanwhile()
        return await super().link(channel, ts)

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> str:
        if self.method == "post":
            await self.meanwhile()
        return await super().post(channel, message, thread_ts=thread_ts)

    async def remove(self, channel: str, ts: str) -> None:
        self.posts[:] = [post for post in self.posts if post.ts != ts]


async def test_a_process_that_was_stopped_before_its_post_does_not_post(scene: Scene) -> None:
    approval = await scene.asked()
    scene.clock.advance(4 * HOUR)

    async def run_out() -> None:
        scene.store.held.clear()

    stopped = replace(scene.world, messenger=Stopped(scene, "link", run_out))
    with pytest.raises(LeaseLost):
        await nudge(stopped, approval.id)
    nothing = said(scene, "reminder")
    scene.clock.advance(ON_ITS_WAY)
    await nudge(scene.world, approval.id)

    assert nothing == []
    assert len(said(scene, "reminder")) == 1


async def test_a_process_that_was_stopped_in_its_post_takes_its_copy_back(scene: Scene) -> None:
    approval = await scene.asked()
    scene.clock.advance(4 * HOUR)

    async def another_sends_it() -> None:
        scene.store.held.clear()
        scene.clock.advance(ON_ITS_WAY)
        await nudge(scene.world, approval.id)  # it finds nothing, so it sends it

    await nudge(replace(scene.world, messenger=Stopped(scene, "post", another_sends_it)), approval.id)

    assert len(said(scene, "reminder")) == 1


# --- escalation ----------------------------------------------------------------------------------


async def test_an_escalation_adds_who_may_answer_and_tells_both_channels(scene: Scene) -> None:
    scene.policy = policy("U0ANA", escalate=BOSS)
    approval = await scene.asked()
    early = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BOSS"))

    await pass_hours(scene, approval, 2)
    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BOSS"))

    assert early.why is Why.NOT_AN_APPROVER
    assert outcome.kind is Kind.DECIDED
    assert [post.key for post in said(scene, "escalation")] == [
        f"escalation:{approval.id}",
        f"escalation-told:{approval.id}",
    ]
    [entry] = [entry for entry in scene.store.trail if entry.fact is Fact.ESCALATED]
    assert entry.data["users"] == ["U0BOSS"]
    assert entry.data["mode"] == "add"


@pytest.mark.parametrize(("instead", "kind"), [(False, Kind.DECIDED), (True, Kind.REFUSED)])
async def test_an_escalation_may_take_the_place_of_those_who_could_answer(
    scene: Scene, instead: bool, kind: Kind
) -> None:
    scene.policy = policy("U0ANA", escalate=Escalate(60.0, BOSS.approvers, instead=instead))
    approval = await scene.asked()
    scene.clock.advance(60)
    await nudge(scene.world, approval.id)

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0ANA"))

    assert outcome.kind is kind


async def test_who_was_replaced_keeps_the_approval_they_had_given(scene: Scene) -> None:
    instead = Escalate(60.0, BOSS.approvers, instead=True)
    scene.policy = policy("U0ANA", "U0BEN", quorum=2, escalate=instead)
    approval = await scene.asked()
    first = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0ANA"))
    scene.clock.advance(60)
    await nudge(scene.world, approval.id)

    late = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BEN"))
    last = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BOSS"))

    assert (first.kind, late.why, last.kind) == (Kind.COUNTED, Why.NOT_AN_APPROVER, Kind.DECIDED)
    assert scene.now(approval).decision.by == ("U0ANA", "U0BOSS")  # type: ignore[union-attr]


async def test_an_escalation_counts_though_slack_takes_no_message(scene: Scene) -> None:
    scene.policy = policy("U0ANA", escalate=BOSS)
    approval = await scene.asked()
    scene.messenger.refusal = ChannelClosed("C2", "is_archived")

    await pass_hours(scene, approval, 2)
    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BOSS"))

    assert outcome.kind is Kind.DECIDED


async def test_the_requester_may_not_approve_after_an_escalation_either(scene: Scene) -> None:
    scene.policy = policy("U0ANA", escalate=Escalate(60.0, Approvers(frozenset({"U0REQ"}))))
    approval = await scene.asked()
    scene.clock.advance(60)
    await nudge(scene.world, approval.id)

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0REQ"))

    assert outcome.why is Why.REQUESTER


async def test_the_escalation_happens_once_however_often_somebody_looks(scene: Scene) -> None:
    scene.policy = policy("U0ANA", escalate=BOSS, remind_every=None)
    approval = await scene.asked()

    await pass_hours(scene, approval, 12)

    assert facts(scene, Fact.ESCALATED) == 1
    assert len(said(scene, "escalation")) == 2


# --- the rules of the moment ---------------------------------------------------------------------


async def test_what_falls_into_the_night_comes_in_the_morning(scene: Scene) -> None:
    scene.clock.now = at("2026-11-20 15:00")  # a Friday
    scene.policy = policy("U0ANA", escalate=BOSS, hours=Hours("Europe/Berlin"))
    approval = await scene.asked()

    await pass_hours(scene, approval, 2)
    friday = len(scene.messenger.posts) - 1
    scene.clock.now = at("2026-11-23 08:59")
    await nudge(scene.world, approval.id)
    early = len(said(scene, "reminder"))
    scene.clock.now = at("2026-11-23 09:00")
    await nudge(scene.world, approval.id)

    assert friday == 2  # the escalation at 17:00, in two channels
    assert (early, len(said(scene, "reminder"))) == (0, 1)


async def test_quiet_hours_that_came_into_force_later_are_kept_too(scene: Scene) -> None:
    scene.clock.now = at("2026-11-20 16:00")
    approval = await scene.asked()
    scene.policy = policy(hours=Hours("Europe/Berlin"))
    scene.clock.now = at("2026-11-20 20:00")

    await nudge(scene.world, approval.id)

    assert said(scene, "reminder") == []
    assert scene.now(approval).remind_at == at("2026-11-23 09:00")


async def test_reminders_end_when_the_rules_ask_for_none(scene: Scene) -> None:
    scene.policy = policy(escalate=BOSS)
    approval = await scene.asked()
    scene.policy = policy(remind_every=None)
    scene.clock.advance(4 * HOUR)

    await nudge(scene.world, approval.id)

    assert scene.messenger.live_cards() == scene.messenger.posts
    assert (scene.now(approval).remind_at, scene.now(approval).escalate_at) == (None, None)


async def test_a_deadline_may_count_working_time_only(scene: Scene) -> None:
    scene.clock.now = at("2026-11-20 17:00")
    scene.policy = policy(expires_in=8 * HOUR, working_time=True, hours=Hours("Europe/Berlin"))

    approval = await scene.asked()

    assert approval.expires_at == at("2026-11-23 16:00")


# --- the very moment of the deadline -------------------------------------------------------------


@pytest.mark.parametrize("first", ["click", "deadline"])
async def test_a_click_in_the_very_moment_of_the_deadline_is_too_late_in_both_orders(
    scene: Scene, first: str
) -> None:
    scene.policy = policy("U0ANA", expires_in=60.0, on_expiry="reject")
    approval = await scene.asked()
    scene.clock.advance(60.0)

    if first == "deadline":
        await expire(scene.world, approval.id)
    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await expire(scene.world, approval.id)

    decision = scene.now(approval).decision
    assert outcome.kind is Kind.TOO_LATE
    assert decision is not None
    assert decision.verdict is Verdict.REJECT
    assert scene.now(approval).votes == ()


async def test_a_click_a_moment_before_the_deadline_counts_and_the_deadline_changes_nothing(
    scene: Scene,
) -> None:
    scene.policy = policy("U0ANA", expires_in=60.0, on_expiry="reject")
    approval = await scene.asked()
    scene.clock.advance(59.999)

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    scene.clock.advance(0.001)
    await expire(scene.world, approval.id)
    await nudge(scene.world, approval.id)

    assert outcome.kind is Kind.DECIDED
    assert scene.now(approval).state is State.DECIDED


async def test_nobody_is_reminded_in_the_very_moment_of_the_deadline(scene: Scene) -> None:
    scene.policy = policy("U0ANA", expires_in=4 * HOUR, escalate=Escalate(4 * HOUR, BOSS.approvers))
    approval = await scene.asked()
    scene.clock.advance(4 * HOUR)

    await nudge(scene.world, approval.id)

    assert facts(scene, Fact.REMINDED) + facts(scene, Fact.ESCALATED) == 0
    assert scene.now(approval).added is None
