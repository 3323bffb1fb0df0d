"""Graphs that a test made, where the bot finds them: a langgraph.json and an approvals.toml of their own.

The bot loads them the way it loads any graph, so that what is refused in production is refused here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Folder -> name -> graph: the module written below takes them from here.
STAGED: dict[str, dict[str, Any]] = {}

MODULE = """\
\"\"\"The graphs of one test.\"\"\"

from bot.testing.staging import STAGED


def __getattr__(name):
    try:
        return STAGED[{folder!r}][name]
    except KeyError:
        raise AttributeError(name) from None
"""


class Stage:
    """The graphs of one test. `root` is the project whose classes the graphs may keep in their state."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root
        self._policies: dict[str, Mapping[str, Any]] = {}
        self._graphs: dict[str, Any] = STAGED.setdefault(str(folder), {})

    @property
    def environ(self) -> dict[str, str]:
        """Where the bot finds them."""
        return {
            "LANGGRAPH_CONFIG": str(self._folder / "langgraph.json"),
            "APPROVALS_CONFIG": str(self._folder / "approvals.toml"),
        }

    def name_of(self, graph: Any) -> str | None:
        """The name under which this very graph was added."""
        return next((name for name, known in self._graphs.items() if known is graph), None)

    def add(self, graph: Any, name: str | None, policy: Mapping[str, Any]) -> str:
        """Write it down; returns its name. A name given twice is a ValueError."""
        name = name or self._free(str(getattr(graph, "name", None) or "graph"))
        if not name.isidentifier() or name in self._graphs:
            raise ValueError(f"{name!r} must be a name of its own, of letters, digits and _")
        self._graphs[name] = graph
        self._policies[name] = policy
        self._write()
        return name

    def clear(self) -> None:
        """Forget the graphs."""
        STAGED.pop(str(self._folder), None)

    def _free(self, wanted: str) -> str:
        base = re.sub(r"\W", "_", wanted).strip("_").lower() or "graph"
        base = base if base.isidentifier() else f"graph_{base}"
        names = [base, *(f"{base}_{number}" for number in range(2, len(self._graphs) + 3))]
        return next(name for name in names if name not in self._graphs)

    def _write(self) -> None:
        graphs = {name: f"./staged.py:{name}" for name in self._graphs}
        config = {"dependencies": [str(self._root)], "graphs": graphs}
        (self._folder / "staged.py").write_text(MODULE.format(folder=str(self._folder)))
        (self._folder / "langgraph.json").write_text(json.dumps(config))
        tables = "\n".join(_table(name, policy) for name, policy in self._policies.items())
        (self._folder / "approvals.toml").write_text(tables)


def _table(name: str, policy: Mapping[str, Any]) -> str:
    lines = (f"{key} = {toml(value)}" for key, value in policy.items())
    return "\n".join((f"[graphs.{name}]", *lines, ""))


def toml(value: Any) -> str:
    """A value of approvals.toml: text, number, truth, list or table. https://toml.io/en/v1.0.0"""
    match value:
        case bool() | int() | float() | str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Mapping():
            inner = ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items())
            return "{ " + inner + " }"
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
    raise TypeError(f"approvals.toml cannot hold a {type(value).__name__}")
