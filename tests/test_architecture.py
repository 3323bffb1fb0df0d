"""The shape of the code: imports point inward, modules introduce themselves, nothing is swallowed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = [
    path for folder in ("bot", "graphs", "scripts", "bench") for path in sorted((ROOT / folder).rglob("*.py"))
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST = 300  # lines of a file; most have about a hundred

# Who may catch everything, and why.
MAY_CATCH_ALL = {
    "bot/runs/loader.py": "a graph's module is its author's: whatever it raises is told with its name",
    "bot/runs/runner.py": "a graph's node is its author's: whatever it raises is a failed run",
    "bot/web/errors.py": "the API's one error handler: the caller gets a reference, the log the story",
}


def test_imports_point_inward() -> None:
    """The contracts stand in pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (ours)

    assert checked.returncode == 0, checked.stdout


def test_every_module_introduces_itself() -> None:
    silent = [_name(path) for path in SOURCES if path.read_text() and not _docstring(path)]

    assert silent == []


def test_no_file_is_too_long_to_read() -> None:
    long = {_name(path) for path in SOURCES if len(path.read_text().splitlines()) > LONGEST}

    assert not long


def test_nobody_catches_everything_without_a_reason() -> None:
    catching = {_name(path) for path in SOURCES if any(_catches_all(path))}

    assert catching == set(MAY_CATCH_ALL)


def test_no_test_is_marked_to_be_left_out_and_none_sleeps() -> None:
    found = [(_name(path), word) for path in TESTS for word in _excuses(path)]

    assert found == []


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text()))


def _catches_all(path: Path) -> Iterator[int]:
    """Lines of `except:`, `except Exception` and `except BaseException` that do not raise again."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not _raises_again(node):
            yield node.lineno


def _is_broad(kind: ast.expr | None) -> bool:
    match kind:
        case None:
            return True
        case ast.Name(id=name):
            return name in ("Exception", "BaseException")
        case ast.Tuple(elts=kinds):
            return any(_is_broad(one) for one in kinds)
    return False


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def _excuses(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(attr="xfail" | "skip" | "flaky", value=ast.Attribute(attr="mark")):
                yield f"pytest.mark.{node.attr}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="time"), attr="sleep")):
                yield "time.sleep"
