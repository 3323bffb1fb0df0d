"""Read langgraph.json, which LangGraph's own tools read too: the graphs and where their code is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.problem import Problem

# What langgraph.json may hold and only an Agent Server gives to a graph.
SERVER_ONLY = ("auth", "checkpointer", "encryption", "http", "store", "webhooks")


class ConfigError(Problem):
    """langgraph.json cannot be used; the message names the file, where in it, and the reason."""


@dataclass(frozen=True, slots=True)
class GraphSpec:
    """One entry of `graphs`: `variable` in `source`, a file ("./path.py") or a module ("pkg.mod")."""

    name: str
    source: str
    variable: str
    description: str = ""

    @property
    def is_file(self) -> bool:
        """LangGraph's rule: with a slash it is a path."""
        return "/" in self.source


@dataclass(frozen=True, slots=True)
class Config:
    """A langgraph.json, checked. `folders`: the local dependencies; `ignored`: fields only a server uses."""

    path: Path
    graphs: tuple[GraphSpec, ...]
    folders: tuple[Path, ...]
    env: Mapping[str, str]
    ignored: tuple[str, ...]


def read_config(path: Path) -> Config:
    """Raises ConfigError. Fields: https://docs.langchain.com/langsmith/cli#configuration-file"""
    data = _load(path)
    graphs = data.get("graphs")
    if not isinstance(graphs, dict) or not graphs:
        raise ConfigError(
            f'{path}: "graphs" must name at least one graph, e.g. {{"refund": "./refund.py:graph"}}'
        )
    return Config(
        path=path,
        graphs=tuple(_spec(path, name, entry) for name, entry in graphs.items()),
        folders=_folders(path, data.get("dependencies", [])),
        env=_env(path, data.get("env", {})),
        ignored=tuple(key for key in SERVER_ONLY if data.get(key)),
    )


def _load(path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}:{error.lineno}:{error.colno}: {error.msg}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}; LANGGRAPH_CONFIG names another file") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: must hold a JSON object")
    return data


def _spec(path: Path, name: str, entry: object) -> GraphSpec:
    target, description = entry, ""
    if isinstance(entry, dict):
        target, description = entry.get("path"), entry.get("description") or ""
    source, colon, variable = target.rpartition(":") if isinstance(target, str) else ("", "", "")
    if not (source and colon and variable.isidentifier()):
        raise ConfigError(
            f'{path}: graph {name!r}: expected "file.py:variable" or "module:variable", not {target!r}'
        )
    if source.endswith((".js", ".ts", ".mjs", ".mts")):
        raise ConfigError(
            f"{path}: graph {name!r} is not Python: serve it with an Agent Server, "
            "and name its `url` in approvals.toml"
        )
    return GraphSpec(name, source, variable, str(description))


def _folders(path: Path, dependencies: object) -> tuple[Path, ...]:
    """The local ones; the others are packages, which whoever installed us has installed too."""
    if not isinstance(dependencies, list) or not all(isinstance(item, str) for item in dependencies):
        raise ConfigError(f'{path}: "dependencies" must be a list of folders and packages')
    folders = []
    for item in dependencies:
        folder = (path.parent / item).resolve()
        if folder.is_dir():
            folders.append(folder)
        elif item.startswith("."):
            raise ConfigError(f"{path}: dependency {item!r}: there is no folder {folder}")
    return tuple(folders)


def _env(path: Path, env: object) -> Mapping[str, str]:
    if isinstance(env, dict):
        return {str(key): str(value) for key, value in env.items()}
    if not isinstance(env, str):
        raise ConfigError(f'{path}: "env" must be an object or the path of an .env file')
    file = path.parent / env
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f'{path}: "env": {file} cannot be read: {error}') from error
    return dict(_pair(file, number, line) for number, line in enumerate(lines, 1) if _says_something(line))


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _pair(file: Path, number: int, line: str) -> tuple[str, str]:
    key, equals, value = line.strip().removeprefix("export ").partition("=")
    if not equals or not key.strip().isidentifier():
        raise ConfigError(f"{file}:{number}: expected NAME=value")
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return key.strip(), value[1:-1]
    return key.strip(), value.split(" #", 1)[0].rstrip()
