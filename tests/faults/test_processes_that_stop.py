"""A process dies, or a run is cancelled, in the middle of the graph: it goes on, and asks nobody twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langgraph.errors import GraphBubbleUp
from langgraph.graph import START
from langgraph.types import interrupt

from bot.approvals.starting import start
from bot.core.audit import Fact
from bot.core.model import RunState, State
from tests.faults.desk import Desk
from tests.runs.samples import State as Notes
from tests.runs.samples import gate, graph

# --- processes that stop in the middle ---------------------------------------------------------------


class Stopped(BaseException):
    """The process is gone."""


async def test_a_crash_between_the_gates_writes_and_the_next_checkpoint_goes_on_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await desk.start(
        graph((START, "ask"), ("ask", "act"), ask=gate("Pay?"), act=lambda _: {"plan": 1})
    )
    await desk.click(asked)

    async def stops(*args: Any, **more: Any) -> Any:
        raise Stopped

    with monkeypatch.context() as crash:
        crash.setattr(desk.saver, "aput", stops)
        with pytest.raises(Stopped):
            await desk.drive()
    snapshot = await desk.world.runner.snapshot("g", desk.thread)
    await desk.rest()

    assert [(task.node, task.finished) for task in snapshot.tasks] == [("ask", True)]
    assert (await desk.read(asked)).state is State.APPLIED
    assert (await desk.facts(asked)).count(Fact.SENT) == 1
    assert (await desk.run()).output == {"done": ["Pay?: approve"], "plan": 1}


async def test_a_crash_before_the_gates_writes_gives_the_same_answer_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await desk.start(graph(ask=gate("Pay?")))
    await desk.click(asked)

    async def stops(*args: Any, **more: Any) -> Any:
        raise Stopped

    with monkeypatch.context() as crash:
        crash.setattr(desk.saver, "aput_writes", stops)
        crash.setattr(desk.saver, "aput", stops)
        with pytest.raises(Stopped):
            await desk.drive()
    await desk.rest()

    assert (await desk.read(asked)).state is State.APPLIED
    assert (await desk.facts(asked)).count(Fact.SENT) == 2
    assert (await desk.run()).output == {"done": ["Pay?: approve"]}


async def test_a_cancelled_run_goes_on_without_asking_again(desk: Desk) -> None:
    reached, never = asyncio.Event(), asyncio.Event()

    async def slow(state: Notes) -> Notes:
        reached.set()
        await never.wait()
        return {"done": ["slow"]}

    asked = await desk.start(graph((START, "ask"), ("ask", "slow"), ask=gate("Pay?"), slow=slow))
    await desk.click(asked)
    running = asyncio.create_task(desk.drive())
    await reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    never.set()
    await desk.rest()

    assert (await desk.read(asked)).state is State.APPLIED
    assert (await desk.facts(asked)).count(Fact.SENT) == 1
    assert (await desk.run()).output == {"done": ["Pay?: approve", "slow"]}


async def test_a_run_cancelled_before_it_asked_asks_all_the_same(desk: Desk) -> None:
    reached, never = asyncio.Event(), asyncio.Event()

    async def slow(state: Notes) -> Notes:
        reached.set()
        await never.wait()
        return {}

    starting = asyncio.create_task(
        desk.start(graph((START, "slow"), ("slow", "ask"), slow=slow, ask=gate("Pay?")))
    )
    await reached.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    never.set()
    await desk.rest()
    (asked,) = await desk.pending()

    assert asked.request.payload == "Pay?"
    assert (await desk.approve(asked)).state is State.APPLIED


# --- graphs that ask in ways that cannot work --------------------------------------------------------


async def test_a_swallowed_interrupt_asks_nobody_and_is_told_as_the_result(desk: Desk) -> None:
    def swallows(state: Notes) -> Notes:
        try:
            return {"done": [interrupt("Pay?")]}
        except Exception as error:  # noqa: BLE001 (the author's mistake: a pause is an exception too)
            return {"done": [f"swallowed {type(error).__name__}"]}

    desk.deploy(graph(ask=swallows))
    await start(desk.world, "g", {}, thread_id=desk.thread)
    await desk.rest()

    assert issubclass(GraphBubbleUp, Exception)
    assert await desk.pending() == []
    assert (await desk.run()).state is RunState.ENDED
    assert [post.text for post in desk.slack.posts] == [(await desk.run()).result]
    assert "swallowed GraphInterrupt" in ((await desk.run()).result or "")
