"""Parallel, fanned-out and nested questions are told apart and answered one by one."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.func import entrypoint, task
from langgraph.graph import START
from langgraph.types import Send, interrupt

from bot.ports import (
    RunFailed,
)
from tests.runs.conftest import NewRunner
from tests.runs.samples import State, Trouble, answered, asks, gate, graph, started


async def test_parallel_questions_are_answered_one_by_one(runner: NewRunner, thread: str) -> None:
    local = runner(g=graph(left=gate("left"), right=gate("right")))
    pauses = asks(await started(local, thread))
    halfway = await answered(local, thread, pauses["right"], "no")
    over = await answered(local, thread, pauses["left"], "yes")

    assert asks(halfway) == {"left": pauses["left"]}
    assert [(t.node, t.finished) for t in halfway.tasks] == [("left", False), ("right", True)]
    assert over.output == {"done": ["left: yes", "right: no"]}


async def test_fanned_out_questions_are_told_apart(runner: NewRunner, thread: str) -> None:
    def spread(state: State) -> list[Send]:
        return [Send("ask", item) for item in ("a", "b", "c")]

    builder = graph((START, "spread"), spread=lambda _: {}, ask=lambda item: {"done": [interrupt(item)]})
    builder.builder.add_conditional_edges("spread", spread, ["ask"])  # type: ignore[attr-defined] # a state graph
    local = runner(g=builder.builder.compile())  # type: ignore[attr-defined] # the same
    pauses = asks(await started(local, thread))
    halfway = await answered(local, thread, pauses["b"], "B")
    await answered(local, thread, pauses["a"], "A")
    over = await answered(local, thread, pauses["c"], "C")

    assert set(asks(halfway)) == {"a", "c"}
    assert sorted(t.finished for t in halfway.tasks) == [False, False, True]
    assert len({pause.interrupt_id for pause in pauses.values()}) == 3
    assert over.output == {"done": ["A", "B", "C"]}


@pytest.mark.parametrize("called", [False, True], ids=["as a node", "called in a node"])
async def test_a_question_inside_a_subgraph_names_its_node_and_latches_too(
    runner: NewRunner, thread: str, called: bool
) -> None:
    trouble = Trouble({"after inner"})
    child = graph(inner=gate("inner", trouble))
    parent = (lambda state: {"done": child.invoke({"done": []})["done"]}) if called else child
    local = runner(g=graph(outer=parent))
    (pause,) = (await started(local, thread)).pauses
    with pytest.raises(RunFailed):
        await local.resume("g", thread, pause.interrupt_id, True)
    (failed,) = (await local.snapshot("g", thread)).pauses
    trouble.now.clear()
    await local.proceed("g", thread)

    assert (pause.payload, pause.node, pause.failed) == ("inner", "outer:inner", None)
    assert failed.interrupt_id == pause.interrupt_id
    assert failed.failed == "ConnectionError: after inner is down"
    assert (await local.snapshot("g", thread)).output == {"done": ["inner: True"]}


async def test_a_functional_graph_asks_in_its_tasks_and_by_itself(runner: NewRunner, thread: str) -> None:
    @task
    async def ask(name: str) -> Any:
        return interrupt(name)

    @entrypoint()
    async def flow(start: dict[str, Any]) -> dict[str, Any]:
        return {"said": [await ask("in a task"), interrupt("by itself")]}

    local = runner(g=flow)
    (first,) = (await started(local, thread)).pauses
    (second,) = (await answered(local, thread, first, 1)).pauses
    over = await answered(local, thread, second, 2)

    assert (first.payload, second.payload) == ("in a task", "by itself")
    assert (over.output, over.tasks) == ({"said": [1, 2]}, ())
