"""Somebody stands in for one who is away: as long as both may, never for the requester, never in a chain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.absences import come_back, leave, standing_of
from bot.approvals.nudging import nudge
from bot.approvals.reconciling import reconcile
from bot.approvals.showing import show
from bot.approvals.voting import ready, vote
from bot.core.absence import Absence, NotDone, UnclearTime
from bot.core.approvers import Approvers
from bot.core.audit import Fact, faults
from bot.core.model import Approval, Person, Source, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Escalate, Policy, Why, one_stage
from tests.approvals.conftest import Scene
from tests.approvals.test_nudging import policy
from tests.core.test_calendar import at

ANA, BEN, CAT, REQ = "U0ANA", "U0BEN", "U0CAT", "U0REQ"


@pytest.fixture
def scene() -> Scene:
    """Ana and Dan may decide; Ben and Cat may not."""
    return Scene(policy=policy(ANA, "U0DAN"))


async def away(scene: Scene, user: str, delegate: str | None = None, said: str = "for 1h") -> Absence:
    found = await leave(scene.world, user, delegate=delegate, until=said.split())
    assert isinstance(found, Absence)
    return found


async def press(
    scene: Scene, approval: Approval, by: str, verdict: Verdict = Verdict.APPROVE, **more: Any
) -> Outcome:
    return await vote(scene.world, scene.click(scene.now(approval), verdict, by=by, **more))


async def test_who_stands_in_may_answer_and_the_trail_names_both(scene: Scene) -> None:
    approval = await scene.asked()
    before = await press(scene, approval, BEN)
    await away(scene, ANA, BEN)

    after = await press(scene, approval, BEN, id="again")

    assert before.why is Why.NOT_AN_APPROVER
    assert after.kind is Kind.DECIDED
    [voted] = [entry for entry in scene.store.trail if entry.fact is Fact.VOTED]
    assert (voted.by, voted.data["stands_for"]) == (BEN, ANA)
    [said] = scene.now(approval).votes
    assert (said.by, said.stands_for) == (BEN, ANA)


async def test_who_may_answer_anyway_answers_for_themselves(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, "U0DAN", ANA)

    await press(scene, approval, ANA)

    assert scene.now(approval).votes[0].stands_for is None


async def test_an_absence_without_a_delegate_lets_nobody_answer(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, ANA)

    assert (await press(scene, approval, BEN)).why is Why.NOT_AN_APPROVER


async def test_a_delegate_of_a_delegate_may_not(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, ANA, BEN)
    await away(scene, BEN, CAT)

    assert (await press(scene, approval, CAT)).why is Why.NOT_AN_APPROVER


async def test_nobody_stands_in_for_the_requester_under_four_eyes(scene: Scene) -> None:
    scene.policy = policy(ANA, REQ)
    approval = await scene.asked()
    await away(scene, REQ, BEN)

    approved = await press(scene, approval, BEN)
    rejected = await press(scene, approval, BEN, Verdict.REJECT)

    assert approved.why is Why.NOT_AN_APPROVER
    assert rejected.kind is Kind.DECIDED  # a No is open to who could say it


async def test_the_requester_does_not_become_an_approver_by_standing_in(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, ANA, REQ)

    assert (await press(scene, approval, REQ)).why is Why.REQUESTER


async def test_an_absent_person_and_who_stands_in_are_one_approval_of_two(scene: Scene) -> None:
    scene.policy = policy(ANA, "U0DAN", quorum=2)
    approval = await scene.asked()
    await away(scene, ANA, BEN)

    first = await press(scene, approval, BEN)
    second = await press(scene, approval, ANA)
    no = await press(scene, approval, ANA, Verdict.REJECT)

    assert first.kind is Kind.COUNTED
    assert second.why is Why.SPOKEN_FOR
    assert no.kind is Kind.DECIDED


@pytest.mark.parametrize("order", [(ANA, BEN), (BEN, CAT)])
async def test_one_seat_is_filled_once_whoever_comes_second(scene: Scene, order: tuple[str, str]) -> None:
    scene.policy = policy(ANA, "U0DAN", quorum=2)
    approval = await scene.asked()
    await away(scene, ANA, BEN)
    await press(scene, approval, order[0])
    await away(scene, ANA, order[1])

    outcome = await press(scene, approval, order[1], id="second")

    assert outcome.why is Why.NOT_AN_APPROVER
    assert scene.now(approval).state is State.PENDING


async def test_a_second_press_of_who_stands_in_is_the_same_vote(scene: Scene) -> None:
    scene.policy = policy(ANA, "U0DAN", quorum=2)
    approval = await scene.asked()
    await away(scene, ANA, BEN)
    await press(scene, approval, BEN)

    again = await press(scene, approval, BEN, id="another gesture")

    assert again.kind is Kind.REPEATED


async def test_it_ends_between_opening_the_form_and_sending_it(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, ANA, BEN, "for 5m")
    form = scene.click(approval, Verdict.REJECT, by=BEN, source=Source.MODAL)
    opened = await ready(scene.world, form)

    scene.clock.advance(5 * 60)
    sent = await vote(scene.world, form)

    assert opened.kind is Kind.READY
    assert sent.why is Why.NOT_AN_APPROVER
    assert scene.now(approval).state is State.PENDING


async def test_it_ends_in_the_moment_between_the_look_and_the_record(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, ANA, BEN, "for 5m")
    scene.clock.advance(5 * 60 - 0.001)

    class Slow(type(scene.directory)):  # type: ignore[misc] # the same people, looked up slowly
        async def person(self, user_id: str) -> Person:
            scene.clock.advance(0.001)
            return await scene.directory.person(user_id)

    world = replace(scene.world, directory=Slow())
    outcome = await vote(world, scene.click(approval, Verdict.APPROVE, by=BEN))

    assert outcome.why is Why.NOT_AN_APPROVER
    assert scene.now(approval).votes == ()


UNFIT = [{"is_guest": True}, {"is_bot": True}, {"is_deleted": True}, {"is_stranger": True}, {"team": "T9"}]


@pytest.mark.parametrize("change", UNFIT)
@pytest.mark.parametrize("who", [ANA, BEN])
async def test_both_must_be_fit_at_the_click(scene: Scene, who: str, change: dict[str, Any]) -> None:
    approval = await scene.asked()
    await away(scene, ANA, BEN)
    scene.directory.people[who] = replace(Person(who, who, "T1"), **change)

    outcome = await press(scene, approval, BEN)

    assert outcome.kind is Kind.REFUSED
    assert scene.now(approval).votes == ()


async def test_who_is_no_approver_any_more_is_stood_in_for_no_more(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, ANA, BEN)
    scene.policy = policy("U0DAN")

    assert (await press(scene, approval, BEN)).why is Why.NOT_AN_APPROVER


async def test_a_member_of_a_group_can_be_stood_in_for_while_a_member(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", stages=one_stage(groups=["S0FIN"]))
    scene.directory.groups["S0FIN"] = frozenset({ANA})
    approval = await scene.asked()
    await away(scene, ANA, BEN)
    scene.directory.groups["S0FIN"] = frozenset()
    removed = await press(scene, approval, BEN)
    scene.directory.groups["S0FIN"] = frozenset({ANA})

    assert removed.why is Why.NOT_AN_APPROVER
    assert (await press(scene, approval, BEN, id="again")).kind is Kind.DECIDED


async def test_who_was_added_by_an_escalation_can_be_stood_in_for(scene: Scene) -> None:
    scene.policy = policy("U0DAN", escalate=Escalate(60.0, Approvers(frozenset({ANA}))))
    approval = await scene.asked()
    await away(scene, ANA, BEN)
    early = await press(scene, approval, BEN)
    scene.clock.advance(60)
    await nudge(scene.world, approval.id)

    assert early.why is Why.NOT_AN_APPROVER
    assert (await press(scene, approval, BEN, id="again")).kind is Kind.DECIDED


async def test_slack_that_does_not_tell_lets_nobody_stand_in(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, ANA, BEN)
    scene.directory.down = True

    assert (await press(scene, approval, BEN)).why is Why.CANNOT_CHECK


# --- saying so -----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", UNFIT)
async def test_only_full_members_can_stand_in(scene: Scene, change: dict[str, Any]) -> None:
    scene.directory.people[BEN] = replace(Person(BEN, "Ben", "T1"), **change)

    assert await leave(scene.world, ANA, delegate=BEN, until=["for", "1d"]) is NotDone.NO_MEMBER
    assert await leave(scene.world, BEN, delegate=ANA, until=["for", "1d"]) is NotDone.YOU
    assert scene.delegations.leaves == {}


async def test_nobody_stands_in_for_themselves(scene: Scene) -> None:
    assert await leave(scene.world, ANA, delegate=ANA, until=["for", "1d"]) is NotDone.YOURSELF


async def test_without_slack_nothing_is_recorded(scene: Scene) -> None:
    scene.directory.down = True

    assert await leave(scene.world, ANA, delegate=BEN, until=["for", "1d"]) is NotDone.CANNOT_CHECK


async def test_the_time_is_that_of_the_one_who_says_it(scene: Scene) -> None:
    scene.clock.now = at("2026-11-21 12:00")
    scene.directory.people[ANA] = Person(ANA, "Ana", "T1", tz="America/New_York")

    absence = await away(scene, ANA, BEN, "until monday")

    assert absence.until == at("2026-11-23 00:00", "America/New_York")


async def test_what_is_no_time_changes_nothing(scene: Scene) -> None:
    await away(scene, ANA, BEN)

    with pytest.raises(UnclearTime):
        await leave(scene.world, ANA, delegate=CAT, until=["until", "whenever"])

    absence = (await standing_of(scene.world, ANA)).absence
    assert absence is not None
    assert absence.delegate == BEN


async def test_both_sides_can_see_how_it_is(scene: Scene) -> None:
    absence = await away(scene, ANA, BEN)

    assert (await standing_of(scene.world, ANA)).absence == absence
    assert (await standing_of(scene.world, BEN)).for_others == {ANA: absence}


async def test_coming_back_ends_it_at_once(scene: Scene) -> None:
    approval = await scene.asked()
    absence = await away(scene, ANA, BEN)

    assert await come_back(scene.world, ANA) == absence
    assert await come_back(scene.world, ANA) is NotDone.NOTHING
    assert (await press(scene, approval, BEN)).why is Why.NOT_AN_APPROVER


async def test_every_beginning_and_end_is_in_the_persons_own_trail(scene: Scene) -> None:
    await away(scene, ANA, BEN)
    await away(scene, ANA, CAT)
    await come_back(scene.world, ANA)
    await away(scene, ANA)
    scene.clock.advance(3600)
    for _ in range(3):
        await reconcile(scene.world)

    trail = await scene.delegations.history(ANA)

    told = [(entry.fact, entry.by, entry.data["delegate"]) for entry in trail]
    assert told == [
        (Fact.AWAY, ANA, BEN),
        (Fact.BACK, ANA, BEN),
        (Fact.AWAY, ANA, CAT),
        (Fact.BACK, ANA, CAT),
        (Fact.AWAY, ANA, None),
        (Fact.BACK, None, None),  # nobody: its time was over
    ]
    assert faults(trail, b"key", head=scene.delegations.leaves[ANA].audit_head) == []


# --- what people see -----------------------------------------------------------------------------


async def test_the_card_says_who_is_away(scene: Scene) -> None:
    await away(scene, ANA, BEN)
    await away(scene, CAT)  # nobody asks Cat
    approval = await scene.asked()

    assert scene.messenger.live_cards()[0].blocks[0]["away"] == [ANA]
    assert approval.state is State.PENDING


async def test_reminders_are_told_who_is_away(scene: Scene) -> None:
    approval = await scene.asked()
    await away(scene, ANA, BEN, "for 2d")
    scene.clock.advance(4 * 3600)

    await nudge(scene.world, approval.id)
    await show(scene.world, approval.id)

    assert f"away {ANA}" in scene.messenger.posts[-1].text
    assert scene.messenger.live_cards()[0].blocks[0]["away"] == [ANA]
