"""A runner starts, looks, goes on after a crash, stops without its lease, and cleans up: on a real server."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage
from langgraph.graph import START
from langgraph.types import interrupt
from redis.exceptions import RedisError

from bot.core.digest import digest
from bot.ports import (
    LeaseLost,
    Runner,
    Snapshot,
    StoreUnavailable,
    UnknownGraph,
    write_guard,
)
from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.registry import Registry
from bot.runs.runner import LocalRunner
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from tests.runs.conftest import NewRunner, NewSaver
from tests.runs.samples import State, answered, gate, graph, started


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

    async def check() -> None:
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


async def test_a_store_that_dies_during_a_run_is_no_failure_of_the_graph(tmp_path: Path, thread: str) -> None:
    async with EmbeddedRedis.open(tmp_path) as server, connect(server.url) as client:

        def work(state: State) -> State:
            server.kill()
            return {"done": ["worked"]}

        saver = ApprovalsSaver(client, outages=(RedisError,))
        await saver.asetup()
        asks_then_works = graph((START, "ask"), ("ask", "work"), ask=gate("Pay?"), work=work)
        local = LocalRunner(Registry({"g": asks_then_works}, saver))
        (pause,) = (await started(local, thread)).pauses
        with pytest.raises(StoreUnavailable):
            await local.resume("g", thread, pause.interrupt_id, True)
        await server.restart()
        stopped = await local.snapshot("g", thread)

    assert [(t.node, t.finished, t.error) for t in stopped.tasks] == [("work", False, None)]
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


async def test_the_runner_knows_its_graphs_and_their_input(runner: NewRunner) -> None:
    local = runner(refund=graph(ask=gate("Pay?")), other=graph(ask=gate("Pay?")))

    port: Runner = local
    assert port.graphs() == ("refund", "other")
    assert local.description("refund") == ""
    assert local.input_schema("refund")["type"] == "object"


async def test_an_unknown_graph_lists_the_known_ones(runner: NewRunner, thread: str) -> None:
    local = runner(refund=graph(ask=gate("Pay?")))

    with pytest.raises(UnknownGraph, match="'refnd'; known: refund"):
        local.description("refnd")
    with pytest.raises(UnknownGraph):
        await local.start("refnd", thread, {})
