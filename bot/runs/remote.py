"""Drive the threads of graphs on Agent Servers: a run is a barrier, the state read after it counts.

No surface of a run tells reliably what a thread asks: streams, webhooks and results show the question before
the last one at times, or none. So: wait until nobody runs the thread, read its newest state without naming a
checkpoint, answer by id, refuse to share the thread with another run, wait, read again.
https://docs.langchain.com/langsmith/human-in-the-loop-server
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from langgraph_sdk.errors import NotFoundError

from bot.core.finding import Finding
from bot.core.model import JSON
from bot.ports import AnswerRefused, GraphUnavailable, RunFailed, Snapshot, UnknownGraph, write_guard
from bot.runs.assistant import BUSY, Address, Assistant
from bot.runs.messages import with_messages
from bot.runs.plain import one_line
from bot.runs.runner import NOT_ASKED, require_open
from bot.runs.selfcheck import STRICT
from bot.runs.thread_state import NOTHING, has_children, read_snapshot, server_id
from bot.runs.unsafe import why_unsafe

# Says on the server which run of ours a thread is, so that it is not taken for one started elsewhere.
OURS = "approvals_run"

# Seconds that a pass stays with a run, or with a thread that is busy; then it comes back later.
JOIN, PATIENCE = 30.0, 1.0
LOOK_EVERY = 0.1

# A server with a queue of its own may tell of a question a moment later than of the run that asked it.
SETTLING, LOOKS = 0.2, 5


class RemoteRunner:
    """`ports.Runner` for graphs on Agent Servers. Every method that names a graph raises UnknownGraph.

    Cancelling a call leaves the run on the server going; the next `snapshot` waits for it.
    """

    def __init__(self, assistants: Sequence[Assistant]) -> None:
        self._assistants = {assistant.address.graph: assistant for assistant in assistants}

    @staticmethod
    @asynccontextmanager
    async def open(addresses: Sequence[Address]) -> AsyncIterator[RemoteRunner]:
        """Connect; a server that is away is logged and no reason not to start."""
        assistants = [Assistant(address) for address in addresses]
        try:
            await asyncio.gather(*(_greet(assistant) for assistant in assistants))
            yield RemoteRunner(assistants)
        finally:
            await asyncio.gather(*(assistant.close() for assistant in assistants))

    def graphs(self) -> tuple[str, ...]:
        """The names that approvals.toml gives a `url`."""
        return tuple(self._assistants)

    def assistant(self, graph: str) -> Assistant:
        """Raises UnknownGraph."""
        if graph not in self._assistants:
            raise UnknownGraph(graph, self.graphs())
        return self._assistants[graph]

    async def findings(self) -> list[Finding]:
        """How each server is now, one finding for each graph."""
        return list(await asyncio.gather(*(one.finding() for one in self._assistants.values())))

    def description(self, graph: str) -> str:
        """What the server says of the assistant; empty while it has not answered yet."""
        known = self.assistant(graph).known
        return known.description if known else ""

    def input_schema(self, graph: str) -> Mapping[str, JSON]:
        """JSON Schema of what `start` takes; an empty one (anything) where the server has not told."""
        known = self.assistant(graph).known
        return with_messages(known.input_schema) if known else {}

    async def snapshot(self, graph: str, thread_id: str) -> Snapshot:
        """The newest state of the thread while nobody runs it. Raises GraphUnavailable."""
        return await self._snapshot(self.assistant(graph), server_id(thread_id))

    async def start(self, graph: str, thread_id: str, input: JSON) -> None:  # noqa: A002 (LangGraph's word)
        """Run until the first pause or the end. Raises RunFailed, GraphUnavailable."""
        assistant, there = self.assistant(graph), server_id(thread_id)
        await assistant.ready()
        await assistant.write(
            lambda client: client.threads.create(
                thread_id=there, if_exists="do_nothing", metadata={OURS: thread_id}
            )
        )
        await self._run(assistant, there, input=input)

    async def resume(self, graph: str, thread_id: str, interrupt_id: str, answer: JSON) -> None:
        """Answer exactly this interrupt. Raises RunFailed, GraphUnavailable, or AnswerRefused when the thread
        does not ask this (any more)."""
        assistant, there = self.assistant(graph), server_id(thread_id)
        require_open(await self._snapshot(assistant, there), interrupt_id)
        await self.answer(assistant, there, interrupt_id, answer)

    async def answer(self, assistant: Assistant, there: str, interrupt_id: str, answer: JSON) -> None:
        """The same on the server's own word alone, whose refusal leaves the thread in status `error`."""
        command = {"resume": {interrupt_id: answer}}
        await self._run(assistant, there, command=command, config={"configurable": {STRICT: True}})
        with _on_its_way():
            await self._until_taken(assistant, there, interrupt_id)

    async def proceed(self, graph: str, thread_id: str) -> None:
        """Go on after a crash or a failed node, sending no answer. Raises GraphUnavailable, and RunFailed:
        also where going on could run what nobody was asked about."""
        assistant, there = self.assistant(graph), server_id(thread_id)
        state = await assistant.read(lambda client: client.threads.get_state(there))
        runs = await assistant.read(lambda client: client.runs.list(there, limit=100))
        if (reason := why_unsafe(state, runs)) is not None:
            raise RunFailed(reason)
        await self._run(assistant, there)

    async def prune(self, graph: str, thread_id: str) -> None:
        """Nothing: the history is the server's own, see `checkpointer.ttl` in its langgraph.json."""
        self.assistant(graph)

    async def _snapshot(self, assistant: Assistant, there: str) -> Snapshot:
        await assistant.ready()
        try:
            state, thread = await _idle_state(assistant, there)
        except NotFoundError:
            await assistant.look()  # a proxy without a server behind it also says 404
            return NOTHING
        return read_snapshot(state, thread.get("interrupts") or {})

    async def _run(self, assistant: Assistant, there: str, **what: Any) -> None:
        """One run to its end, alone on its thread."""
        known = await assistant.ready()
        if (guard := write_guard.get()) is not None:
            await guard()
        try:
            run = await assistant.write(
                lambda client: client.runs.create(
                    there, known.assistant_id, multitask_strategy="reject", durability="sync", **what
                )
            )
        except NotFoundError as gone:  # the thread or the assistant, since we looked: look again
            raise GraphUnavailable("the thread is gone", retry_after=BUSY) from gone
        with _on_its_way():
            _judge(*await _end(assistant, there, run["run_id"]))

    async def _until_taken(self, assistant: Assistant, there: str, interrupt_id: str) -> None:
        """Give the server a moment to show that the answer arrived; who asks next judges by what it shows."""
        for _ in range(LOOKS):
            seen = await self._snapshot(assistant, there)
            if all(pause.interrupt_id != interrupt_id for pause in seen.pauses):
                return
            await asyncio.sleep(SETTLING)


@contextmanager
def _on_its_way() -> Iterator[None]:
    """From here on nobody knows what became of the run if the server goes away."""
    try:
        yield
    except GraphUnavailable as away:
        raise GraphUnavailable(away.reason, retry_after=away.retry_after or BUSY, sent=True) from away


async def _end(assistant: Assistant, there: str, run_id: str) -> tuple[str, Mapping[str, Any]]:
    """The run's status once it is over, and its error."""
    try:
        async with asyncio.timeout(JOIN):
            said: Any = await assistant.read(lambda client: client.runs.join(there, run_id), within=2 * JOIN)
        run: Any = await assistant.read(lambda client: client.runs.get(there, run_id))
    except TimeoutError as long:
        raise GraphUnavailable("the run takes long", retry_after=BUSY) from long
    except NotFoundError as gone:
        raise GraphUnavailable("the run is gone", retry_after=BUSY) from gone
    error = said.get("__error__") if isinstance(said, Mapping) else None
    return run["status"], error if isinstance(error, Mapping) else {}


def _judge(status: str, error: Mapping[str, Any]) -> None:
    """A run that asks ends like one that is over: with success."""
    match status, error.get("error"):
        case "success", _:
            return
        case (("pending" | "running"), _):
            raise GraphUnavailable("the run goes on", retry_after=BUSY)
        case "error", "UnknownInterruptError":
            raise AnswerRefused(NOT_ASKED)
        case "error", kind:
            raise RunFailed(
                one_line(f"{kind or 'error'}: {error.get('message', 'the server gives no details')}")
            )
        case "interrupted", _:
            raise RunFailed("The run was cancelled on the Agent Server")
    raise RunFailed(f"The run ended with {status!r} on the Agent Server")


async def _greet(assistant: Assistant) -> None:
    with suppress(GraphUnavailable):  # it was logged
        await assistant.look()


async def _idle_state(assistant: Assistant, there: str) -> tuple[Any, Any]:
    """The thread's newest state, and the thread, between two runs: nobody ran it while we looked."""
    looks, late = 0, time.monotonic() + PATIENCE
    while True:
        before: Any = await assistant.read(lambda client: client.threads.get(there))
        still = before["status"] != "busy"
        if still:
            state = await _state(assistant, there)
            after: Any = await assistant.read(lambda client: client.threads.get(there))
            still, looks = before["updated_at"] == after["updated_at"], looks + 1
            if still and (looks >= LOOKS or not _behind(after, state)):
                return state, after
        if not still and time.monotonic() > late:
            raise GraphUnavailable("somebody else runs this thread", retry_after=BUSY)
        await asyncio.sleep(LOOK_EVERY)


def _behind(thread: Any, state: Any) -> bool:
    """The thread has questions that its state does not show yet: not so on the development server."""
    asked = {item["id"] for items in (thread.get("interrupts") or {}).values() for item in items}
    return thread["status"] == "interrupted" and not asked <= {item["id"] for item in state["interrupts"]}


async def _state(assistant: Assistant, there: str) -> Any:
    """Never with a checkpoint: that would be the past, and LangGraph answers from it with old answers."""
    state: Any = await assistant.read(lambda client: client.threads.get_state(there))
    if not has_children(state):
        return state
    return await assistant.read(lambda client: client.threads.get_state(there, subgraphs=True))
