"""What the use cases make of a graph that is away, and of threads that were started elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from bot.approvals.adopting import adopt, wake
from bot.approvals.answering import MOST_TRIES
from bot.approvals.driving import drive
from bot.approvals.voting import vote
from bot.core.model import JSON, Approval, RunState, State, Verdict
from bot.ports import Elsewhere, GraphUnavailable, Snapshot
from tests.approvals.conftest import Scene
from tests.fake_graph import FakeRunner


class DistantRunner(FakeRunner):
    """Its server can be away, or take an answer and lose the receipt."""

    away: GraphUnavailable | None = None
    loses: GraphUnavailable | None = None
    refuses: GraphUnavailable | None = None

    async def snapshot(self, graph: str, thread_id: str) -> Snapshot:
        if self.away is not None:
            raise self.away
        return await super().snapshot(graph, thread_id)

    async def start(self, graph: str, thread_id: str, input: JSON) -> None:  # noqa: A002 (the port's word)
        if self.refuses is not None:
            raise self.refuses
        await super().start(graph, thread_id, input)

    async def resume(self, graph: str, thread_id: str, interrupt_id: str, answer: JSON) -> None:
        if self.refuses is not None:
            raise self.refuses
        await super().resume(graph, thread_id, interrupt_id, answer)
        if self.loses is not None:
            raise self.loses


@dataclass
class FakeScout:
    """What waits on the servers."""

    threads: list[Elsewhere] = field(default_factory=list)

    async def waiting(self) -> tuple[Elsewhere, ...]:
        return tuple(self.threads)

    async def look_up(self, server_thread: str) -> Elsewhere | None:
        return next((one for one in self.threads if one.thread_id == server_thread), None)


@pytest.fixture
def runner() -> DistantRunner:
    return DistantRunner()


@pytest.fixture
def scene(runner: DistantRunner) -> Scene:
    return Scene(runner=runner)


async def decided(scene: Scene) -> Approval:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    return approval


async def test_a_decision_waits_for_a_server_that_is_away(scene: Scene, runner: DistantRunner) -> None:
    approval = await decided(scene)
    runner.away = GraphUnavailable("down")

    for _ in range(MOST_TRIES + 1):
        await scene.drive()
    waiting = scene.now(approval)
    runner.away = None
    await scene.drive()

    assert (waiting.state, waiting.sent, waiting.failure) == (State.DECIDED, None, None)
    assert scene.now(approval).state is State.APPLIED
    assert len(runner.consumed) == 1


async def test_an_answer_that_never_left_is_no_try_and_no_evidence(
    scene: Scene, runner: DistantRunner
) -> None:
    approval = await decided(scene)
    runner.refuses = GraphUnavailable("busy", retry_after=2.0)

    for _ in range(MOST_TRIES + 1):
        await scene.drive()

    assert (scene.now(approval).state, scene.now(approval).sent) == (State.DECIDED, None)
    runner.refuses = None
    await scene.drive()
    assert scene.now(approval).state is State.APPLIED


async def test_an_answer_whose_receipt_is_lost_is_judged_by_what_the_thread_shows(
    scene: Scene, runner: DistantRunner
) -> None:
    approval = await decided(scene)
    runner.loses = GraphUnavailable("lost", sent=True)

    await scene.drive()
    between = scene.now(approval)
    await scene.drive()

    assert (between.state, between.sent is not None) == (State.DECIDED, True)
    assert scene.now(approval).state is State.APPLIED
    assert len(runner.consumed) == 1


async def test_a_run_is_started_once_its_server_is_there(scene: Scene, runner: DistantRunner) -> None:
    runner.refuses = GraphUnavailable("down")
    await scene.start()

    for _ in range(MOST_TRIES + 1):
        await scene.drive()
    before = await scene.store.read_run("t1")
    runner.refuses = None
    await scene.drive()
    after = await scene.store.read_run("t1")

    assert before is not None
    assert after is not None
    assert (before.state, before.tries, before.failure) == (RunState.STARTING, 0, None)
    assert after.state is RunState.WAITING


def found(thread: str = "far-1", *, wanted: bool = True, requester: str | None = None) -> Elsewhere:
    return Elsewhere("refund", thread, frozenset({f"{thread}-1-gate0"}), requester, wanted)


async def test_a_thread_found_elsewhere_becomes_a_run_that_is_never_started(
    scene: Scene, runner: DistantRunner
) -> None:
    world = replace(scene.world, scout=FakeScout([found(requester="U0REQ")]))
    await runner.start("refund", "far-1", {})

    new, again = await adopt(world), await adopt(world)
    await drive(world, "far-1")
    run, approval = await scene.store.read_run("far-1"), scene.newest()
    known = await adopt(world)
    runner.threads.clear()
    await drive(world, "far-1")
    lost = await scene.store.read_run("far-1")

    assert (new, again, known) == (("far-1",), (), ())
    assert run is not None
    assert lost is not None
    assert (run.state, lost.state) == (RunState.WAITING, RunState.LOST)
    assert (approval.requester, approval.channel) == ("U0REQ", "C1")
    assert runner.misuse == []


@pytest.mark.parametrize("one", [found(wanted=False), found("another", wanted=False)])
async def test_a_thread_that_nobody_asked_to_adopt_is_left_alone(scene: Scene, one: Elsewhere) -> None:
    world = replace(scene.world, scout=FakeScout([one]))

    await adopt(world)
    await wake(world, one.thread_id)
    await wake(world, "unknown")

    assert await scene.store.read_run(one.thread_id) is None
    assert scene.store.approvals == {}


async def test_a_thread_that_asks_again_after_its_end_is_taken_up_again(scene: Scene) -> None:
    await scene.start()
    run = await scene.store.read_run("t1")
    assert run is not None
    ended = replace(run, state=RunState.ENDED, result="done", announced="1.0", version=run.version + 1)
    await scene.store.swap_run(run, ended)

    await adopt(replace(scene.world, scout=FakeScout([found("t1")])))
    after = await scene.store.read_run("t1")

    assert after is not None
    assert (after.state, after.announced, after.result) == (RunState.RUNNING, None, None)
