"""Lists: what waits for whom, filtered and in pages, and who may see one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.listing import MOST, find, one
from bot.approvals.voting import vote
from bot.core.approvers import Approvers
from bot.core.filters import Filters
from bot.core.model import Approval, Person, State, Verdict
from bot.core.policy import Escalate, Policies, Policy, one_stage
from bot.ports import CardAt, DirectoryUnavailable, Found
from tests.approvals.conftest import Scene
from tests.store.samples import created, moved

ANA = "U0ANA"
FOR_ANA = Policy(stages=one_stage(users=[ANA]))
FOR_BEN = Policy(stages=one_stage(users=["U0BEN"]))


def ids(found: Found) -> list[str]:
    return [record.approval.id for record in found.records]


async def several(scene: Scene, count: int, **more: Any) -> None:
    for n in range(count):
        await created(scene.store, f"A{n:03}", asked_at=1_700_000_000.0 + n, channel="C1", **more)


def ruled(scene: Scene, **graphs: Policy) -> Scene:
    scene.world = replace(scene.world, policies=lambda: Policies(FOR_BEN, graphs))
    return scene


async def test_mine_is_what_this_person_may_decide_and_nobody_elses(scene: Scene) -> None:
    ruled(scene, refund=FOR_ANA, plan=FOR_BEN)
    await created(scene.store, "A1", graph="refund")
    await created(scene.store, "A2", graph="plan")

    found = await find(scene.world, ANA, Filters(mine=True))

    assert ids(found) == ["A1"]
    assert not found.unsure


@pytest.mark.parametrize("fourth", ["requester", "voted", "decided", "overdue"])
async def test_mine_leaves_out_what_would_not_count_now(scene: Scene, fourth: str) -> None:
    ruled(scene, refund=replace(FOR_ANA, stages=one_stage(users=[ANA, "U0CAT"], quorum=2)))
    approval = await created(
        scene.store,
        "A1",
        channel="C1",
        requester=ANA if fourth == "requester" else "U0REQ",
        expires_at=scene.clock.now if fourth == "overdue" else None,
    )
    if fourth == "voted":
        outcome = await vote(
            scene.world, scene.click(approval, Verdict.APPROVE, channel="C1", message_ts=None)
        )
        assert outcome.recorded
    if fourth == "decided":
        await moved(scene.store, approval, State.DECIDED)

    assert ids(await find(scene.world, ANA, Filters(mine=True))) == []


async def test_members_of_a_channel_have_what_waits_there(scene: Scene) -> None:
    scene.directory.members = {"C1": {ANA}, "C2": set()}
    scene.world = replace(scene.world, policies=lambda: Policies(Policy()))
    await created(scene.store, "A1", channel="C1")
    await created(scene.store, "A2", channel="C2")

    assert ids(await find(scene.world, ANA, Filters(mine=True))) == ["A1"]


async def test_where_slack_does_not_tell_the_list_says_that_something_may_be_missing(scene: Scene) -> None:
    scene.directory.down = True
    await created(scene.store, "A1")

    found = await find(scene.world, ANA, Filters(mine=True))

    assert ids(found) == []
    assert found.unsure


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(), ["A1", "A2", "A3"]),
        (Filters(graph="plan"), ["A3"]),
        (Filters(channel="C2"), ["A2", "A3"]),
        (Filters(requester="U0CAT"), ["A1", "A3"]),
        (Filters(requester="U0CAT", graph="plan"), ["A3"]),
        (Filters(requester="U0CAT", channel="C9"), []),
        (Filters(older=3_600.0), ["A1"]),
        (Filters(due=0.0), ["A3"]),
        (Filters(due=7_200.0), ["A3", "A2"]),
        (Filters(due=7_200.0, requester="U0CAT"), ["A3"]),
        (Filters(due=7_200.0, older=60.0), ["A2"]),
        (Filters(words=("kim",)), ["A3", "A2", "A1"]),
        (Filters(words=("kim", "12.50"), graph="refund"), ["A2", "A1"]),
        (Filters(words=("parrot",)), []),
    ],
)
async def test_every_filter_finds_what_it_says(scene: Scene, filters: Filters, wanted: list[str]) -> None:
    now = scene.clock.now
    await created(scene.store, "A1", channel="C1", requester="U0CAT", asked_at=now - 7_200)
    await created(scene.store, "A2", channel="C2", asked_at=now - 1_800, expires_at=now + 60)
    await created(
        scene.store, "A3", graph="plan", channel="C2", requester="U0CAT", asked_at=now, expires_at=now
    )

    assert ids(await find(scene.world, ANA, filters)) == wanted


@pytest.mark.parametrize(
    ("filters", "total"), [(Filters(), 25), (Filters(mine=True), None), (Filters(words=("refund",)), None)]
)
async def test_pages_of_any_list_show_each_once(scene: Scene, filters: Filters, total: int | None) -> None:
    ruled(scene, refund=FOR_ANA)
    await several(scene, 25)

    pages = [await find(scene.world, ANA, filters)]
    while pages[-1].cursor:
        pages.append(await find(scene.world, ANA, filters, pages[-1].cursor))

    assert [len(page.records) for page in pages] == [10, 10, 5]
    assert sorted(name for page in pages for name in ids(page)) == [f"A{n:03}" for n in range(25)]
    assert [page.total for page in pages] == [total] * 3


async def test_a_page_that_ends_with_the_list_leads_nowhere(scene: Scene) -> None:
    ruled(scene, refund=FOR_ANA)
    await several(scene, 10)

    assert (await find(scene.world, ANA, Filters(mine=True))).cursor is None


async def test_a_search_stops_after_so_many_and_the_next_page_goes_on(scene: Scene) -> None:
    await created(scene.store, "OLD", asked_at=1.0, payload={"title": "The parrot"})
    await several(scene, MOST + 20)

    first = await find(scene.world, ANA, Filters(words=("parrot",)))
    second = await find(scene.world, ANA, Filters(words=("parrot",)), first.cursor)

    assert (ids(first), first.searched) == ([], MOST)
    assert (ids(second), second.searched, second.cursor) == (["OLD"], None, None)


async def shown(scene: Scene, user: str, approval: Approval) -> bool:
    return await one(scene.world, user, approval.id) is not None


async def test_members_approvers_and_who_asked_may_see_one_and_nobody_else(scene: Scene) -> None:
    scene.directory.members = {"C1": {"U0BEN"}}
    ruled(scene, refund=FOR_ANA)
    approval = await created(scene.store, "A1", channel="C1", requester="U0CAT")

    seen = [await shown(scene, user, approval) for user in (ANA, "U0BEN", "U0CAT", "U0DAN")]

    assert seen == [True, True, True, False]


async def test_a_guest_sees_nothing_though_a_member(scene: Scene) -> None:
    approval = await created(scene.store, "A1", channel="C1", requester="U0CAT")
    person = await scene.directory.person("U0CAT")
    scene.directory.people["U0CAT"] = replace(person, is_guest=True)

    assert not await shown(scene, "U0CAT", approval)


async def test_who_cannot_be_checked_sees_nothing(scene: Scene) -> None:
    approval = await created(scene.store, "A1", channel="C1", requester=ANA)
    scene.directory.down = True

    with pytest.raises(DirectoryUnavailable):
        await scene.directory.person(ANA)
    assert not await shown(scene, ANA, approval)


async def test_one_is_found_by_where_its_card_is(scene: Scene) -> None:
    approval = await scene.asked()
    card = scene.store.cards[approval.id]

    found = await one(scene.world, "U0REQ", CardAt(card.channel, card.ts or ""))

    assert found is not None
    assert found[0].approval.id == approval.id
    assert await one(scene.world, "U0REQ", CardAt(card.channel, "9.9")) is None
    assert await one(scene.world, "U0REQ", "unknown") is None


async def escalated(scene: Scene, *, instead: bool) -> Approval:
    """What only Ben could decide until the others were called in."""
    more = Approvers(frozenset({ANA}))
    ruled(scene, refund=replace(FOR_BEN, escalate=Escalate(60.0, more, instead)))
    approval = await created(scene.store, "A1")
    after = replace(approval, added=more, instead=instead, version=approval.version + 1)
    assert await scene.store.swap(approval, after, ()) == "done"
    return after


@pytest.mark.parametrize(("instead", "bens"), [(False, ["A1"]), (True, [])])
async def test_mine_follows_an_escalation(scene: Scene, instead: bool, bens: list[str]) -> None:
    approval = await escalated(scene, instead=instead)

    assert ids(await find(scene.world, ANA, Filters(mine=True))) == [approval.id]
    assert ids(await find(scene.world, "U0BEN", Filters(mine=True))) == bens


async def test_mine_forgets_who_was_called_in_and_is_no_member_any_more(scene: Scene) -> None:
    await escalated(scene, instead=False)
    scene.directory.people[ANA] = Person(ANA, "Ana", "T1", is_deleted=True)

    assert ids(await find(scene.world, ANA, Filters(mine=True))) == []


async def test_mine_forgets_whom_the_rules_or_their_group_name_no_longer(scene: Scene) -> None:
    scene.directory.groups["S1"] = frozenset({ANA, "U0CAT"})
    ruled(scene, refund=Policy(stages=one_stage(users=["U0BEN"], groups=["S1"])))
    await created(scene.store, "A1")
    before = [ids(await find(scene.world, user, Filters(mine=True))) for user in (ANA, "U0BEN")]

    scene.directory.groups["S1"] = frozenset({"U0CAT"})
    ruled(scene, refund=Policy(stages=one_stage(users=["U0CAT"], groups=["S1"])))

    assert before == [["A1"], ["A1"]]
    assert [ids(await find(scene.world, user, Filters(mine=True))) for user in (ANA, "U0BEN")] == [[], []]
