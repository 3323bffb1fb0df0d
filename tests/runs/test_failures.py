"""A graph that raises keeps its answer, its neighbours' questions stay open, and the reason is told."""

from __future__ import annotations

import pytest
from langgraph.types import interrupt

from bot.ports import (
    AnswerRefused,
    RunFailed,
)
from tests.runs import shapes
from tests.runs.conftest import NewRunner
from tests.runs.samples import State, Trouble, answered, asks, gate, graph, started


async def test_an_answer_is_latched_when_its_node_fails_and_no_other_one_is_taken(
    runner: NewRunner, thread: str
) -> None:
    trouble = Trouble({"after Pay?"})
    local = runner(g=graph(ask=gate("Pay?", trouble)))
    (pause,) = (await started(local, thread)).pauses
    with pytest.raises(RunFailed, match=r"^ConnectionError: after Pay\? is down$"):
        await local.resume("g", thread, pause.interrupt_id, "approve")
    failed = await local.snapshot("g", thread)
    with pytest.raises(AnswerRefused, match="has an answer already"):
        await local.resume("g", thread, pause.interrupt_id, "reject")
    trouble.now.clear()
    await local.proceed("g", thread)

    assert [p.failed for p in failed.pauses] == ["ConnectionError: after Pay? is down"]
    assert [(t.finished, t.error) for t in failed.tasks] == [(False, failed.error)]
    assert (await local.snapshot("g", thread)).output == {"done": ["Pay?: approve"]}


async def test_after_a_failure_the_nodes_next_question_is_open(runner: NewRunner, thread: str) -> None:
    trouble = Trouble({"between"})

    def ask_twice(state: State) -> State:
        first = interrupt("one")
        trouble.strike("between")
        return {"done": [first, interrupt("two")]}

    local = runner(g=graph(ask=ask_twice))
    (one,) = (await started(local, thread)).pauses
    with pytest.raises(RunFailed):
        await local.resume("g", thread, one.interrupt_id, 1)
    trouble.now.clear()
    await local.proceed("g", thread)
    snapshot = await local.snapshot("g", thread)
    (two,) = snapshot.pauses

    assert (two.payload, two.failed, snapshot.error) == ("two", None, None)
    assert (await answered(local, thread, two, 2)).output == {"done": [1, 2]}


async def test_a_question_stays_open_when_only_its_neighbour_failed(runner: NewRunner, thread: str) -> None:
    trouble = Trouble({"after left"})
    local = runner(g=graph(left=gate("left", trouble), right=gate("right")))
    pauses = asks(await started(local, thread))
    with pytest.raises(RunFailed):
        await local.resume("g", thread, pauses["left"].interrupt_id, True)
    after = asks(await local.snapshot("g", thread))
    trouble.now.clear()
    await local.proceed("g", thread)
    over = await answered(local, thread, pauses["right"])

    assert after["left"].failed == "ConnectionError: after left is down"
    assert after["right"] == pauses["right"]
    assert over.output == {"done": ["left: True", "right: True"]}


async def test_a_question_stays_open_when_its_node_failed_before_it_asked_again(
    runner: NewRunner, thread: str
) -> None:
    trouble = Trouble()
    local = runner(g=graph(left=gate("left", trouble), right=gate("right", trouble)))
    pauses = asks(await started(local, thread))
    trouble.now.add("before right")
    with pytest.raises(RunFailed, match="before right"):
        await local.resume("g", thread, pauses["left"].interrupt_id, True)
    failed = await local.snapshot("g", thread)
    trouble.now.clear()

    assert asks(failed) == {"right": pauses["right"]}
    assert [(t.node, t.finished) for t in failed.tasks] == [("left", True), ("right", False)]
    assert failed.error == "ConnectionError: before right is down"
    assert (await answered(local, thread, pauses["right"])).output == {"done": ["left: True", "right: True"]}


async def test_a_value_that_cannot_be_kept_fails_the_run_and_names_the_channel(
    runner: NewRunner, thread: str
) -> None:
    local = runner(g=graph(ask=lambda _: {"plan": 2**64}))

    with pytest.raises(RunFailed, match=r"^Unstorable: channel 'plan': Integer exceeds 64-bit range"):
        await local.start("g", thread, {"done": []})


async def test_a_question_that_cannot_be_kept_fails_the_run_and_is_not_half_asked(
    runner: NewRunner, thread: str
) -> None:
    local = runner(g=graph(ask=lambda _: {"done": [interrupt({"by": shapes.Opaque()})]}))

    with pytest.raises(RunFailed, match=r"channel '__interrupt__': a tests\.runs\.shapes\.Opaque could not"):
        await local.start("g", thread, {"done": []})

    assert (await local.snapshot("g", thread)).pauses == ()


async def test_a_failure_is_told_in_one_short_line(runner: NewRunner, thread: str) -> None:
    def fail(state: State) -> State:
        raise ValueError("first line\nsecond line\t" + "x" * 1000)

    with pytest.raises(RunFailed) as failed:
        await runner(g=graph(fail=fail)).start("g", thread, {"done": []})

    assert failed.value.reason.startswith("ValueError: first line second line xxx")
    assert len(failed.value.reason) == 300
