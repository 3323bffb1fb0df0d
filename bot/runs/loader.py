"""Turn one entry of langgraph.json into a compiled graph, whatever form its author gave it."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from langgraph.graph import StateGraph
from langgraph.pregel import Pregel

from bot.core.problem import Problem
from bot.runs.langgraph_json import Config, GraphSpec
from bot.runs.plain import one_line

Graph = Pregel[Any, Any, Any, Any]


class GraphNotLoaded(Problem):
    """A graph of langgraph.json could not be loaded; the message names the graph, its file and the reason."""

    def __init__(self, spec: GraphSpec, reason: str) -> None:
        super().__init__(f"Graph {spec.name!r} ({spec.source}:{spec.variable}): {reason}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A graph as its author compiled it, and the module it came from."""

    graph: Graph
    module: ModuleType


async def load(spec: GraphSpec, config: Config, stack: AsyncExitStack) -> Loaded:
    """Raises GraphNotLoaded. A context manager is entered once for all runs; `stack` leaves it."""
    try:
        module = _file(spec, config) if spec.is_file else importlib.import_module(spec.source)
        return Loaded(await _graph(getattr(module, spec.variable), spec, stack), module)
    except GraphNotLoaded:
        raise
    except Exception as error:  # whatever the author's code raises
        raise GraphNotLoaded(spec, one_line(error)) from error


async def _graph(value: Any, spec: GraphSpec, stack: AsyncExitStack) -> Graph:
    """The eight forms: a graph or a builder, as it is or from a function that is sync, async or a context."""
    if isinstance(value, Pregel):
        return value
    if isinstance(value, StateGraph):
        return value.compile()
    if inspect.isawaitable(value):
        return await _graph(await value, spec, stack)
    if isinstance(value, AbstractAsyncContextManager):
        return await _graph(await stack.enter_async_context(value), spec, stack)
    if isinstance(value, AbstractContextManager):
        return await _graph(stack.enter_context(value), spec, stack)
    if inspect.isroutine(value):
        return await _graph(_call(value, spec), spec, stack)
    raise GraphNotLoaded(spec, f"a {type(value).__name__} is neither a graph nor a function that makes one")


def _call(factory: Callable[..., Any], spec: GraphSpec) -> Any:
    """`f()` or `f(config)`; what the Agent Server would pass besides exists only there."""
    needed = [p for p in inspect.signature(factory).parameters.values() if p.default is p.empty]
    if len(needed) > 1:
        raise GraphNotLoaded(spec, "its function takes more than a config: serve it with an Agent Server")
    return factory({"configurable": {}}) if needed else factory()


def _file(spec: GraphSpec, config: Config) -> ModuleType:
    path = (config.path.parent / spec.source).resolve()
    if not path.is_file():
        raise GraphNotLoaded(spec, f"there is no file {path}")
    name = _importable_name(path, config)
    if name is not None:
        return importlib.import_module(name)
    # A name that is the same on every machine: checkpoints name the classes of this module.
    name = "graph_" + re.sub(r"\W+", "_", spec.source.removesuffix(".py").lstrip("./"))
    return sys.modules[name] if _is(sys.modules.get(name), path) else _execute(name, path)


def _importable_name(path: Path, config: Config) -> str | None:
    """The name under which the author's other modules import this file, if they can."""
    for folder in config.folders:
        if not path.is_relative_to(folder):
            continue
        parts = path.relative_to(folder).with_suffix("").parts
        if all(part.isidentifier() for part in parts) and _finds(name := ".".join(parts), path):
            return name
    return None


def _finds(name: str, path: Path) -> bool:
    if name in sys.modules:
        return _is(sys.modules[name], path)
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):  # a parent is a module, or has no spec
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve() == path


def _is(module: ModuleType | None, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve() == path


def _execute(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before it runs: its dataclasses look their own module up
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
