"""Somebody else moves the thread, or a new release of the graph meets it: no answer is misused."""

from __future__ import annotations

import operator
from pathlib import Path
from typing import Annotated, Any

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from pydantic import BaseModel, Field

from bot.approvals import answering
from bot.core.model import RunState, State
from bot.core.outcome import Kind
from bot.runs.loader import GraphNotLoaded
from bot.runs.registry import Registry
from tests.faults.desk import Desk
from tests.runs.samples import State as Notes
from tests.runs.samples import gate, graph

# --- others touch the thread, or a new release does --------------------------------------------------


def plan_then_ask() -> Any:
    return graph(
        (START, "plan"),
        ("plan", "ask"),
        plan=lambda _: {"plan": "A"},
        ask=lambda state: {"done": [f"{state['plan']}: {interrupt(state['plan'])}"]},
    )


async def edit(desk: Desk, changed: Any, plan: str) -> None:
    editor = changed.copy(update={"checkpointer": desk.saver})
    await editor.aupdate_state({"configurable": {"thread_id": desk.thread}}, {"plan": plan})


async def test_an_edited_state_is_shown_before_anybody_can_approve_it(desk: Desk) -> None:
    changed = plan_then_ask()
    asked = await desk.start(changed)
    await desk.rest()
    await edit(desk, changed, "B")
    await desk.drive()
    await desk.rest()
    (fresh,) = await desk.pending()

    assert (await desk.read(asked)).state is State.SUPERSEDED
    assert (fresh.request.payload, fresh.votes) == ("B", ())
    assert await desk.live_cards() == [fresh.id]


async def test_a_decision_made_before_the_state_was_edited_is_not_used(desk: Desk) -> None:
    changed = plan_then_ask()
    asked = await desk.start(changed)
    await desk.click(asked)
    await edit(desk, changed, "B")
    await desk.rest()
    (fresh,) = await desk.pending()

    assert (await desk.read(asked)).state is State.SUPERSEDED
    assert (fresh.request.payload, fresh.votes) == ("B", ())
    assert (await desk.run()).state is RunState.WAITING


@pytest.mark.parametrize("decided", [False, True])
async def test_a_release_that_renames_the_gate_is_told_and_nothing_runs(desk: Desk, decided: bool) -> None:
    asked = await desk.start(graph((START, "ask"), ("ask", "act"), ask=gate("Pay?"), act=gate("act")))
    if decided:
        await desk.click(asked)
    desk.deploy(graph((START, "confirm"), ("confirm", "act"), confirm=gate("Pay?"), act=gate("act")))
    await desk.drive()
    await desk.rest()
    after = await desk.read(asked)

    assert after.state is State.SUPERSEDED
    assert after.closed_why
    assert (await desk.run()).output == {"done": []}
    assert await desk.pending() == []


@pytest.mark.parametrize("decided", [False, True])
async def test_a_release_that_joins_the_gate_asks_anew(desk: Desk, decided: bool) -> None:
    nodes = {"a": lambda _: {}, "b": lambda _: {}, "ask": gate("Pay?")}
    asked = await desk.start(graph((START, "a"), (START, "b"), ("a", "ask"), **nodes))
    if decided:
        await desk.click(asked)
    joined: Any = graph((START, "a"), (START, "b"), **nodes)
    joined.builder.add_edge(["a", "b"], "ask")
    desk.deploy(joined.builder.compile())
    await desk.drive()
    await desk.rest()

    assert (await desk.read(asked)).state is State.SUPERSEDED
    (fresh,) = await desk.pending()
    assert (fresh.request.payload, fresh.votes) == ("Pay?", ())
    assert fresh.request.interrupt_id != asked.request.interrupt_id
    assert (await desk.approve(fresh)).state is State.APPLIED
    assert (await desk.run()).output == {"done": ["Pay?: approve"]}


async def test_a_decision_after_somebody_else_answered_is_not_used(desk: Desk) -> None:
    other: Any = graph((START, "a"), ("a", "b"), a=gate("first"), b=gate("second"))
    asked = await desk.start(other)
    outside = other.copy(update={"checkpointer": desk.saver})
    config = {"configurable": {"thread_id": desk.thread}}
    await outside.ainvoke(Command(resume={asked.request.interrupt_id: "reject"}), config)
    outcome = await desk.click(asked)
    await desk.rest()
    (second,) = await desk.pending()

    assert outcome.kind is Kind.DECIDED
    assert (await desk.read(asked)).closed_why == answering.ANSWERED_ELSEWHERE
    assert (second.request.payload, second.votes) == ("second", ())


async def test_a_decision_after_the_end_of_the_run_is_not_used(desk: Desk) -> None:
    other: Any = graph(ask=gate("Pay?"))
    asked = await desk.start(other)
    outside = other.copy(update={"checkpointer": desk.saver})
    config = {"configurable": {"thread_id": desk.thread}}
    await outside.ainvoke(Command(resume={asked.request.interrupt_id: "reject"}), config)
    after = await desk.approve(asked)

    assert (after.state, after.closed_why) == (State.SUPERSEDED, answering.ANSWERED_ELSEWHERE)
    assert (await desk.run()).output == {"done": ["Pay?: reject"]}


@pytest.mark.parametrize("decided", [False, True])
async def test_a_thread_whose_checkpoint_is_gone_never_starts_over(desk: Desk, decided: bool) -> None:
    starts: list[int] = []

    def note(state: Notes) -> Notes:
        starts.append(1)
        return {}

    asked = await desk.start(graph((START, "note"), ("note", "ask"), note=note, ask=gate("Pay?")))
    await desk.rest()
    if decided:
        await desk.click(asked)
    await desk.saver.adelete_thread(desk.thread)
    await desk.drive()
    await desk.rest()

    assert len(starts) == 1
    assert (await desk.run()).state is RunState.LOST
    assert (await desk.read(asked)).state in (State.SUPERSEDED, State.CANCELLED)
    assert await desk.live_cards() == []


# --- threads that cannot be read ---------------------------------------------------------------------


class Before(BaseModel):
    amount: int = 1
    done: Annotated[list[Any], operator.add] = []


class After(BaseModel):
    amount: int = Field(1, ge=10)
    done: Annotated[list[Any], operator.add] = []


def typed(state: type[BaseModel]) -> Any:
    builder = StateGraph(state)
    builder.add_node("ask", lambda _: {"done": [interrupt("Pay?")]})
    builder.add_edge(START, "ask")
    return builder.compile()


@pytest.mark.parametrize("decided", [False, True])
async def test_a_thread_that_a_release_cannot_read_waits_for_one_that_can(desk: Desk, decided: bool) -> None:
    asked = await desk.start(typed(Before), {"amount": 1})
    await desk.rest()
    if decided:
        await desk.click(asked)
    desk.deploy(typed(After))
    await desk.drive()
    unreadable = await desk.run()
    await desk.rest()
    if not decided:
        await desk.click(asked)
    desk.deploy(typed(Before))
    await desk.drive()
    await desk.rest()

    assert [post.key.partition(":")[0] for post in desk.slack.posts] == ["card", "failure", "result"]
    assert unreadable.state is RunState.FAILED
    assert "ValidationError" in (unreadable.failure or "")
    assert (await desk.read(asked)).state is State.APPLIED
    assert (await desk.run()).output == {"amount": 1, "done": ["approve"]}


async def test_a_graph_with_a_static_breakpoint_is_refused_when_it_is_loaded(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "stops.py").write_text(STOPS)
    (tmp_path / "langgraph.json").write_text('{"dependencies": ["."], "graphs": {"g": "./stops.py:graph"}}')

    with pytest.raises(GraphNotLoaded, match="interrupt_before"):
        async with Registry.open(tmp_path / "langgraph.json", desk.saver):
            raise AssertionError("it was loaded")


STOPS = """
from langgraph.graph import START, StateGraph
builder = StateGraph(dict)
builder.add_node("pay", lambda state: state)
builder.add_edge(START, "pay")
graph = builder.compile(interrupt_before=["pay"])
"""
