"""Graphs on a real Agent Server: each trap of its surfaces, and an answer that reaches its question only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from bot.core.model import JSON
from bot.ports import AnswerRefused, GraphUnavailable, Pause, RunFailed, Snapshot
from bot.runs.assistant import Address
from bot.runs.remote import RemoteRunner
from bot.runs.thread_state import server_id
from graphs.refund import RefundInput
from tests.runs.agent_server import EXAMPLES, TRICKY, AgentServer

pytestmark = [pytest.mark.processes, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def remote(agents: AgentServer) -> AsyncIterator[RemoteRunner]:
    addresses = [Address(name, agents.url, name) for name in (*EXAMPLES, *TRICKY)]
    async with RemoteRunner.open(addresses) as runner:
        yield runner


@pytest.fixture
def thread() -> str:
    return f"thread-{uuid4().hex}"


async def started(remote: RemoteRunner, graph: str, thread: str) -> Snapshot:
    await remote.start(graph, thread, {})
    return await remote.snapshot(graph, thread)


async def answered(remote: RemoteRunner, graph: str, thread: str, pause: Pause, answer: JSON) -> Snapshot:
    await remote.resume(graph, thread, pause.interrupt_id, answer)
    return await remote.snapshot(graph, thread)


async def test_a_refund_is_asked_answered_and_over(remote: RemoteRunner, thread: str) -> None:
    given: JSON = {"order_id": "A-1", "amount_cents": 50000, "customer": "ada@example.com"}
    before = await remote.snapshot("refund", thread)

    await remote.start("refund", thread, given)
    asked = await remote.snapshot("refund", thread)
    over = await answered(remote, "refund", thread, asked.pauses[0], False)

    assert not before.exists
    assert asked.pauses[0].payload["title"] == "Refund $500.00 to ada@example.com"  # type: ignore[index,call-overload]
    assert (asked.next, asked.tasks[0].finished, asked.pauses[0].node) == (("gate",), False, "gate")
    assert (over.exists, over.tasks, over.pauses, over.next) == (True, (), (), ())
    assert over.output["result"] == "Refund declined; nothing was paid."  # type: ignore[index,call-overload]
    assert over.head != asked.head


async def test_two_questions_of_one_node_are_two_and_a_stale_answer_is_refused(
    remote: RemoteRunner, thread: str
) -> None:
    (one,) = (await started(remote, "twice", thread)).pauses
    between = await answered(remote, "twice", thread, one, "yes")
    (two,) = between.pauses

    with pytest.raises(AnswerRefused):
        await remote.resume("twice", thread, one.interrupt_id, "yes, again")
    assert await remote.snapshot("twice", thread) == between
    assert (one.payload, two.payload, one.interrupt_id != two.interrupt_id) == ("one", "two", True)
    assert (await answered(remote, "twice", thread, two, "no")).output == {"done": ["yes", "no"]}


async def test_a_stale_answer_that_nobody_checked_is_refused_by_the_server(
    remote: RemoteRunner, thread: str
) -> None:
    (one,) = (await started(remote, "twice", thread)).pauses
    between = await answered(remote, "twice", thread, one, "yes")
    assistant = remote.assistant("twice")

    with pytest.raises(AnswerRefused):
        await remote.answer(assistant, server_id(thread), one.interrupt_id, "yes, again")

    assert await remote.snapshot("twice", thread) == between


async def test_an_answer_to_one_of_two_leaves_the_other_as_it_was(remote: RemoteRunner, thread: str) -> None:
    asked = await started(remote, "side_by_side", thread)
    left, right = asked.pauses

    half = await answered(remote, "side_by_side", thread, left, "L")

    assert half.pauses == (right,)
    assert half.head == asked.head
    assert [task.finished for task in half.tasks] == [True, False]
    assert [task.id for task in half.tasks] == [task.id for task in asked.tasks]


async def test_a_node_that_fails_keeps_its_answer_goes_on_with_it_and_may_ask_again(
    remote: RemoteRunner, thread: str
) -> None:
    (first,) = (await started(remote, "fragile", thread)).pauses

    with pytest.raises(RunFailed, match="RuntimeError: the bank is closed"):
        await remote.resume("fragile", thread, first.interrupt_id, thread)
    failed = await remote.snapshot("fragile", thread)
    with pytest.raises(AnswerRefused, match="has an answer already"):
        await remote.resume("fragile", thread, first.interrupt_id, "another answer")
    await remote.proceed("fragile", thread)
    again = await remote.snapshot("fragile", thread)

    assert failed.pauses[0].failed == "RuntimeError('the bank is closed')"
    assert [(pause.payload, pause.failed) for pause in again.pauses] == [("second", None)]
    assert again.error is None
    assert (await answered(remote, "fragile", thread, again.pauses[0], 2)).output == {"done": [thread, 2]}


async def test_going_on_is_refused_where_a_bare_answer_would_reach_the_next_question(
    remote: RemoteRunner, agents: AgentServer, thread: str
) -> None:
    await started(remote, "fragile", thread)
    async with agents.client() as other:
        await other.runs.wait(server_id(thread), "fragile", command={"resume": thread}, raise_error=False)

    with pytest.raises(RunFailed, match="without naming it"):
        await remote.proceed("fragile", thread)

    assert (await remote.snapshot("fragile", thread)).pauses[0].payload == "first"


async def test_a_breakpoint_is_never_run_over(remote: RemoteRunner, thread: str) -> None:
    stopped = await started(remote, "breakpoint_", thread)

    with pytest.raises(RunFailed, match="static breakpoint"):
        await remote.proceed("breakpoint_", thread)

    assert (stopped.next, stopped.pauses) == (("two",), ())
    assert await remote.snapshot("breakpoint_", thread) == stopped


async def test_a_question_from_inside_names_its_node(remote: RemoteRunner, thread: str) -> None:
    (pause,) = (await started(remote, "nested", thread)).pauses

    over = await answered(remote, "nested", thread, pause, "in")

    assert pause.node == "outer:inner"
    assert over.output == {"done": ["in"]}


async def test_an_answer_that_the_schema_refuses_is_asked_for_again(
    remote: RemoteRunner, thread: str
) -> None:
    (pause,) = (await started(remote, "typed", thread)).pauses

    with pytest.raises(RunFailed, match="ValidationError"):
        await remote.resume("typed", thread, pause.interrupt_id, "many")
    await remote.proceed("typed", thread)
    (again,) = (await remote.snapshot("typed", thread)).pauses

    assert again == pause
    assert again.response_schema is not None
    assert again.response_schema["required"] == ["number"]


async def test_a_thread_that_somebody_else_runs_is_left_alone(
    remote: RemoteRunner, agents: AgentServer, thread: str
) -> None:
    (pause,) = (await started(remote, "slow", thread)).pauses
    async with agents.client() as other:
        run = await other.runs.create(
            server_id(thread), "slow", command={"resume": {pause.interrupt_id: "theirs"}}
        )
        with pytest.raises(GraphUnavailable) as busy:
            await remote.resume("slow", thread, pause.interrupt_id, "ours")
        with pytest.raises(GraphUnavailable) as refused:
            await remote.answer(remote.assistant("slow"), server_id(thread), pause.interrupt_id, "ours")
        await other.runs.join(server_id(thread), run["run_id"])

    assert (busy.value.sent, busy.value.retry_after) == (False, 2.0)
    assert (refused.value.sent, refused.value.retry_after) == (False, 2.0)
    assert (await remote.snapshot("slow", thread)).output == {"done": ["theirs"]}


async def test_a_run_that_was_cancelled_goes_on_where_it_was(
    remote: RemoteRunner, agents: AgentServer, thread: str
) -> None:
    (pause,) = (await started(remote, "then_slow", thread)).pauses
    there = server_id(thread)
    async with agents.client() as other:
        run = await other.runs.create(there, "then_slow", command={"resume": {pause.interrupt_id: "yes"}})
        while (await other.threads.get_state(there))["next"] != ["work"]:
            await other.threads.get(there)
        await other.runs.cancel(there, run["run_id"], wait=True)
    stopped = await remote.snapshot("then_slow", thread)

    await remote.proceed("then_slow", thread)

    assert (stopped.next, stopped.pauses, stopped.error) == (("work",), (), None)
    assert (await remote.snapshot("then_slow", thread)).output == {"done": ["yes", "worked"]}


async def test_a_thread_whose_state_was_edited_waits_for_who_did_that(
    remote: RemoteRunner, agents: AgentServer, thread: str
) -> None:
    (pause,) = (await started(remote, "twice", thread)).pauses
    async with agents.client() as other:
        await other.threads.update_state(server_id(thread), {"done": ["edited"]})

    with pytest.raises(AnswerRefused):
        await remote.resume("twice", thread, pause.interrupt_id, "yes")
    with pytest.raises(RunFailed, match="edited"):
        await remote.proceed("twice", thread)

    assert (await remote.snapshot("twice", thread)).output == {"done": ["edited"]}


async def test_a_thread_that_is_gone_is_not_there_and_takes_no_answer(
    remote: RemoteRunner, thread: str
) -> None:
    with pytest.raises(AnswerRefused):
        await remote.resume("twice", thread, "0" * 32, "yes")

    assert not (await remote.snapshot("twice", thread)).exists


async def test_the_server_tells_what_a_graph_takes(remote: RemoteRunner) -> None:
    assert remote.input_schema("refund") == RefundInput.model_json_schema()
    assert remote.graphs() == (*EXAMPLES, *TRICKY)
