"""The history of one approval: for who may see it, and whether its chain is whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.approvals.trails import history
from bot.approvals.voting import vote
from bot.core.audit import Entry
from bot.core.model import Verdict
from bot.core.policy import Policies, Policy, one_stage
from bot.ports import CardAt
from tests.approvals.conftest import Scene


async def test_who_is_in_the_channel_sees_every_fact_in_order(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0REQ"))
    scene.clock.now += 1.0
    await vote(scene.world, scene.click(approval, Verdict.REJECT))
    card = scene.store.cards[approval.id]

    by_id = await history(scene.world, "U0MIA", approval.id)
    by_card = await history(scene.world, "U0MIA", CardAt(card.channel, card.ts or ""))

    assert by_id is not None
    assert by_id == by_card
    assert [str(entry.fact) for entry in by_id.entries] == ["asked", "shown", "refused", "voted", "decided"]
    assert by_id.whole


async def test_who_may_not_see_the_approval_learns_nothing_of_it(scene: Scene) -> None:
    scene.world = replace(scene.world, policies=lambda: Policies(Policy(stages=one_stage(users=["U0ANA"]))))
    approval = await scene.asked()
    scene.directory.outsiders.add("U0EVE")

    assert await history(scene.world, "U0EVE", approval.id) is None
    assert await history(scene.world, "U0EVE", "no-such-approval") is None
    scene.directory.down = True
    assert await history(scene.world, "U0ANA", approval.id) is None


async def test_a_changed_entry_and_a_missing_end_are_noticed(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.REJECT))
    kept = scene.store.trail
    found = []
    for trail in ([*kept[:1], replace(kept[1], by="U0EVE"), *kept[2:]], kept[:-1], kept[1:]):
        scene.store.trail = trail
        told = await history(scene.world, "U0ANA", approval.id)
        found.append(told is not None and told.whole)

    assert found == [False, False, False]


async def test_what_is_added_while_it_is_read_does_not_look_like_a_break(scene: Scene) -> None:
    approval = await scene.asked()
    told = await history(replace(scene.world, store=VotedMeanwhile(scene)), "U0ANA", approval.id)

    assert told is not None
    assert told.whole
    assert [str(entry.fact) for entry in told.entries] == ["asked", "shown"]


@dataclass
class VotedMeanwhile:
    """The record; somebody rejects between the look at the approval and the look at its trail."""

    scene: Scene

    def __getattr__(self, name: str) -> Any:
        return getattr(self.scene.store, name)

    async def history(self, approval_id: str) -> tuple[Entry, ...]:
        await vote(self.scene.world, self.scene.click(self.scene.newest(), Verdict.REJECT))
        return await self.scene.store.history(approval_id)
