"""Each trap of LangGraph's interrupts that a runner must not fall into, on a real server."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph.func import entrypoint, task
from langgraph.graph import START
from langgraph.types import Send, interrupt
from pydantic import BaseModel

from bot.core.digest import digest
from bot.ports import AnswerRefused, LeaseLost, RunFailed, Snapshot, UnknownGraph, write_guard
from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.registry import Registry
from bot.runs.runner import LocalRunner
from tests.runs.conftest import NewRunner, NewSaver
from tests.runs.samples import State, Trouble, answered, asks, gate, graph, started


async def test_a_question_waits_and_its_answer_ends_the_run(runner: NewRunner, thread: str) -> None:
    local = runner(g=graph(ask=gate("Pay?")))
    waiting = await started(local, thread)
    (pause,) = waiting.pauses
    over = await answered(local, thread, pause)

    assert (pause.payload, pause.node, pause.failed, pause.response_schema) == ("Pay?", "ask", None, None)
    assert (waiting.exists, waiting.next, waiting.error) == (True, ("ask",), None)
    assert [(t.id, t.finished, t.interrupts) for t in waiting.tasks] == [
        (pause.task, False, (pause.interrupt_id,))
    ]
    assert over == Snapshot(True, (), (), (), None, {"done": ["Pay?: True"]}, over.head)
    assert over.head != waiting.head


async def test_a_question_keeps_its_id_and_digest_in_another_process(
    new_saver: NewSaver, thread: str
) -> None:
    payload = {"amount": Decimal("10.10"), "tags": {"b", "a"}, "pair": (1, 2)}
    local, other = (
        LocalRunner(Registry({"g": graph(ask=lambda _: {"done": [interrupt(payload)]})}, new_saver()))
        for _ in range(2)
    )
    (here,) = (await started(local, thread)).pauses
    (there,) = (await other.snapshot("g", thread)).pauses

    assert here == there
    assert here.payload == {"amount": "10.10", "tags": ["a", "b"], "pair": [1, 2]}
    assert digest(here.payload) == digest(there.payload)


# --- answers that must not arrive ------------------------------------------------------------------


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
    with pytest.raises(AnswerRefused, match=r"ValidationError: 1 validation error for Yes ok"):
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


# --- nodes that fail -------------------------------------------------------------------------------


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


async def test_a_failure_is_told_in_one_short_line(runner: NewRunner, thread: str) -> None:
    def fail(state: State) -> State:
        raise ValueError("first line\nsecond line\t" + "x" * 1000)

    with pytest.raises(RunFailed) as failed:
        await runner(g=graph(fail=fail)).start("g", thread, {"done": []})

    assert failed.value.reason.startswith("ValueError: first line second line xxx")
    assert len(failed.value.reason) == 300


# --- several questions at once ---------------------------------------------------------------------


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


# --- crashes, leases and cleaning up ---------------------------------------------------------------


async def test_a_cancelled_run_goes_on_where_it_was(runner: NewRunner, thread: str) -> None:
    reached, never = asyncio.Event(), asyncio.Event()

    async def slow(state: State) -> State:
        reached.set()
        await never.wait()
        return {"done": ["slow"]}

    local = runner(g=graph((START, "ask"), ("ask", "slow"), ask=gate("Pay?"), slow=slow))
    (pause,) = (await started(local, thread)).pauses
    running = asyncio.create_task(local.resume("g", thread, pause.interrupt_id, True))
    await reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    stopped = await local.snapshot("g", thread)
    never.set()
    await local.proceed("g", thread)

    assert [(t.node, t.finished, t.interrupts) for t in stopped.tasks] == [("slow", False, ())]
    assert (await local.snapshot("g", thread)).output == {"done": ["Pay?: True", "slow"]}


async def test_a_lost_lease_stops_the_run_and_nothing_of_it_is_kept(runner: NewRunner, thread: str) -> None:
    lost = False

    def check() -> None:
        if lost:
            raise LeaseLost(thread)

    def slow(state: State) -> State:
        nonlocal lost
        lost = True  # as after a pause that outlasted the lease
        return {"done": ["slow"]}

    local = runner(g=graph((START, "ask"), ("ask", "slow"), ask=gate("Pay?"), slow=slow))
    (pause,) = (await started(local, thread)).pauses
    token = write_guard.set(check)
    with pytest.raises(LeaseLost):
        await local.resume("g", thread, pause.interrupt_id, True)
    write_guard.reset(token)
    stopped = await local.snapshot("g", thread)

    assert [(t.node, t.finished) for t in stopped.tasks] == [("slow", False)]
    assert stopped.output == {"done": ["Pay?: True"]}


async def test_pruning_keeps_what_waits_and_drops_the_history(
    runner: NewRunner, saver: ApprovalsSaver, thread: str
) -> None:
    local = runner(g=graph((START, "plan"), ("plan", "ask"), plan=lambda _: {"plan": 1}, ask=gate("Pay?")))
    waiting = await started(local, thread)
    await local.prune("g", thread)
    pruned = await local.snapshot("g", thread)
    kept = [item async for item in saver.alist({"configurable": {"thread_id": thread}})]

    assert pruned == waiting
    assert len(kept) == 1
    assert (await answered(local, thread, waiting.pauses[0])).output == {"done": ["Pay?: True"], "plan": 1}


async def test_messages_are_told_by_their_text(runner: NewRunner, thread: str) -> None:
    reply = AIMessage([{"type": "text", "text": "All "}, {"type": "text", "text": "done."}])
    local = runner(g=graph(say=lambda _: {"done": [reply]}))
    over = await started(local, thread)

    assert over.output == {"done": [{"type": "ai", "content": "All done."}]}


# --- what graphs there are -------------------------------------------------------------------------


async def test_the_runner_knows_its_graphs_and_their_input(runner: NewRunner) -> None:
    local = runner(refund=graph(ask=gate("Pay?")), other=graph(ask=gate("Pay?")))

    assert local.graphs() == ("refund", "other")
    assert local.description("refund") == ""
    assert local.input_schema("refund")["type"] == "object"


async def test_an_unknown_graph_lists_the_known_ones(runner: NewRunner, thread: str) -> None:
    local = runner(refund=graph(ask=gate("Pay?")))

    with pytest.raises(UnknownGraph, match="'refnd'; known: refund"):
        local.description("refnd")
    with pytest.raises(UnknownGraph):
        await local.start("refnd", thread, {})
