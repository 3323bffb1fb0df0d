"""Hear what is imported, whichever way: an import statement, importlib, or an attempt that finds nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_heard: list[str] | None = None


class _Ear(MetaPathFinder):
    """Asked first for every module that is not loaded yet; finds none.

    The audit event `import` alone is not enough: it tells of statements, not of importlib.import_module,
    which is what LangGraph's own reader calls.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if _heard is not None:
            _heard.append(fullname)
        return None


def _audited(event: str, args: tuple[Any, ...]) -> None:
    if event == "import" and _heard is not None:
        _heard.append(str(args[0]))


sys.meta_path.insert(0, _Ear())
sys.addaudithook(_audited)  # it cannot be taken off again, so there is one for the whole process


@contextmanager
def listening(heard: list[str]) -> Iterator[None]:
    """Add to `heard` every module that is asked for."""
    global _heard
    _heard = heard
    try:
        yield
    finally:
        _heard = None
