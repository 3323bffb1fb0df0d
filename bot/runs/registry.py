"""The graphs of langgraph.json by name, loaded once, run on one saver, closed together."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

import structlog
from langgraph._internal._serde import collect_allowlist_from_schemas
from langgraph.pregel import Pregel

from bot.ports import UnknownGraph
from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.langgraph_json import Config, GraphSpec, read_config
from bot.runs.loader import Graph, GraphNotLoaded, load
from bot.runs.selfcheck import check_langgraph
from bot.runs.serializer import TypeName, data_types

STDLIB = Path(sysconfig.get_path("stdlib")).resolve()

log = structlog.get_logger("approvals.runs")


class Registry:
    """The graphs that run in this process, all on one saver."""

    def __init__(
        self,
        graphs: Mapping[str, Graph],
        saver: ApprovalsSaver,
        descriptions: Mapping[str, str] | None = None,
    ) -> None:
        """The types that the graphs' states are annotated with may be kept; `open` adds their modules'."""
        self.saver = saver
        self._graphs = {name: _on(saver, name, graph) for name, graph in graphs.items()}
        self._descriptions = dict(descriptions or {})
        saver.trust(name for graph in graphs.values() for name in _annotated_types(graph))

    @staticmethod
    @asynccontextmanager
    async def open(path: Path, saver: ApprovalsSaver) -> AsyncIterator[Registry]:
        """Load every graph that the file names. Raises ConfigError, GraphNotLoaded, LangGraphUnfit.

        The file's `env` enters the process's environment where a name is not set yet; its folders come first
        in `sys.path`. Both stay.
        """
        await check_langgraph()
        config = read_config(path)
        _prepare(config)
        async with AsyncExitStack() as stack:
            loaded = {spec.name: await load(spec, config, stack) for spec in config.graphs}
            for spec in config.graphs:
                _refuse_breakpoints(spec, loaded[spec.name].graph)
            saver.trust(data_types(_trusted({item.module for item in loaded.values()}, config.folders)))
            descriptions = {spec.name: spec.description for spec in config.graphs}
            yield Registry({name: item.graph for name, item in loaded.items()}, saver, descriptions)

    def names(self) -> tuple[str, ...]:
        """In the order of langgraph.json."""
        return tuple(self._graphs)

    def get(self, name: str) -> Graph:
        """Raises UnknownGraph."""
        if name not in self._graphs:
            raise UnknownGraph(name, self.names())
        return self._graphs[name]

    def description(self, name: str) -> str:
        """What langgraph.json says of the graph, or an empty string. Raises UnknownGraph."""
        self.get(name)
        return self._descriptions.get(name, "")


def _refuse_breakpoints(spec: GraphSpec, graph: Graph) -> None:
    """A static breakpoint asks nobody, and a run that stops there looks like one that a crash left behind:
    going on would run the very node that somebody wanted to be asked about."""
    if graph.interrupt_before_nodes or graph.interrupt_after_nodes:
        reason = (
            "compiled with interrupt_before or interrupt_after, which ask nobody; call interrupt() in a node"
        )
        raise GraphNotLoaded(spec, reason)


def _prepare(config: Config) -> None:
    if config.ignored:
        log.warning("langgraph.json holds fields that only an Agent Server uses", fields=config.ignored)
    for name, value in config.env.items():
        os.environ.setdefault(name, value)
    for folder in reversed(config.folders):
        # First, as Python does with a script's folder: their `graphs` must not be found elsewhere.
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))


def _on(saver: ApprovalsSaver, name: str, graph: Graph) -> Graph:
    """The same graph with its state kept by our saver; the log says what its author might not expect."""
    if graph.checkpointer is not None:
        kind = type(graph.checkpointer).__name__
        log.info("graph's own checkpointer replaced", graph=name, checkpointer=kind)
    return graph.copy(update={"checkpointer": saver})


def _trusted(modules: Iterable[ModuleType], folders: Iterable[Path]) -> Iterator[ModuleType]:
    """What the authors wrote themselves: the named modules, their packages, all that was imported from there.

    Fixed now, when all graphs are loaded: a class imported later would be unknown after a restart.
    """
    modules = set(modules)
    packages = {module.__name__.partition(".")[0] for module in modules}
    for name, module in list(sys.modules.items()):
        if module in modules or name.partition(".")[0] in packages or _is_under(module, tuple(folders)):
            yield module


def _is_under(module: ModuleType, folders: tuple[Path, ...]) -> bool:
    file = getattr(module, "__file__", None)
    if not file or "site-packages" in (place := _resolved(os.path.dirname(file))).parts:
        return False  # a virtual environment in the project's folder is not the authors' work
    return any(place.is_relative_to(folder) for folder in folders) and not place.is_relative_to(STDLIB)


@cache
def _resolved(folder: str) -> Path:
    """Thousands of modules stand in a few hundred folders, and each look at the disk delays the start."""
    return Path(folder).resolve()


def _annotated_types(graph: Graph) -> set[TypeName]:
    types = collect_allowlist_from_schemas(channels=dict(graph.channels))
    for _, child in graph.get_subgraphs(recurse=True):
        if isinstance(child, Pregel):
            types |= collect_allowlist_from_schemas(channels=dict(child.channels))
    return types
