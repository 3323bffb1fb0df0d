"""Several of a list are approved together: of one kind, of low risk, what this person may approve."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.several import approve_several, offer_several, offered
from bot.approvals.together import Offer
from bot.approvals.voting import vote
from bot.core.batch import Alone, Item, alike
from bot.core.beside import door
from bot.core.model import Approval, Click, Person, Source, State, Verdict, Vote
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policy, Rule, Why, one_stage
from bot.core.risk import Risk
from tests.approvals.conftest import Scene
from tests.fake_slack import FakeDirectory
from tests.store.samples import created

ANA, BEN, REQ = "U0ANA", "U0BEN", "U0REQ"
RISKY = (Rule("1 == 1", risk=Risk.HIGH),)


def press(by: str = ANA, name: str = "form/V1", **more: Any) -> Click:
    click = Click(name, by, Verdict.APPROVE, "", 0, Source.BATCH, "A1", "T1", "T1", None, None)
    return replace(click, **more)


async def waiting(scene: Scene, number: int = 3, **more: Any) -> list[Approval]:
    """So many requests of one graph, each with its card."""
    made = []
    for n in range(number):
        approval = await created(scene.store, f"A{n}", channel="C1", requester=REQ, **more)
        card = replace(scene.store.cards[approval.id], ts=f"{n + 1}.0", shown=approval.version)
        await scene.store.save_card(approval.id, card)
        made.append(approval)
    return made


async def button(scene: Scene, by: str = ANA) -> tuple[str, ...]:
    """The ids that the button below a list of everything would carry."""
    page = await scene.store.pending(limit=10)
    return await offered(scene.world, by, page.records)


async def listed(scene: Scene, approvals: Sequence[Approval], by: str = ANA) -> Offer:
    found = await offer_several(scene.world, press(by), [one.id for one in approvals])
    assert isinstance(found, Offer)
    return found


async def test_those_of_one_kind_that_the_reader_may_approve_are_offered(scene: Scene) -> None:
    made = await waiting(scene)

    assert await button(scene) == tuple(one.id for one in made)
    assert scene.store.trail[-1].fact == "asked"  # looking records nothing


async def test_one_alone_is_approved_on_its_card(scene: Scene) -> None:
    await waiting(scene, 1)

    assert await button(scene) == ()


async def test_who_asked_is_offered_nothing(scene: Scene) -> None:
    await waiting(scene)

    assert await button(scene, by=REQ) == ()


async def test_what_one_has_approved_already_is_not_offered_again(scene: Scene) -> None:
    scene.policy = replace(scene.policy, stages=one_stage(quorum=2))
    first, *rest = await waiting(scene)
    await vote(scene.world, scene.click(first, Verdict.APPROVE))

    assert await button(scene) == tuple(one.id for one in rest)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(rules=RISKY),
        Policy(rules=(Rule("1 == 1", risk=Risk.MEDIUM),)),
        Policy(rules=RISKY, confirm_from=Risk.HIGH),
        Policy(rules=(Rule("1 == 1", risk=Risk.LOW),), confirm_from=Risk.LOW),
        Policy(rules=(Rule("1 == 1", risk=Risk.LOW),), ceiling=Risk.LOW),
        Policy(rules=(Rule("nothing_like_it > 5", quorum=2),)),
        Policy(stages=one_stage(users=[BEN])),
    ],
    ids=["high", "medium", "typed for high", "typed", "ceiling", "blocked", "another's"],
)
async def test_what_a_rule_keeps_from_a_plain_press_is_neither_offered_nor_listed_nor_recorded(
    scene: Scene, policy: Policy
) -> None:
    scene.policy = replace(policy, answer="decision")
    made = await waiting(scene)

    results = await approve_several(scene.world, press(), [Item.of(one) for one in made])

    assert await button(scene) == ()
    assert (await listed(scene, made)).approvals == ()
    assert all(not result.outcome.recorded for result in results)
    assert all(one.votes == () for one in scene.store.approvals.values())


async def test_what_somebody_wants_changed_is_not_approved_as_it_was(scene: Scene) -> None:
    scene.policy = replace(scene.policy, stages=one_stage(quorum=2))
    first, *rest = await waiting(scene)
    edit = Vote(BEN, Verdict.ANSWER, 1.0, "ben", answer={"cents": 5})
    scene.store.approvals[first.id] = replace(first, votes=(edit,))

    found = await listed(scene, [first, *rest])
    [result] = await approve_several(scene.world, press(), [Item.of(first)])

    assert found.others == ((scene.now(first), Alone.EDITED),)
    assert (result.outcome.kind, result.outcome.why) == (Kind.REFUSED, Why.NOT_OFFERED)


async def test_each_that_was_confirmed_gets_an_ordinary_vote_of_its_own(scene: Scene) -> None:
    made = await waiting(scene)
    found = await listed(scene, made)

    results = await approve_several(scene.world, press(), [Item.of(one) for one in found.approvals])
    again = await approve_several(scene.world, press(), [Item.of(one) for one in found.approvals])

    assert [result.outcome.kind for result in results] == [Kind.DECIDED] * 3
    assert [result.outcome.kind for result in again] == [Kind.REPEATED] * 3
    voted = [entry for entry in scene.store.trail if entry.fact == "voted"]
    assert [entry.approval_id for entry in voted] == [one.id for one in made]
    assert {entry.data["source"] for entry in voted} == {"batch"}


async def test_what_changed_or_was_decided_since_the_list_was_shown_stays_as_it_is(scene: Scene) -> None:
    first, second, third = await waiting(scene)
    items = [Item.of(one) for one in (await listed(scene, [first, second, third])).approvals]
    await vote(scene.world, scene.click(first, Verdict.REJECT, by=BEN))
    scene.store.approvals[second.id] = replace(second, request=replace(second.request, digest="f" * 64))

    results = await approve_several(scene.world, press(), items)

    assert [result.outcome.kind for result in results] == [Kind.TOO_LATE, Kind.REFUSED, Kind.DECIDED]
    assert [scene.now(one).state for one in (first, second, third)] == [
        *(State.DECIDED, State.PENDING, State.DECIDED),
    ]
    assert scene.now(first).decision is not None
    assert scene.now(first).decision.verdict is Verdict.REJECT  # type: ignore[union-attr]


@pytest.mark.parametrize("tampered", [{"app": "A2"}, {"team": "T2"}, {"user": "*"}, {"user_team": "T9"}])
async def test_a_press_from_elsewhere_is_refused(scene: Scene, tampered: dict[str, str]) -> None:
    made = await waiting(scene)

    found = await offer_several(scene.world, press(**tampered), [one.id for one in made])

    assert isinstance(found, Outcome)
    assert found.kind is Kind.REFUSED
    assert len((await scene.store.read_trail(door("T1", scene.clock.now))).entries) == 1


async def test_a_list_of_several_kinds_is_none_of_ours(scene: Scene) -> None:
    one, other = await waiting(scene, 2)
    elsewhere = replace(other, request=replace(other.request, graph="plan"))
    scene.store.approvals[other.id] = elsewhere

    found = await offer_several(scene.world, press(), [one.id, other.id])

    assert alike([one, elsewhere]) == ()
    assert found == Outcome(Kind.UNKNOWN)


async def test_without_a_word_from_slack_there_is_no_button(scene: Scene) -> None:
    await waiting(scene)
    scene.directory.down = True

    assert await button(scene) == ()


class Slow(FakeDirectory):
    """Never answers."""

    async def person(self, user_id: str) -> Person:
        await asyncio.Event().wait()
        raise AssertionError("never")


async def test_where_slack_is_slow_the_list_comes_without_the_button(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.approvals.several.WITHIN", 0.0)
    await waiting(scene)
    scene.world = replace(scene.world, directory=Slow())

    assert await button(scene) == ()
