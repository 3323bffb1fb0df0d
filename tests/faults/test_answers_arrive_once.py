"""An answer that was taken stays taken, and reaches no other question, whatever LangGraph would do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langgraph.graph import START
from langgraph.types import interrupt

from bot.approvals import answering
from bot.approvals.driving import Progress
from bot.core.audit import Fact
from bot.core.model import State, Verdict
from bot.core.outcome import Kind
from tests.faults.desk import Desk
from tests.runs.samples import State as Notes
from tests.runs.samples import Trouble, gate, graph

REJECT, REVISE = Verdict.REJECT, Verdict.REVISE


# --- an answer that was taken stays taken ------------------------------------------------------------


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


# --- an answer reaches no other question -------------------------------------------------------------


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
    await desk.click(first, REVISE, user="U0BEN", text="shorter")
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
