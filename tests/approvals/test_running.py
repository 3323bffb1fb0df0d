"""Starting, expiring, retrying: the life of a run around its questions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.approvals.answering import BACKOFF
from bot.approvals.driving import Progress
from bot.approvals.expiring import expire
from bot.approvals.reconciling import reconcile
from bot.approvals.retrying import retry, stuck
from bot.approvals.starting import start
from bot.approvals.voting import vote
from bot.core.model import RunState, State, Verdict
from bot.core.policy import Policy
from bot.ports import InvalidInput, UnknownGraph
from tests.approvals.conftest import Scene


async def test_an_unknown_graph_is_refused_with_the_known_names(scene: Scene) -> None:
    with pytest.raises(UnknownGraph, match="known: refund"):
        await start(scene.world, "refnd", {})


@pytest.mark.parametrize(
    ("given", "field"), [({}, "input.amount"), ({"amount": "5"}, "input.amount"), ([], "input")]
)
async def test_input_that_does_not_fit_names_the_field(scene: Scene, given: object, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await start(scene.world, "refund", given)  # type: ignore[arg-type]

    assert refused.value.field == field


async def test_the_same_thread_id_is_the_same_run_and_never_another_one(scene: Scene) -> None:
    first = await scene.start()
    again = await scene.start()

    assert again == first
    with pytest.raises(InvalidInput, match="another run"):
        await start(scene.world, "refund", {"amount": 2}, thread_id="t1")


async def test_a_run_without_any_channel_is_refused(scene: Scene) -> None:
    world = replace(scene.world, default_channel=None)

    with pytest.raises(InvalidInput, match="APPROVALS_CHANNEL"):
        await start(world, "refund", {"amount": 1})


async def test_a_thread_in_other_hands_is_left_alone(scene: Scene) -> None:
    await scene.start()

    async with scene.store.lease("t1"):
        progress = await scene.drive()

    assert progress is Progress.BUSY
    assert scene.runner.threads == {}


async def test_silence_rejects_where_the_policy_says_so(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", expires_in=60.0, on_expiry="reject")
    approval = await scene.asked()
    scene.clock.advance(60.0)

    await expire(scene.world, approval.id)
    await scene.drive()

    decision = scene.now(approval).decision
    assert decision is not None
    assert (decision.verdict, decision.by) == (Verdict.REJECT, ())
    assert scene.runner.effects == []
    assert scene.store.runs["t1"].state is RunState.ENDED


async def test_silence_leaves_the_run_paused_where_the_policy_says_so(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", expires_in=60.0, on_expiry="leave")
    approval = await scene.asked()
    scene.clock.advance(60.0)

    await expire(scene.world, approval.id)
    await scene.drive()

    assert scene.now(approval).state is State.EXPIRED
    assert scene.runner.consumed == []
    assert len(scene.store.approvals) == 1  # it is not asked again


async def test_an_early_look_at_the_deadline_changes_nothing(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", expires_in=60.0)
    approval = await scene.asked()

    await expire(scene.world, approval.id)

    assert scene.now(approval).state is State.PENDING
    assert scene.queue.wishes[-1].due == approval.expires_at


async def test_a_run_that_raises_is_retried_without_the_answer_and_then_waits_for_an_operator(
    scene: Scene,
) -> None:
    approval = await scene.asked()
    scene.runner.act_failures["t1"] = len(BACKOFF) + 1
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    for wait in (0.0, *BACKOFF):
        scene.clock.advance(wait)
        await scene.drive()

    before = await stuck(scene.world)
    retried = await retry(scene.world, before[0])
    await scene.drive()

    assert [one.id for one in before] == [approval.id]
    assert retried
    assert scene.now(approval).state is State.APPLIED
    assert len(scene.runner.consumed) == 1  # the answer was given once


async def test_a_lost_checkpoint_closes_what_was_open_and_starts_nothing(scene: Scene) -> None:
    approval = await scene.asked()
    scene.runner.threads.clear()

    await scene.drive()

    assert scene.now(approval).state is State.CANCELLED
    assert scene.store.runs["t1"].state is RunState.LOST
    assert scene.runner.threads == {}


async def test_the_reconciler_starts_a_run_that_nobody_woke_a_worker_for(scene: Scene) -> None:
    await scene.start()
    scene.queue.wishes.clear()
    scene.clock.advance(10.0)

    await reconcile(scene.world)

    assert [(wish.task, wish.args) for wish in scene.queue.wishes] == [("advance", ("t1",))]


async def test_the_reconciler_leaves_a_run_that_waits_for_an_operator_alone(scene: Scene) -> None:
    approval = await scene.asked()
    scene.runner.act_failures["t1"] = len(BACKOFF) + 1
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    for wait in (0.0, *BACKOFF):
        scene.clock.advance(wait)
        await scene.drive()
    scene.queue.wishes.clear()
    scene.clock.advance(10.0)

    await reconcile(scene.world)

    assert [wish for wish in scene.queue.wishes if wish.task == "advance"] == []


async def test_a_decision_whose_task_was_lost_is_carried_out_by_the_reconciler_at_once(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    scene.queue.wishes.clear()
    scene.clock.advance(10.0)

    await reconcile(scene.world, older_than=5.0)

    assert [wish.args[0] for wish in scene.queue.wishes if wish.task == "advance"] == ["t1"]
