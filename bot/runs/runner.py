"""Drive the threads of local graphs: start, answer one question by its id, go on, look, clean up."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.errors import UnknownInterruptError, is_invalid_resume
from langgraph.types import Command
from pydantic import ValidationError

from bot.core.model import JSON
from bot.ports import AnswerRefused, LeaseLost, RunFailed, Snapshot, StoreUnavailable, write_guard
from bot.runs.plain import one_line
from bot.runs.registry import Registry
from bot.runs.schemas import input_schema
from bot.runs.selfcheck import STRICT
from bot.runs.snapshots import snapshot
from bot.texts.marks import recorded

NOT_ASKED = recorded("The graph does not ask this any more.")
ANSWERED = recorded("It has an answer already, and the graph failed after it: {}")

# What this task saw last, of which thread and under which hold of its lease: nobody else writes meanwhile.
_seen: ContextVar[tuple[str, object, Snapshot] | None] = ContextVar("seen", default=None)

log = structlog.get_logger("approvals.runs")


class LocalRunner:
    """Runs graphs in this process. The caller holds the thread's lease for all but the first three methods.

    Every method that names a graph raises UnknownGraph; those that touch a thread raise StoreUnavailable, and
    what the write guard raises (LeaseLost). Cancelling a call stops the run where it is: `proceed` goes on.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._inputs: dict[str, Mapping[str, JSON]] = {}

    def graphs(self) -> tuple[str, ...]:
        """The names that langgraph.json gives."""
        return self._registry.names()

    def description(self, graph: str) -> str:
        """One line about the graph, or an empty string."""
        return self._registry.description(graph)

    def input_schema(self, graph: str) -> Mapping[str, JSON]:
        """JSON Schema of what `start` takes; an empty one (anything) where the graph cannot say."""
        compiled = self._registry.get(graph)
        if graph not in self._inputs:  # it takes pydantic milliseconds, and a graph does not change
            self._inputs[graph] = input_schema(compiled)
        return self._inputs[graph]

    async def snapshot(self, graph: str, thread_id: str) -> Snapshot:
        """The newest state of the thread. Raises RunFailed where the graph cannot read what is kept."""
        compiled = self._registry.get(graph)
        try:
            seen = await snapshot(compiled, self._registry.saver, _thread(thread_id))
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:  # a Pydantic state is validated with the author's code at every look
            raise RunFailed(one_line(error)) from error
        _seen.set((thread_id, write_guard.get(), seen))
        return seen

    async def start(self, graph: str, thread_id: str, input: JSON) -> None:  # noqa: A002 (LangGraph's word)
        """Run until the first pause or the end. Raises RunFailed. Not for a thread that exists already:
        LangGraph would drop what waits there."""
        await self._run(graph, input, _thread(thread_id))

    async def resume(self, graph: str, thread_id: str, interrupt_id: str, answer: JSON) -> None:
        """Answer exactly this interrupt. Raises RunFailed, or AnswerRefused when nothing was latched."""
        require_open(_just_seen(thread_id) or await self.snapshot(graph, thread_id), interrupt_id)
        config = _thread(thread_id)
        config["configurable"][STRICT] = True
        await self._run(graph, Command(resume={interrupt_id: answer}), config)

    async def proceed(self, graph: str, thread_id: str) -> None:
        """Go on after a crash or a failed node, sending no answer. Raises RunFailed."""
        await self._run(graph, None, _thread(thread_id))

    async def prune(self, graph: str, thread_id: str) -> None:
        """Drop the history; keep the newest checkpoint and what waits in it."""
        self._registry.get(graph)
        await self._registry.saver.aprune([thread_id])

    async def forget(self, graph: str, thread_id: str) -> None:
        """Delete the thread: nothing of it can be resumed or read any more."""
        _seen.set(None)
        self._registry.get(graph)
        await self._registry.saver.adelete_thread(thread_id)

    async def _run(self, graph: str, value: Any, config: RunnableConfig) -> None:
        compiled = self._registry.get(graph)
        _seen.set(None)
        try:
            await compiled.ainvoke(value, config, durability="sync")
        except UnknownInterruptError as refused:
            raise AnswerRefused(NOT_ASKED) from refused
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:  # the graph's own code may raise anything
            if is_invalid_resume(error):
                raise AnswerRefused(_misfit(error)) from error
            reason, thread = one_line(error), config["configurable"]["thread_id"]
            log.warning("graph raised", graph=graph, thread=thread, reason=reason, at=_where(error))
            raise RunFailed(reason) from error


def _just_seen(thread_id: str) -> Snapshot | None:
    """The snapshot taken under the lease that is held now; without a lease none is good enough."""
    match _seen.get():
        case (known, guard, seen) if known == thread_id and guard is not None and guard == write_guard.get():
            return seen
    return None


def _misfit(error: Exception) -> str:
    """What a person must mend: where, and what is wrong there."""
    if not isinstance(error, ValidationError):
        return one_line(error)
    found = ((".".join(map(str, one["loc"])), one["msg"]) for one in error.errors(include_url=False))
    return one_line("; ".join(f"{where}: {what}" if where else what for where, what in found))


def require_open(seen: Snapshot, interrupt_id: str) -> None:
    """LangGraph's own check lets two answers pass that would reach a question they were not meant for."""
    pause = next((pause for pause in seen.pauses if pause.interrupt_id == interrupt_id), None)
    if pause is None:
        # A key that does not look like an id makes the whole map an answer, to whatever waits.
        raise AnswerRefused(NOT_ASKED)
    if pause.failed is not None:
        # Both answers would be kept, and the second one given to the node's next question.
        raise AnswerRefused(ANSWERED.format(pause.failed))


def _where(error: Exception) -> str:
    """The author's line that raised; a whole traceback could show what the graph was working on."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{own[-1].filename}:{own[-1].lineno} in {own[-1].name}"


def _thread(thread_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id}}
