"""A vote: recorded once, by who may, while it counts; everyone else learns why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.desk import SlackDesk
from bot.approvals.voting import ready, reply, vote
from bot.core.audit import Fact
from bot.core.model import Click, MetadataClaim, Person, Source, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policy, Rule, Why, one_stage
from bot.core.risk import Risk
from bot.ports import StoreUnavailable
from tests.approvals.conftest import Scene
from tests.fakes import FakeStore


async def test_a_vote_decides_and_wakes_the_worker(scene: Scene) -> None:
    approval = await scene.asked()

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    assert outcome.kind is Kind.DECIDED
    assert scene.now(approval).state is State.DECIDED
    assert ("advance", ("t1",)) in [(wish.task, wish.args) for wish in scene.queue.wishes]


async def test_the_same_gesture_again_is_the_same_vote(scene: Scene) -> None:
    approval = await scene.asked()
    click = scene.click(approval, Verdict.APPROVE)
    await vote(scene.world, click)

    outcome = await vote(scene.world, click)

    assert outcome.kind is Kind.REPEATED
    assert len(scene.now(approval).votes) == 1


async def test_whoever_comes_second_is_too_late(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.REJECT))

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BEN"))

    assert outcome.kind is Kind.TOO_LATE
    assert outcome.approval is not None
    assert outcome.approval.decision is not None
    assert outcome.approval.decision.by == ("U0ANA",)


REFUSED = [
    ({"app": "A2"}, Why.OTHER_APP),
    ({"app": None}, Why.OTHER_APP),
    ({"team": "T2"}, Why.OTHER_WORKSPACE),
    ({"team": None}, Why.NO_WORKSPACE),
    ({"user": "u0ana\n<!channel>"}, Why.MALFORMED),
    ({"user": ""}, Why.MALFORMED),
    ({"user_team": "T9"}, Why.STRANGER),
    ({"revision": 2}, Why.OTHER_CARD),
    ({"channel": "C9"}, Why.OTHER_CARD),
    ({"message_ts": "9.9"}, Why.OTHER_CARD),
    ({"user": "U0REQ"}, Why.REQUESTER),
]


@pytest.mark.parametrize(("tampered", "why"), REFUSED)
async def test_a_click_that_is_not_what_it_claims_changes_nothing(
    scene: Scene, tampered: dict[str, Any], why: Why
) -> None:
    approval = await scene.asked()

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, **tampered))

    assert outcome.why is why
    assert scene.now(approval).state is State.PENDING
    assert scene.now(approval).votes == ()


@pytest.mark.parametrize(
    "claim",
    [
        MetadataClaim("other", "t1", "t1-1-gate0", 1),
        MetadataClaim("id-0001", "t2", "t1-1-gate0", 1),
        MetadataClaim("id-0001", "t1", "other", 1),
        MetadataClaim("id-0001", "t1", "t1-1-gate0", 2),
    ],
)
async def test_metadata_that_disagrees_with_the_record_is_refused_and_audited(
    scene: Scene, claim: MetadataClaim
) -> None:
    approval = await scene.asked()

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, metadata=claim))

    assert outcome.why is Why.OTHER_CARD
    assert [entry.fact for entry in scene.store.trail][-1] is Fact.REFUSED


PEOPLE = [
    (Person("U0ANA", "Ana", "T1", is_bot=True), Why.NOT_A_PERSON),
    (Person("U0ANA", "Ana", "T1", is_deleted=True), Why.NOT_A_PERSON),
    (Person("U0ANA", "Ana", "T1", is_guest=True), Why.GUEST),
    (Person("U0ANA", "Ana", "T1", is_stranger=True), Why.STRANGER),
    (Person("U0ANA", "Ana", "T7"), Why.STRANGER),
]


@pytest.mark.parametrize(("person", "why"), PEOPLE)
async def test_only_full_members_of_the_workspace_decide(scene: Scene, person: Person, why: Why) -> None:
    approval = await scene.asked()
    scene.directory.people["U0ANA"] = person

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    assert outcome.why is why


async def test_when_slack_cannot_say_who_somebody_is_nobody_decides(scene: Scene) -> None:
    approval = await scene.asked()
    scene.directory.down = True

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    assert outcome.why is Why.CANNOT_CHECK
    assert scene.now(approval).state is State.PENDING


async def test_who_left_the_group_a_moment_ago_is_no_approver(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", stages=one_stage(groups=["S1"]))
    approval = await scene.asked()
    scene.directory.groups["S1"] = frozenset({"U0ANA"})
    probe = await ready(scene.world, scene.click(approval, Verdict.REJECT))
    scene.directory.groups["S1"] = frozenset()

    outcome = await vote(scene.world, scene.click(approval, Verdict.REJECT))

    assert probe.kind is Kind.READY
    assert outcome.why is Why.NOT_AN_APPROVER


async def test_the_click_that_decides_reads_the_group_anew_for_everybody_who_voted(scene: Scene) -> None:
    """Ana approved and left the group; what is remembered of it still names her."""
    scene.policy = Policy(answer="decision", stages=one_stage(groups=["S1"], quorum=2))
    approval = await scene.asked()
    scene.directory.remembered["S1"] = frozenset({"U0ANA", "U0BEN", "U0CAT"})
    first = await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    scene.directory.groups["S1"] = frozenset({"U0BEN", "U0CAT"})

    second = await vote(scene.world, scene.click(scene.now(approval), Verdict.APPROVE, by="U0BEN"))
    third = await vote(scene.world, scene.click(scene.now(approval), Verdict.APPROVE, by="U0CAT"))

    assert [first.kind, second.kind, third.kind] == [Kind.COUNTED, Kind.COUNTED, Kind.DECIDED]
    assert scene.now(approval).decision.by == ("U0BEN", "U0CAT")  # type: ignore[union-attr]


async def test_a_rule_that_came_with_a_reload_holds_for_votes_given_before(scene: Scene) -> None:
    approval = await scene.asked()
    scene.policy = Policy(answer="decision", rules=(Rule("payload != null", quorum=2),))

    first = await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    assert first.kind is Kind.COUNTED


@pytest.mark.parametrize("asks", [{"ceiling": Risk.HIGH}, {"confirm_from": Risk.HIGH}])
async def test_a_button_from_before_the_rules_asked_for_more_does_not_count(
    scene: Scene, asks: dict[str, Any]
) -> None:
    risky = Rule("payload != null", risk=Risk.HIGH)
    scene.policy = Policy(answer="decision", stages=one_stage(quorum=2), rules=(risky,))
    approval = await scene.asked()
    before = await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    scene.policy = replace(scene.policy, **asks)

    page: dict[str, Any] = {"source": Source.WEB, "channel": None, "message_ts": None}
    ben = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BEN", **page))
    again = await vote(scene.world, scene.click(approval, Verdict.APPROVE, id="on the page", **page))

    assert [before.kind, ben.kind, again.kind] == [Kind.COUNTED, Kind.COUNTED, Kind.DECIDED]
    assert scene.now(approval).decision.by == ("U0BEN", "U0ANA")  # type: ignore[union-attr]


async def test_two_of_three_must_be_two_people(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", stages=one_stage(quorum=2))
    approval = await scene.asked()
    first = await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    again = await vote(scene.world, scene.click(approval, Verdict.APPROVE, id="another gesture"))

    second = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BEN"))

    assert [first.kind, again.kind, second.kind] == [Kind.COUNTED, Kind.REPEATED, Kind.DECIDED]


async def test_one_reject_is_enough_and_the_requester_may_give_it(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", stages=one_stage(quorum=2))
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    outcome = await vote(scene.world, scene.click(approval, Verdict.REJECT, by="U0REQ"))

    assert outcome.kind is Kind.DECIDED
    assert scene.now(approval).decision.verdict is Verdict.REJECT  # type: ignore[union-attr]


async def test_at_the_very_moment_of_the_deadline_a_click_is_too_late(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", expires_in=60.0)
    approval = await scene.asked()
    scene.clock.advance(60.0)

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    assert outcome.kind is Kind.TOO_LATE


async def test_the_stores_clock_has_the_last_word_about_the_deadline(scene: Scene) -> None:
    """The deadline passes between our reading and our writing."""
    scene.policy = Policy(answer="decision", expires_in=60.0)
    approval = await scene.asked()
    scene.clock.advance(59.0)
    read = scene.store.read

    async def slow(approval_id: str) -> object:
        record = await read(approval_id)
        scene.clock.advance(1.0)
        return record

    object.__setattr__(scene.world, "store", _Slow(scene.store, slow))
    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    assert outcome.kind is Kind.TOO_LATE
    assert scene.now(approval).votes == ()


class _Slow:
    """A store whose reading takes a second."""

    def __init__(self, store: FakeStore, read: object) -> None:
        self._store = store
        self.read = read

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


async def test_an_empty_revision_is_sent_back_to_its_writer(scene: Scene) -> None:
    approval = await scene.asked()

    outcome = await vote(scene.world, scene.click(approval, Verdict.REVISE, text="  "))

    assert outcome == Outcome(Kind.BAD_ANSWER, approval, sentence="Please say what should change.")


async def test_a_button_the_card_does_not_have_is_refused(scene: Scene) -> None:
    scene.policy = Policy(answer="boolean")
    approval = await scene.asked()

    outcome = await vote(scene.world, scene.click(approval, Verdict.REVISE))

    assert outcome.why is Why.NOT_OFFERED


async def test_when_the_record_is_away_the_person_is_asked_to_press_again(scene: Scene) -> None:
    approval = await scene.asked()

    async def away(approval_id: str) -> None:
        raise StoreUnavailable("away")

    object.__setattr__(scene.world, "store", _Slow(scene.store, away))
    outcome = await SlackDesk(scene.world).vote(scene.click(approval, Verdict.APPROVE))

    assert outcome.kind is Kind.NOT_RECORDED
    assert scene.now(approval).votes == ()


def words(scene: Scene, text: str, by: str = "U0ANA") -> Click:
    """A reply under the newest card."""
    card = scene.store.cards[scene.newest().id]
    empty = replace(scene.click(scene.newest(), Verdict.REVISE, by=by), approval_id="", revision=0)
    return replace(empty, source=Source.REPLY, text=text, message_ts=card.ts, id=f"reply {text}")


async def test_a_reply_under_the_card_is_feedback(scene: Scene) -> None:
    approval = await scene.asked()

    outcome = await reply(scene.world, words(scene, "make it shorter"))

    assert outcome is not None
    assert outcome.kind is Kind.DECIDED
    assert scene.now(approval).decision.text == "make it shorter"  # type: ignore[union-attr]


async def test_a_reply_under_a_yes_or_no_card_is_kept_as_a_comment(scene: Scene) -> None:
    scene.policy = Policy(answer="boolean")
    approval = await scene.asked()

    outcome = await reply(scene.world, words(scene, "yes, approve it"))

    assert outcome is not None
    assert outcome.kind is Kind.COMMENTED
    assert scene.now(approval).state is State.PENDING
    assert scene.store.trail[-1].data["text"] == "yes, approve it"


async def test_feedback_of_a_stranger_is_refused_and_their_talk_is_left_alone(scene: Scene) -> None:
    """In a channel that is shared with another company, their people may write under our card."""
    approval = await scene.asked()
    theirs = replace(words(scene, "make it cheaper", by="U0EVE"), user_team="T0OTHER")

    refused = await reply(scene.world, theirs)
    [entry] = [entry for entry in scene.store.trail if entry.fact is Fact.REFUSED]
    scene.policy = replace(scene.policy, thread_replies="comment")
    ignored = await reply(scene.world, theirs)

    assert refused is not None
    assert (refused.kind, refused.why) == (Kind.REFUSED, Why.STRANGER)
    assert (entry.by, entry.data["why"]) == ("U0EVE", Why.STRANGER)
    assert ignored is None
    assert scene.now(approval) == approval


async def test_a_reply_elsewhere_is_none_of_our_business(scene: Scene) -> None:
    await scene.asked()

    assert await reply(scene.world, replace(words(scene, "hello"), message_ts="5.5")) is None


async def test_after_the_end_people_may_talk_under_the_card(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()

    assert await reply(scene.world, words(scene, "thank you")) is None
