"""Local graphs and graphs on Agent Servers behind one runner: the graph's name tells which it is."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import JSON
from bot.ports import Runner, Snapshot, UnknownGraph


class BothRunners:
    """`ports.Runner`. A graph with a `url` in approvals.toml runs there, also if langgraph.json names it."""

    def __init__(self, local: Runner, remote: Runner) -> None:
        self._local = local
        self._remote = remote

    def graphs(self) -> tuple[str, ...]:
        """Those of langgraph.json, then those of approvals.toml."""
        return tuple(dict.fromkeys((*self._local.graphs(), *self._remote.graphs())))

    def description(self, graph: str) -> str:
        return self._of(graph).description(graph)

    def input_schema(self, graph: str) -> Mapping[str, JSON]:
        return self._of(graph).input_schema(graph)

    async def snapshot(self, graph: str, thread_id: str) -> Snapshot:
        return await self._of(graph).snapshot(graph, thread_id)

    async def start(self, graph: str, thread_id: str, input: JSON) -> None:  # noqa: A002 (LangGraph's word)
        await self._of(graph).start(graph, thread_id, input)

    async def resume(self, graph: str, thread_id: str, interrupt_id: str, answer: JSON) -> None:
        await self._of(graph).resume(graph, thread_id, interrupt_id, answer)

    async def proceed(self, graph: str, thread_id: str) -> None:
        await self._of(graph).proceed(graph, thread_id)

    async def prune(self, graph: str, thread_id: str) -> None:
        await self._of(graph).prune(graph, thread_id)

    def _of(self, graph: str) -> Runner:
        if graph not in self.graphs():
            raise UnknownGraph(graph, self.graphs())
        return self._remote if graph in self._remote.graphs() else self._local
