"""Who asked may take it back, an operator may end a run; what was decided first is carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.answering import MOST_TRIES
from bot.approvals.cancelling import WITHDRAWN, cancel, withdraw
from bot.approvals.driving import drive
from bot.approvals.reconciling import reconcile
from bot.approvals.showing import show
from bot.approvals.voting import vote
from bot.core.audit import Fact, faults
from bot.core.beside import beside
from bot.core.model import Approval, Click, RunState, State, Verdict
from bot.core.outcome import Kind
from bot.core.policy import Why
from bot.ports import LeaseLost
from tests.approvals.conftest import Scene


def withdrawal(scene: Scene, approval: Approval, by: str = "U0REQ", **more: Any) -> Click:
    return replace(scene.click(approval, Verdict.REJECT, by), id=f"withdraw-{by}", **more)


async def facts(scene: Scene, approval: Approval) -> list[tuple[Fact, str | None]]:
    entries = await scene.store.history(approval.id)
    assert faults(entries, b"key", head=scene.now(approval).audit_head) == []
    around = (await scene.store.read_trail(beside(approval.id))).entries
    entries += tuple(entry for entry in around if entry.fact is Fact.REFUSED)
    return [(entry.fact, entry.by) for entry in entries]


async def test_who_asked_withdraws_and_the_card_closes(scene: Scene) -> None:
    approval = await scene.asked()

    outcome = await withdraw(scene.world, withdrawal(scene, approval))
    await scene.drive()
    await show(scene.world, approval.id)

    assert outcome.kind is Kind.WITHDRAWN
    assert scene.now(approval).state is State.CANCELLED
    assert scene.now(approval).closed_why == WITHDRAWN
    assert scene.store.runs["t1"].state is RunState.CANCELLED
    assert scene.messenger.live_cards() == []
    assert scene.runner.consumed == []
    assert await facts(scene, approval) == [(Fact.ASKED, None), (Fact.CANCELLED, "U0REQ")]


@pytest.mark.parametrize("by", ["U0ANA", "U0BEN"])
async def test_nobody_else_may_withdraw_it_and_the_trail_says_who_tried(scene: Scene, by: str) -> None:
    approval = await scene.asked()

    outcome = await withdraw(scene.world, withdrawal(scene, approval, by))
    await scene.drive()

    assert (outcome.kind, outcome.why) == (Kind.REFUSED, Why.NOT_THE_REQUESTER)
    assert scene.now(approval).state is State.PENDING
    assert await facts(scene, approval) == [(Fact.ASKED, None), (Fact.REFUSED, by)]


@pytest.mark.parametrize(
    "forged", [{"app": "A2"}, {"team": "T2"}, {"channel": "C9"}, {"message_ts": "9.9"}], ids=str
)
async def test_a_withdrawal_that_is_not_from_our_card_changes_nothing(
    scene: Scene, forged: dict[str, str]
) -> None:
    approval = await scene.asked()

    outcome = await withdraw(scene.world, withdrawal(scene, approval, **forged))
    await scene.drive()

    assert outcome.kind is Kind.REFUSED
    assert scene.now(approval).state is State.PENDING


async def test_a_decision_that_came_first_is_carried_out(scene: Scene) -> None:
    approval = await scene.asked()
    wish = withdrawal(scene, approval)
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    outcome = await withdraw(scene.world, wish)
    await scene.drive()

    assert outcome.kind is Kind.TOO_LATE
    assert scene.now(approval).state is State.APPLIED
    assert scene.store.runs["t1"].state is RunState.ENDED


async def test_a_decision_between_the_wish_and_its_worker_is_carried_out(scene: Scene) -> None:
    approval = await scene.asked()
    await withdraw(scene.world, withdrawal(scene, approval))
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()

    assert scene.now(approval).state is State.APPLIED
    assert scene.store.runs["t1"].state is RunState.ENDED


async def test_after_a_revise_that_came_first_the_next_question_is_not_asked(scene: Scene) -> None:
    approval = await scene.asked()
    await withdraw(scene.world, withdrawal(scene, approval))
    await vote(scene.world, scene.click(approval, Verdict.REVISE))
    await scene.drive()
    await scene.drive()

    assert scene.now(approval).state is State.APPLIED
    assert len(scene.store.approvals) == 1
    assert scene.store.runs["t1"].state is RunState.CANCELLED


async def test_a_wish_whose_task_was_lost_is_carried_out_by_the_reconciler(scene: Scene) -> None:
    approval = await scene.asked()
    await withdraw(scene.world, withdrawal(scene, approval))
    scene.queue.wishes.clear()
    scene.clock.advance(10.0)
    await reconcile(scene.world, older_than=5.0)

    for wish in list(scene.queue.wishes):
        if wish.task == "advance":
            await drive(scene.world, wish.args[0])

    assert scene.now(approval).state is State.CANCELLED


async def test_pressing_twice_withdraws_once(scene: Scene) -> None:
    approval = await scene.asked()
    wish = withdrawal(scene, approval)

    first, second = await withdraw(scene.world, wish), await withdraw(scene.world, wish)
    await scene.drive()
    third = await withdraw(scene.world, wish)

    assert [first.kind, second.kind, third.kind] == [Kind.WITHDRAWN, Kind.WITHDRAWN, Kind.TOO_LATE]
    assert await facts(scene, approval) == [(Fact.ASKED, None), (Fact.CANCELLED, "U0REQ")]


async def test_an_operator_ends_a_run_and_gives_up_what_failed_after_its_decision(scene: Scene) -> None:
    approval = await scene.asked()
    scene.runner.act_failures["t1"] = 1000
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    for _ in range(MOST_TRIES + 2):
        await scene.drive()
        scene.clock.advance(120.0)
    assert scene.now(approval).state is State.FAILED

    done = await cancel(scene.world, "t1", by=None, why="The customer called.")
    await scene.drive()

    assert done
    assert scene.now(approval).state is State.CANCELLED
    assert scene.store.runs["t1"].state is RunState.CANCELLED
    assert (Fact.CANCELLED, None) in await facts(scene, approval)


async def test_a_run_that_is_over_or_unknown_cannot_be_cancelled(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()

    assert await cancel(scene.world, "t1", by=None, why="late") is False
    assert await cancel(scene.world, "t9", by=None, why="who") is False


async def test_a_worker_that_lost_its_lease_cancels_nothing(scene: Scene) -> None:
    approval = await scene.asked()
    await cancel(scene.world, "t1", by=None, why="enough")
    snapshot = scene.runner.snapshot

    async def stolen(graph: str, thread_id: str) -> object:
        scene.store.held["thread:t1"] = "somebody else"
        return await snapshot(graph, thread_id)

    runner: Any = _Instead(scene.runner, stolen)
    scene.world = replace(scene.world, runner=runner)
    with pytest.raises(LeaseLost):
        await scene.drive()

    assert scene.now(approval).state is State.PENDING


class _Instead:
    def __init__(self, runner: Any, snapshot: Any) -> None:
        self._runner, self.snapshot = runner, snapshot

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runner, name)
