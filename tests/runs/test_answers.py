"""An answer reaches the question it was meant for, or is refused: each trap of LangGraph's resume."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.graph import START
from langgraph.types import interrupt
from pydantic import BaseModel

from bot.ports import (
    AnswerRefused,
    Snapshot,
)
from bot.runs.checkpointer import ApprovalsSaver
from tests.runs.conftest import NewRunner
from tests.runs.samples import State, answered, gate, graph, started


async def test_a_second_answer_to_the_same_question_is_refused(runner: NewRunner, thread: str) -> None:
    local = runner(g=graph((START, "a"), ("a", "b"), a=gate("first"), b=gate("second")))
    (first,) = (await started(local, thread)).pauses
    after = await answered(local, thread, first, "yes")

    with pytest.raises(AnswerRefused):
        await local.resume("g", thread, first.interrupt_id, "yes again")

    assert await local.snapshot("g", thread) == after


async def test_two_questions_of_one_node_have_two_ids(runner: NewRunner, thread: str) -> None:
    local = runner(g=graph(ask=lambda _: {"done": [interrupt("one"), interrupt("two")]}))
    (one,) = (await started(local, thread)).pauses
    (two,) = (await answered(local, thread, one, 1)).pauses

    with pytest.raises(AnswerRefused):
        await local.resume("g", thread, one.interrupt_id, "stale")
    assert one.interrupt_id != two.interrupt_id
    assert (await answered(local, thread, two, 2)).output == {"done": [1, 2]}


@pytest.mark.parametrize("unknown", ["0" * 32, "not-an-id", ""])
async def test_an_answer_to_a_question_nobody_asked_runs_nothing(
    runner: NewRunner, thread: str, unknown: str
) -> None:
    local = runner(g=graph(ask=gate("Pay?")))
    waiting = await started(local, thread)

    with pytest.raises(AnswerRefused):
        await local.resume("g", thread, unknown, True)

    assert await local.snapshot("g", thread) == waiting


async def test_an_answer_after_the_end_is_refused(runner: NewRunner, thread: str) -> None:
    local = runner(g=graph(ask=gate("Pay?")))
    (pause,) = (await started(local, thread)).pauses
    over = await answered(local, thread, pause)

    with pytest.raises(AnswerRefused):
        await local.resume("g", thread, pause.interrupt_id, False)

    assert await local.snapshot("g", thread) == over


async def test_a_lost_thread_is_refused_and_not_started_again(runner: NewRunner, thread: str) -> None:
    local = runner(g=graph(ask=gate("Pay?")))
    (pause,) = (await started(local, thread)).pauses
    await local.forget("g", thread)

    with pytest.raises(AnswerRefused):
        await local.resume("g", thread, pause.interrupt_id, True)

    assert await local.snapshot("g", thread) == Snapshot(False, (), (), (), None, {}, None)


async def test_an_edited_state_asks_anew_and_the_old_answer_is_refused(
    runner: NewRunner, saver: ApprovalsSaver, thread: str
) -> None:
    graph_ = graph((START, "plan"), ("plan", "ask"), plan=lambda _: {"plan": "A"}, ask=ask_for_the_plan)
    local = runner(g=graph_)
    (old,) = (await started(local, thread)).pauses
    await graph_.copy({"checkpointer": saver}).aupdate_state(
        {"configurable": {"thread_id": thread}}, {"plan": "B"}
    )

    with pytest.raises(AnswerRefused):
        await local.resume("g", thread, old.interrupt_id, "approve")
    await local.proceed("g", thread)
    (fresh,) = (await local.snapshot("g", thread)).pauses

    assert (old.payload, fresh.payload) == ("A", "B")
    assert fresh.interrupt_id != old.interrupt_id


def ask_for_the_plan(state: State) -> State:
    return {"done": [interrupt(state["plan"])]}


async def test_a_renamed_gate_asks_nothing_and_takes_no_answer(runner: NewRunner, thread: str) -> None:
    (pause,) = (await started(runner(g=graph(ask=gate("Pay?"))), thread)).pauses
    renamed = runner(g=graph(confirm=gate("Pay?")))
    before = await renamed.snapshot("g", thread)
    with pytest.raises(AnswerRefused):  # LangGraph would take it, run nothing, and say nothing
        await renamed.resume("g", thread, pause.interrupt_id, True)

    assert (before.exists, before.pauses, before.tasks) == (True, (), ())
    assert await renamed.snapshot("g", thread) == before


async def test_an_answer_that_breaks_the_schema_is_refused_and_may_be_given_again(
    runner: NewRunner, thread: str
) -> None:
    local = runner(g=graph(ask=ask_typed))
    (pause,) = (await started(local, thread)).pauses
    with pytest.raises(AnswerRefused, match=r"^ok: Input should be a valid boolean"):
        await local.resume("g", thread, pause.interrupt_id, {"ok": "perhaps"})
    (still,) = (await local.snapshot("g", thread)).pauses

    assert still == pause
    assert pause.response_schema is not None
    assert pause.response_schema["required"] == ["ok"]
    assert (await answered(local, thread, pause, {"ok": True})).output == {"done": [True]}


class Yes(BaseModel):
    ok: bool


def ask_typed(state: State) -> State:
    answer: Any = interrupt("Typed?", response_schema=Yes)
    return {"done": [answer.ok]}
