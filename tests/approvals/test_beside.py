"""What is refused is written down beside the record, and costs nobody else anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.beside import refuse, viewed, whole_trail
from bot.approvals.elsewhere import WebDesk
from bot.approvals.showing import show
from bot.approvals.together import approve
from bot.approvals.voting import vote
from bot.core.audit import Fact, faults
from bot.core.batch import Item
from bot.core.beside import FIRST_WAIT, beside, door
from bot.core.links import Ticket
from bot.core.model import Approval, MetadataClaim, Verdict
from bot.core.outcome import Kind
from bot.core.policy import Policy, Why
from bot.ports import StoreUnavailable
from tests.approvals.conftest import Scene
from tests.fakes import FakeStore


async def refusals(scene: Scene, approval: Approval) -> list[tuple[Any, Any]]:
    trail = await scene.store.read_trail(beside(approval.id))
    assert faults(trail.entries, b"key", head=trail.head, name=trail.name) == []
    return [(one.by, one.data["why"]) for one in trail.entries if one.fact is Fact.REFUSED]


class Counted:
    """A store that counts how often it is asked."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.asked: list[str] = []

    def __getattr__(self, method: str) -> Any:
        self.asked.append(method)
        return getattr(self.store, method)


async def test_a_click_that_counts_asks_the_record_no_more_than_before(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE, "U0REQ"))
    await vote(scene.world, scene.click(approval, Verdict.APPROVE, team="T9"))
    counted = Counted(scene.store)
    world: Any = replace(scene.world, store=counted)

    outcome = await vote(world, scene.click(approval, Verdict.APPROVE))

    assert outcome.kind is Kind.DECIDED
    assert counted.asked == ["read", "swap"]


async def test_a_refusal_changes_nothing_of_the_approval(scene: Scene) -> None:
    approval = await scene.asked()
    before = scene.now(approval)

    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, "U0REQ"))

    assert outcome.why is Why.REQUESTER
    assert scene.now(approval) == before
    assert await refusals(scene, approval) == [("U0REQ", "requester")]


async def test_the_wait_for_the_next_entry_doubles(scene: Scene) -> None:
    """A day of pressing is a handful of entries, and the last one knows of every press."""
    approval = await scene.asked()
    for _ in range(24 * 60):
        await vote(scene.world, scene.click(approval, Verdict.APPROVE, "U0REQ"))
        scene.clock.advance(FIRST_WAIT)

    trail = await scene.store.read_trail(beside(approval.id))
    refused = [entry for entry in trail.entries if entry.fact is Fact.REFUSED]
    mark = await scene.store.stand(trail.name, "refused requester U0REQ")

    assert len(refused) == 11
    assert sum(1 + int(str(entry.data.get("left_out", 0))) for entry in refused) + mark.more == 24 * 60


async def test_what_the_message_claims_finds_the_trail_where_the_button_names_nothing(scene: Scene) -> None:
    approval = await scene.asked()
    claim = MetadataClaim(approval.id, "t1", "i", 1)
    click = scene.click(approval, Verdict.APPROVE, approval_id="nobody", metadata=claim)

    assert (await vote(scene.world, click)).kind is Kind.UNKNOWN
    assert await refusals(scene, approval) == [("U0ANA", "unknown")]


async def test_what_names_no_approval_is_written_at_the_door(scene: Scene) -> None:
    approval = await scene.asked()

    await vote(scene.world, scene.click(approval, Verdict.APPROVE, approval_id="nobody", app="A9"))

    [entry] = (await scene.store.read_trail(door("T1", scene.clock.now))).entries
    assert (entry.by, entry.data["why"], entry.data["app"]) == ("U0ANA", "other_app", "A9")


async def test_one_of_several_that_is_not_what_was_listed_is_refused_on_record(scene: Scene) -> None:
    approval = await scene.asked()
    item = replace(Item.of(approval), digest="another")

    await approve(scene.world, scene.click(approval, Verdict.APPROVE), [item])

    assert await refusals(scene, approval) == [("U0ANA", "other_card")]


async def test_a_foreign_gesture_is_refused_even_if_the_record_is_away(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = await scene.asked()

    async def away(*_: Any) -> Any:
        raise StoreUnavailable("away")

    monkeypatch.setattr(FakeStore, "read_many", away)

    outcome = await refuse(
        scene.world, scene.click(approval, Verdict.APPROVE, team="T9"), Why.OTHER_WORKSPACE
    )

    assert (outcome.kind, outcome.why) == (Kind.REFUSED, Why.OTHER_WORKSPACE)


async def test_the_first_look_of_each_person_is_on_record(scene: Scene) -> None:
    approval = await scene.asked()
    scene.clock.advance(90.0)
    first = [await _looks(scene, approval, who) for who in ("U0ANA", "U0ANA", "U0BEN")]

    trail = await scene.store.read_trail(beside(approval.id))
    looks = [(one.by, one.data) for one in trail.entries if one.fact is Fact.VIEWED]
    record = await scene.store.read(approval.id)

    assert first == [True, False, False]
    assert looks == [("U0ANA", {"after": 90.0}), ("U0BEN", {"after": 90.0})]
    assert record is not None
    assert record.viewed_at == scene.clock.now


async def test_who_reads_it_on_our_own_page_has_viewed_it(scene: Scene) -> None:
    approval = await scene.asked()
    ticket = Ticket("t", approval.id, approval.revision, "U0ANA", scene.clock.now + 60.0)

    assert await WebDesk(scene.world).request(ticket) == scene.now(approval)

    record = await scene.store.read(approval.id)
    assert record is not None
    assert record.viewed_at == scene.clock.now


async def test_a_link_that_another_person_used_is_on_record(scene: Scene) -> None:
    approval = await scene.asked()
    ticket = Ticket("t", approval.id, approval.revision, "U0ANA", scene.clock.now + 60.0)

    assert not await WebDesk(scene.world).is_them(ticket, "nobody@example.com")

    assert [why for _, why in await refusals(scene, approval)] == ["other_person"]


async def _looks(scene: Scene, approval: Approval, who: str) -> bool:
    record = await scene.store.read(approval.id)
    assert record is not None
    return await viewed(scene.world, who, record)


async def test_the_whole_trail_is_read_in_the_order_of_its_facts(scene: Scene) -> None:
    approval = await scene.asked()
    scene.clock.advance(1.0)
    await vote(scene.world, scene.click(approval, Verdict.APPROVE, "U0REQ"))
    scene.clock.advance(1.0)
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    entries, is_whole = await whole_trail(scene.world, scene.now(approval))
    scene.store.trail = [entry for entry in scene.store.trail if entry.fact is not Fact.SHOWN]
    _, is_still_whole = await whole_trail(scene.world, scene.now(approval))

    assert [entry.fact.value for entry in entries] == ["asked", "shown", "refused", "voted", "decided"]
    assert (is_whole, is_still_whole) == (True, False)


async def test_a_card_that_is_drawn_again_was_shown_once(scene: Scene) -> None:
    approval = await scene.asked()
    await scene.store.intend_card(approval.id)
    await show(scene.world, approval.id)

    shown = [one for one in scene.store.trail if one.fact is Fact.SHOWN]

    assert [one.data["message"] for one in shown] == [scene.store.cards[approval.id].ts]


async def test_other_rules_than_it_was_asked_under_are_named_before_the_decision(scene: Scene) -> None:
    approval = await scene.asked()
    scene.policy = Policy(answer="decision", remind_at_most=7)

    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    voted, changed, decided = (await scene.store.history(approval.id))[1:]
    assert (voted.fact, changed.fact, decided.fact) == (Fact.VOTED, Fact.POLICY_CHANGED, Fact.DECIDED)
    assert (changed.data["before"], changed.data["after"]) == (approval.policy, decided.data["policy"])
    assert changed.data["before"] != changed.data["after"]
