"""The example graphs run on any LangGraph: they know nothing of the bot and bring no saver."""

import ast
import importlib.util
import json
from pathlib import Path

import pytest
from langgraph.pregel import Pregel

REPO = Path(__file__).parents[2]
FILES = sorted((REPO / "graphs").glob("*.py"))
NAMED = json.loads((REPO / "langgraph.json").read_text())["graphs"]


def imported(file: Path) -> set[str]:
    """The top-level packages a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_graph_imports_nothing_of_the_bot(file: Path) -> None:
    assert imported(file).isdisjoint({"bot", "slack_sdk", "slack_bolt", "redis"})


def test_the_check_sees_imports() -> None:
    assert {"langgraph", "graphs", "pydantic"} <= imported(REPO / "graphs" / "refund.py")


@pytest.mark.parametrize("name", ["refund", "plan_review", "risky_action"])
def test_named_graph_loads_from_its_file_without_a_saver(name: str) -> None:
    entry = NAMED[name]
    file, variable = (entry if isinstance(entry, str) else entry["path"]).split(":")
    spec = importlib.util.spec_from_file_location(f"loaded_{name}", REPO / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)  # not put into sys.modules: hosts differ in whether they do
    graph = getattr(module, variable)

    assert isinstance(graph, Pregel)
    assert graph.checkpointer is None
    assert graph.name == name
    assert graph.get_input_jsonschema()["required"]


def test_every_named_graph_is_tested() -> None:
    assert set(NAMED) == {"refund", "plan_review", "risky_action"}
