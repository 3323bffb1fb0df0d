"""A payload that changes after it was shown: the old card is void, the new one asks."""

from __future__ import annotations

from typing import Any

from langgraph.types import interrupt

from bot.core.model import State, Verdict
from bot.core.outcome import Kind
from tests.faults.desk import Desk
from tests.runs.samples import State as Notes
from tests.runs.samples import Trouble, gate, graph

REJECT = Verdict.REJECT


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
