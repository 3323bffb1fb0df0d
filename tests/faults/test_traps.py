"""Each trap of LangGraph's interrupts, entered the way a person's click enters it: nobody falls in."""

from __future__ import annotations

import asyncio
import operator
from pathlib import Path
from typing import Annotated, Any

import pytest
from langgraph.errors import GraphBubbleUp
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from pydantic import BaseModel, Field

from bot.approvals import answering
from bot.approvals.driving import Progress
from bot.approvals.starting import start
from bot.core.audit import Fact
from bot.core.model import RunState, State, Verdict
from bot.core.outcome import Kind
from bot.runs.loader import GraphNotLoaded
from bot.runs.registry import Registry
from tests.faults.desk import Desk
from tests.runs.samples import State as Notes
from tests.runs.samples import Trouble, gate, graph

REJECT, REVISE = Verdict.REJECT, Verdict.REVISE


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Automatic retries come at once here; how long they wait is tried elsewhere."""
    monkeypatch.setattr(answering, "BACKOFF", (0.0,) * len(answering.BACKOFF))


# --- an answer that was taken stays taken ---------------------------------------------------------------


async def test_after_a_failed_node_nobody_can_turn_the_answer(desk: Desk) -> None:
    trouble = Trouble({"after pay"})
    asked = await desk.start(graph(pay=gate("pay", trouble)))
    await desk.click(asked)
    await desk.drive()
    failed = await desk.read(asked)
    turned = await desk.click(asked, REJECT, "U0BEN")
    trouble.now.clear()
    await desk.rest()

    assert failed.state is State.FAILED
    assert turned.kind is Kind.TOO_LATE
    assert (await desk.read(asked)).state is State.APPLIED
    assert (await desk.run()).output == {"done": ["pay: approve"]}


async def test_a_node_that_always_fails_ends_with_an_operator_and_a_reference(desk: Desk) -> None:
    asked = await desk.start(graph(pay=gate("pay", Trouble({"after pay"}))))
    after = await desk.approve(asked)

    assert after.state is State.FAILED
    assert after.failure is not None
    assert (after.failure.retry_at, after.failure.attempts) == (None, len(answering.BACKOFF) + 1)
    assert after.failure.reason == "ConnectionError: after pay is down"
    assert (await desk.facts(asked)).count(Fact.SENT) == 1
    assert await desk.live_cards() == []


async def test_a_rejection_stays_a_rejection_when_its_node_fails(desk: Desk) -> None:
    trouble = Trouble({"after pay"})
    asked = await desk.start(graph(pay=gate("pay", trouble)))
    await desk.click(asked, REJECT)
    await desk.drive()
    trouble.now.clear()
    await desk.click(asked, user="U0BEN")
    await desk.rest()

    assert (await desk.run()).output == {"done": ["pay: reject"]}


async def test_a_failed_node_with_a_second_question_does_not_answer_it_itself(desk: Desk) -> None:
    trouble = Trouble({"between"})

    def asks_twice(state: Notes) -> Notes:
        first = interrupt("pay?")
        trouble.strike("between")
        return {"done": [first, interrupt("and drop the database?")]}

    asked = await desk.start(graph(ask=asks_twice))
    await desk.click(asked)
    await desk.drive()
    trouble.now.clear()
    await desk.rest()
    (second,) = await desk.pending()

    assert second.request.payload == "and drop the database?"
    assert second.votes == ()
    await desk.click(second, REJECT)
    await desk.rest()
    assert (await desk.run()).output == {"done": ["approve", "reject"]}


# --- an answer reaches no other question ---------------------------------------------------------------


def two_in_a_row() -> Any:
    return graph((START, "a"), ("a", "b"), a=gate("first"), b=gate("second"))


async def test_a_doubled_task_does_not_answer_the_next_question(desk: Desk) -> None:
    asked = await desk.start(two_in_a_row())
    await desk.click(asked)
    for _ in range(3):
        await desk.drive()
    (second,) = await desk.pending()

    assert second.request.payload == "second"
    assert (await desk.read(asked)).state is State.APPLIED
    assert (await desk.facts(asked)).count(Fact.SENT) == 1


async def test_a_crash_between_the_answer_and_the_record_does_not_answer_the_next_question(
    desk: Desk,
) -> None:
    asked = await desk.start(two_in_a_row())
    await desk.click(asked)
    resume = desk.world.runner.resume

    async def dies_after(*args: Any) -> None:
        await resume(*args)
        raise asyncio.CancelledError

    desk.with_runner(resume=dies_after)
    with pytest.raises(asyncio.CancelledError):
        await desk.drive()
    await desk.drive()
    (second,) = await desk.pending()

    assert second.request.payload == "second"
    assert second.votes == ()
    assert (await desk.facts(asked)).count(Fact.SENT) == 1
    assert (await desk.read(asked)).state is State.APPLIED


async def test_two_questions_of_one_node_are_two_approvals(desk: Desk) -> None:
    asked = await desk.start(graph(ask=lambda _: {"done": [interrupt("one"), interrupt("two")]}))
    await desk.click(asked)
    await desk.drive()
    stale = await desk.click(asked, REJECT, "U0BEN")
    await desk.drive()
    (second,) = await desk.pending()
    await desk.click(second, REJECT)
    await desk.rest()

    assert stale.kind is Kind.TOO_LATE
    assert second.id != asked.id
    assert (await desk.run()).output == {"done": ["approve", "reject"]}


async def test_two_workers_at_once_are_one(desk: Desk) -> None:
    asked = await desk.start(two_in_a_row())
    await desk.click(asked)
    ends = await asyncio.gather(desk.drive(), desk.drive(), desk.drive())

    assert sorted(ends) == [Progress.BUSY, Progress.BUSY, Progress.DONE]
    assert (await desk.facts(asked)).count(Fact.SENT) == 1


async def test_a_loop_asks_each_round_anew_and_the_old_card_stays_old(desk: Desk) -> None:
    def ask(state: Notes) -> Notes:
        return {"done": [interrupt({"round": len(state["done"])})]}

    def again(state: Notes) -> str:
        return "ask" if state["done"][-1] == "shorter" else "__end__"

    looping: Any = graph(ask=ask)
    looping.builder.add_conditional_edges("ask", again)
    first = await desk.start(looping.builder.compile(), {"done": []})
    await desk.click(first, REVISE, text="shorter")
    await desk.rest()
    (second,) = await desk.pending()
    stale = await desk.click(first, user="U0BEN")
    await desk.rest()
    cards = await desk.live_cards()
    over = await desk.approve(second)

    assert (second.revision, second.previous, (await desk.read(first)).next) == (2, first.id, second.id)
    assert stale.kind is Kind.TOO_LATE
    assert cards == [second.id]
    assert over.state is State.APPLIED
    assert (await desk.run()).output == {"done": ["shorter", "approve"]}


# --- what ran is what was shown --------------------------------------------------------------------------


def recomputed(prices: list[int], effects: list[str]) -> Any:
    """Two gates side by side; the left one works out its price each time its node runs."""

    def left(state: Notes) -> Notes:
        price = prices[0]
        answer = interrupt({"price": price})
        effects.append(f"paid {price}: {answer}")
        return {"done": ["left"]}

    return graph(left=left, right=gate("right"))


async def test_a_payload_that_changes_under_its_id_voids_the_old_card(desk: Desk) -> None:
    prices, effects = [1], list[str]()
    await desk.start(recomputed(prices, effects))
    await desk.rest()
    left, right = sorted(await desk.pending(), key=lambda one: one.request.node)
    prices[0] = 2
    await desk.approve(right)
    (fresh,) = await desk.pending()
    late = await desk.click(left)

    assert (fresh.request.payload, fresh.request.interrupt_id) == ({"price": 2}, left.request.interrupt_id)
    assert late.kind is Kind.TOO_LATE
    assert (await desk.read(left)).state is State.SUPERSEDED
    assert effects == []
    assert await desk.live_cards() == [fresh.id]
    await desk.approve(fresh)
    assert effects == ["paid 2: approve"]


async def test_a_decision_about_a_payload_that_changed_meanwhile_is_not_used(desk: Desk) -> None:
    prices, effects = [1], list[str]()
    await desk.start(recomputed(prices, effects))
    await desk.rest()
    left, right = sorted(await desk.pending(), key=lambda one: one.request.node)
    prices[0] = 2
    await desk.click(right)
    await desk.click(left)
    await desk.rest()
    (fresh,) = await desk.pending()

    assert (await desk.read(left)).state is State.SUPERSEDED
    assert fresh.request.payload == {"price": 2}
    assert fresh.votes == ()
    assert effects == []


async def test_siblings_that_run_again_do_not_ask_twice(desk: Desk) -> None:
    await desk.start(graph(a=gate("a"), b=gate("b"), c=gate("c")))
    await desk.rest()
    a, b, c = await desk.pending()
    await desk.approve(b)
    still = await desk.pending()
    await desk.approve(a)
    await desk.approve(c)

    assert [one.id for one in still] == [a.id, c.id]
    assert len(desk.slack.posts) == 4  # three cards and the result
    assert (await desk.run()).output == {"done": ["a: approve", "b: approve", "c: approve"]}


async def test_one_branch_that_fails_leaves_the_other_one_open(desk: Desk) -> None:
    trouble = Trouble({"after a"})
    await desk.start(graph(a=gate("a", trouble), b=gate("b")))
    a, b = await desk.pending()
    await desk.click(a)
    await desk.drive()
    waiting = await desk.pending()
    await desk.click(b, REJECT)
    trouble.now.clear()
    await desk.rest()

    assert [one.id for one in waiting] == [b.id]
    assert (await desk.read(a)).state is State.APPLIED
    assert (await desk.run()).output == {"done": ["a: approve", "b: reject"]}


# --- others touch the thread, or a new release does ------------------------------------------------------


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
    other = two_in_a_row()
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


# --- processes that stop in the middle -------------------------------------------------------------------


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


# --- graphs that ask in ways that cannot work ------------------------------------------------------------


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


# --- threads that cannot be read -------------------------------------------------------------------------


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
