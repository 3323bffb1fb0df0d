"""Break the design on purpose, one bug at a time: `python -m tests.faults.mutations [--write] [--only NAME]`.

Each bug is a change of one line in a copy of the tree; the test named beside it must fail there. The tables
in docs/reliability.md are written by this command; what was not tried this time keeps its row.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
TABLE = ROOT / "docs/reliability.md"
BUGS = ("<!-- mutations -->\n", "<!-- end of mutations -->\n")
PROMISES = ("<!-- promises -->\n", "<!-- end of promises -->\n")
INVARIANTS = tuple(f"I{number}" for number in range(1, 11))
LONGEST = 600  # seconds for one test run


@dataclass(frozen=True, slots=True)
class Mutation:
    """One bug: in `file`, `good` becomes `bad`, and `test` must notice."""

    name: str
    breaks: tuple[str, ...]  # promises of docs/reliability.md
    file: str
    good: str
    bad: str
    test: str
    also: tuple[str, str, str] | None = None  # a second place (file, good, bad) that guards the same thing


def load() -> tuple[Mutation, ...]:
    """The bugs of bugs.toml, in its order."""
    rows = tomllib.loads((Path(__file__).parent / "bugs.toml").read_text())["bug"]
    return tuple(Mutation(**{key: _plain(value) for key, value in row.items()}) for row in rows)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


MUTATIONS = load()


@dataclass(frozen=True, slots=True)
class Caught:
    """Whether a test noticed the bug, which one, and after how many seconds."""

    mutation: Mutation
    by: str | None
    seconds: float


@contextmanager
def copied_tree() -> Iterator[Path]:
    """A copy of the code and its tests that may be spoilt."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        leave = shutil.ignore_patterns("__pycache__", ".venv", ".git", ".approvals", "*_cache", ".hypothesis")
        shutil.copytree(ROOT, copy, ignore=leave)
        yield copy


def catch(mutation: Mutation, tree: Path) -> Caught:
    """Put the bug in, run its test, take the bug out. Raises ValueError where the line is not there."""
    edits = [(mutation.file, mutation.good, mutation.bad)]
    edits += [mutation.also] if mutation.also else []
    began = time.monotonic()
    with ExitStack() as spoilt:
        for name, good, bad in edits:
            spoilt.enter_context(_edited(tree / name, good, bad))
        by = _first_failure(mutation.test.split(), tree)
    return Caught(mutation, by, time.monotonic() - began)


@contextmanager
def _edited(file: Path, good: str, bad: str) -> Iterator[None]:
    whole = file.read_text()
    if whole.count(good) != 1:
        raise ValueError(f"{file.name} has {whole.count(good)} times {good!r}; the mutation must be renewed")
    file.write_text(whole.replace(good, bad))
    try:
        yield
    finally:
        file.write_text(whole)


def _first_failure(tests: list[str], tree: Path) -> str | None:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
    environ = dict(os.environ) | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S603 (our own tests)
        command, cwd=tree, env=environ, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode == 0:
        return None
    if failed is None:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-2000:])
    return failed[1]


def known(text: str) -> dict[str, str]:
    """Which test caught which bug, as the document says."""
    return dict(re.findall(r"^\| (.+) \| `(tests/.+)` \|$", _between(text, BUGS), re.MULTILINE))


def written(text: str, caught: Mapping[str, str]) -> str:
    """The document with both tables made anew."""
    rows = [f"| {one.name} | `{caught.get(one.name, 'NOBODY')}` |" for one in MUTATIONS]
    bugs = "\n".join(["| bug | caught by |", "|---|---|", *rows])
    promised = "\n".join(["| promise | bugs that break it |", "|---|---|", *map(_promise, INVARIANTS)])
    return _replaced(_replaced(text, BUGS, bugs), PROMISES, promised)


def _promise(invariant: str) -> str:
    names = [mutation.name for mutation in MUTATIONS if invariant in mutation.breaks]
    return f"| {invariant} | {'; '.join(names) or 'NONE'} |"


def _between(text: str, marks: tuple[str, str]) -> str:
    return text.split(marks[0])[1].split(marks[1])[0]


def _replaced(text: str, marks: tuple[str, str], table: str) -> str:
    return f"{text.split(marks[0])[0]}{marks[0]}\n{table}\n\n{marks[1]}{text.split(marks[1])[1]}"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", action="append", help="a part of the bug's name; may stand several times")
    asked.add_argument("--write", action="store_true", help="write the tables into docs/reliability.md")
    given = asked.parse_args()
    caught: list[Caught] = []
    with copied_tree() as tree:
        for mutation in MUTATIONS:
            if given.only is None or any(part in mutation.name for part in given.only):
                caught.append(catch(mutation, tree))
                print(
                    f"{caught[-1].seconds:5.0f} s  {mutation.name}: {caught[-1].by or 'NOBODY'}", flush=True
                )
    missed = [one.mutation.name for one in caught if one.by is None]
    print(f"{len(caught)} bugs, {len(caught) - len(missed)} caught; missed: {missed or 'none'}")
    if given.write and not missed:
        text = TABLE.read_text()
        TABLE.write_text(written(text, known(text) | {one.mutation.name: one.by or "" for one in caught}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
