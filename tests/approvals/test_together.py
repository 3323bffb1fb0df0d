"""One press approves many: an ordinary vote on each, and nothing that was not confirmed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.approvals.desk import SlackDesk
from bot.approvals.showing_batch import show_batch
from bot.approvals.together import approve, offer_batch
from bot.approvals.voting import vote
from bot.core.audit import Fact
from bot.core.batch import MOST, Alone, Item
from bot.core.digest import digest
from bot.core.model import State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policy, Rule, Why, one_stage
from bot.core.risk import Risk
from bot.ports import StoreUnavailable
from tests.approvals.batches import TEN, asked, confirmed, kinds, listed, many, press, states
from tests.fake_graph import FakeRunner
from tests.fakes import FakeStore


async def test_approve_all_is_one_ordinary_vote_on_each() -> None:
    scene = many(TEN)
    batch = await asked(scene)
    offer = await listed(scene, batch)

    results = await confirmed(scene, batch, offer)
    await scene.drive()

    voted = [entry for entry in scene.store.trail if entry.fact is Fact.VOTED]
    assert len(offer.approvals) == TEN
    assert set(kinds(results)) == {Kind.DECIDED}
    assert set(states(scene)) == {State.APPLIED}
    assert [(entry.by, entry.data["source"]) for entry in voted] == [("U0ANA", "batch")] * TEN
    assert len({one.votes[0].click for one in scene.store.approvals.values()}) == TEN
    assert len(scene.runner.effects) == TEN


async def test_looking_at_the_list_records_nothing() -> None:
    scene = many(3)
    batch = await asked(scene)
    before = list(scene.store.trail)

    offer = await listed(scene, batch, by="U0REQ")

    assert offer.approvals == ()
    assert [why.why for _, why in offer.others if isinstance(why, Outcome)] == [Why.REQUESTER] * 3
    assert scene.store.trail == before


async def test_the_same_window_sent_twice_counts_once() -> None:
    scene = many(3)
    scene.policy = replace(scene.policy, stages=one_stage(quorum=2))
    batch = await asked(scene)
    offer = await listed(scene, batch)

    first = await confirmed(scene, batch, offer)
    second = await confirmed(scene, batch, offer)

    assert kinds(first) == [Kind.COUNTED] * 3
    assert kinds(second) == [Kind.REPEATED] * 3
    assert [len(one.votes) for one in scene.store.approvals.values()] == [1, 1, 1]


async def test_what_was_decided_meanwhile_stays_as_it_was_decided() -> None:
    scene = many(3)
    batch = await asked(scene)
    offer = await listed(scene, batch)
    one = offer.approvals[1]
    await vote(scene.world, scene.click(one, Verdict.REJECT, by="U0BEN"))

    results = await confirmed(scene, batch, offer)

    decision = scene.now(one).decision
    assert kinds(results) == [Kind.DECIDED, Kind.TOO_LATE, Kind.DECIDED]
    assert decision is not None
    assert (decision.verdict, decision.by) == (Verdict.REJECT, ("U0BEN",))


async def test_what_changed_since_the_list_was_shown_is_not_approved() -> None:
    scene = many(3)
    batch = await asked(scene)
    offer = await listed(scene, batch)
    items = [Item.of(one) for one in offer.approvals]
    items[0] = replace(items[0], digest=digest("something else")[:32])
    items[1] = replace(items[1], revision=2)

    results = await approve(scene.world, press(batch), items)

    assert kinds(results) == [Kind.REFUSED, Kind.REFUSED, Kind.DECIDED]
    assert [result.outcome.why for result in results] == [Why.OTHER_CARD, Why.OTHER_CARD, None]
    assert states(scene) == [State.PENDING, State.PENDING, State.DECIDED]


async def test_a_question_that_was_asked_anew_is_not_approved_by_the_old_list() -> None:
    scene = many(3)
    batch = await asked(scene)
    offer = await listed(scene, batch)
    gate = scene.runner.threads["t1"].gates[0]
    gate.payload = {"title": "Pay a million", "round": 1}
    await scene.drive()

    results = await confirmed(scene, batch, offer)

    assert kinds(results) == [Kind.TOO_LATE, Kind.DECIDED, Kind.DECIDED]
    assert scene.newest().request.payload == gate.payload
    assert scene.newest().state is State.PENDING


async def test_who_may_not_approve_is_told_for_each_and_nothing_happens() -> None:
    scene = many(3)
    batch = await asked(scene)
    items = [Item.of(one) for one in (await listed(scene, batch)).approvals]

    results = await approve(scene.world, press(batch, by="U0REQ"), items)

    assert [result.outcome.why for result in results] == [Why.REQUESTER] * 3
    assert set(states(scene)) == {State.PENDING}


async def test_who_is_no_longer_a_member_when_it_is_confirmed_approves_nothing() -> None:
    scene = many(3)
    batch = await asked(scene)
    offer = await listed(scene, batch)
    scene.directory.outsiders.add("U0ANA")

    results = await confirmed(scene, batch, offer)

    assert [result.outcome.why for result in results] == [Why.NOT_AN_APPROVER] * 3
    assert set(states(scene)) == {State.PENDING}


async def test_a_press_finishes_what_a_kill_between_two_votes_left() -> None:
    scene = many(5)
    batch = await asked(scene)
    offer = await listed(scene, batch)
    dies = KilledAfter(scene.store, swaps=2)

    with pytest.raises(Killed):
        await approve(
            replace(scene.world, store=dies),
            press(batch),
            [Item.of(one) for one in offer.approvals],
        )
    same_window = await confirmed(scene, batch, replace(offer, approvals=offer.approvals[:3]))
    again = await listed(scene, batch)
    fresh_window = await confirmed(scene, batch, again, name="form/V2")

    assert kinds(same_window) == [Kind.REPEATED, Kind.REPEATED, Kind.DECIDED]
    assert kinds(fresh_window) == [Kind.DECIDED, Kind.DECIDED]
    assert [why for _, why in again.others] == [Alone.OVER] * 3
    assert [len(one.votes) for one in scene.store.approvals.values()] == [1] * 5


class Killed(BaseException):
    """kill -9: nothing catches it."""


@dataclass
class KilledAfter:
    """The record of a process that dies after so many changes."""

    store: FakeStore
    swaps: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def swap(self, *args: Any, **more: Any) -> Any:
        if self.swaps == 0:
            raise Killed
        self.swaps -= 1
        return await self.store.swap(*args, **more)


async def test_a_record_that_goes_away_is_told_and_the_rest_is_not_tried() -> None:
    scene = many(4)
    batch = await asked(scene)
    offer = await listed(scene, batch)
    items = [Item.of(one) for one in offer.approvals]

    results = await approve(
        replace(scene.world, store=GoneAfter(scene.store, swaps=2)),
        press(batch),
        items,
    )

    assert kinds(results) == [Kind.DECIDED, Kind.DECIDED, Kind.NOT_RECORDED, Kind.NOT_RECORDED]
    assert kinds(await approve(scene.world, press(batch), items)) == [
        *(Kind.REPEATED, Kind.REPEATED),
        *(Kind.DECIDED, Kind.DECIDED),
    ]


@dataclass
class GoneAfter(KilledAfter):
    """A record that goes away after so many changes."""

    async def swap(self, *args: Any, **more: Any) -> Any:
        try:
            return await super().swap(*args, **more)
        except Killed:
            raise StoreUnavailable("away") from None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"app": "A2"}, Why.OTHER_APP),
        ({"team": "T2"}, Why.OTHER_WORKSPACE),
        ({"channel": "C2"}, Why.OTHER_CARD),
        ({"message_ts": "1.1"}, Why.OTHER_CARD),
        ({"message_ts": None}, Why.OTHER_CARD),
    ],
)
async def test_a_press_from_anywhere_else_is_refused(changed: dict[str, Any], why: Why) -> None:
    scene = many(3)
    batch = await asked(scene)

    refused = await offer_batch(scene.world, press(batch, **changed), batch.batch.id)

    assert isinstance(refused, Outcome)
    assert (refused.kind, refused.why) == (Kind.REFUSED, why)


async def test_an_unknown_batch_and_an_unknown_item_are_told() -> None:
    scene = many(3)
    batch = await asked(scene)

    unknown = await offer_batch(scene.world, press(batch), "x" * 32)
    [result] = await approve(scene.world, press(batch), [Item("y" * 22, 1, "0" * 32)])

    assert unknown == Outcome(Kind.UNKNOWN)
    assert result.outcome == Outcome(Kind.UNKNOWN)


async def test_what_has_no_card_yet_cannot_have_been_read() -> None:
    scene = many(3)
    await scene.start()
    await scene.drive()
    [batch_id] = scene.store.batches
    await show_batch(scene.world, batch_id)
    batch = scene.store.batches[batch_id]

    offer = await listed(scene, batch)
    results = await approve(
        scene.world, press(batch), [Item.of(one) for one in scene.store.approvals.values()]
    )

    assert [why for _, why in offer.others] == [Alone.UNSEEN] * 3
    assert [result.outcome.why for result in results] == [Why.NOT_OFFERED] * 3
    assert set(states(scene)) == {State.PENDING}


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"title": "Pay 0", "risk": "high"}, Alone.RISK),
        ({"title": "Pay 0", "risk": "critical"}, Alone.RISK),
        ({"title": "Pay 0", "risk": "a bit"}, Alone.RISK),
        ({"title": "Pay 0", "risk": "medium"}, None),
    ],
)
async def test_high_risk_is_decided_on_its_own_card(payload: dict[str, Any], why: Alone | None) -> None:
    scene = many(3, runner=RiskyRunner(payload))
    batch = await asked(scene)
    first = scene.store.approvals[batch.batch.approvals[0]]

    offer = await listed(scene, batch)
    [result] = await approve(scene.world, press(batch), [Item.of(first)])

    assert [reason for _, reason in offer.others] == ([] if why is None else [why])
    assert result.outcome.kind is (Kind.DECIDED if why is None else Kind.REFUSED)


class RiskyRunner(FakeRunner):
    """Three questions at once; this is the first one's payload."""

    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__(branches=3)
        self.payload = payload

    async def start(self, *args: Any) -> None:
        await super().start(*args)
        self.threads["t1"].gates[0].payload = self.payload


async def test_no_more_than_a_window_remembers_is_offered_at_once() -> None:
    scene = many(MOST + 2)
    batch = await asked(scene)

    offer = await listed(scene, batch)

    assert (len(offer.approvals), offer.later) == (MOST, 2)


async def test_the_desk_says_that_nothing_was_recorded_while_the_record_is_away() -> None:
    scene = many(3)
    batch = await asked(scene)

    class Away:
        async def read_batch(self, batch_id: str) -> None:
            raise StoreUnavailable("away")

    desk = SlackDesk(replace(scene.world, store=Away()))  # type: ignore[arg-type]

    assert await desk.offer(press(batch), batch.batch.id) == Outcome(Kind.NOT_RECORDED)


async def test_what_must_be_confirmed_by_typing_is_left_out_and_never_approved_together() -> None:
    scene = many(3)
    scene.policy = replace(scene.policy, rules=(Rule("1 == 1", risk=Risk.HIGH),), confirm_from=Risk.HIGH)
    batch = await asked(scene)

    offer = await listed(scene, batch)

    assert offer.approvals == ()
    assert [why for _, why in offer.others] == [Alone.RISK] * 3


async def test_what_is_above_the_ceiling_or_blocked_is_left_out_with_its_reason() -> None:
    for policy, why in (
        (Policy(rules=(Rule("1 == 1", risk=Risk.HIGH),), ceiling=Risk.HIGH), Why.CEILING),
        (Policy(rules=(Rule("nothing_like_it > 5", quorum=2),)), Why.BLOCKED),
    ):
        scene = many(3)
        scene.policy = replace(policy, answer=scene.policy.answer)
        offer = await listed(scene, await asked(scene))

        assert offer.approvals == ()
        assert [one.why for _, one in offer.others if isinstance(one, Outcome)] == [why] * 3
