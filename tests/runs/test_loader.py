"""Graphs are loaded in every form LangGraph's own tools accept; what cannot be loaded says which and why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.ports import UnknownGraph
from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.loader import GraphNotLoaded
from bot.runs.registry import Registry
from bot.runs.runner import LocalRunner
from tests.runs.samples import answered

KINDS = """
    import contextlib, os
    from dataclasses import dataclass
    from typing import TypedDict
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.func import entrypoint
    from langgraph.graph import START, StateGraph
    from langgraph.types import interrupt

    @dataclass
    class Plan:
        text: str

    class State(TypedDict, total=False):
        plan: object
        said: str

    def ask(state):
        return {"said": interrupt(state["plan"].text)}

    builder = StateGraph(State)
    builder.add_node("plan", lambda _: {"plan": Plan("Shall I?")})
    builder.add_node("ask", ask)
    builder.add_edge(START, "plan")
    builder.add_edge("plan", "ask")

    compiled = builder.compile()
    with_own_saver = builder.compile(checkpointer=InMemorySaver())

    @entrypoint()
    def functional(start):
        return {"said": interrupt("Shall I?")}

    def factory():
        return builder

    def factory_with_config(config):
        assert config["configurable"] == {}
        return builder.compile()

    async def async_factory():
        return builder.compile()

    opened = []

    @contextlib.contextmanager
    def context():
        opened.append("context")
        yield builder.compile()
        opened.remove("context")

    @contextlib.asynccontextmanager
    async def async_context(config):
        opened.append("async")
        yield builder.compile()
        opened.remove("async")

    def needs_a_server(config, runtime):
        return builder

    with_breakpoint = builder.compile(interrupt_before=["ask"])
    not_a_graph = 1
    token = os.environ.get("APPROVALS_TEST_TOKEN")
"""
FORMS = (
    "compiled",
    "builder",
    "with_own_saver",
    "functional",
    "factory",
    "factory_with_config",
    "async_factory",
    "context",
    "async_context",
)


@pytest.fixture(autouse=True)
def _clean_imports() -> Iterator[None]:
    """What a test's project left behind in the interpreter is taken away again."""
    modules, path, environ = set(sys.modules), list(sys.path), dict(os.environ)
    yield
    for name in set(sys.modules) - modules:
        if "/pytest-of-" in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]
    sys.path[:] = path
    os.environ.clear()
    os.environ.update(environ)


def project(folder: Path, graphs: dict[str, Any], *, code: str = KINDS, **fields: Any) -> Path:
    """A langgraph.json beside `src/kinds_of_graphs.py`."""
    source = folder / "src" / "kinds_of_graphs.py"
    source.parent.mkdir()
    source.write_text(dedent(code))
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"dependencies": ["./src"], "graphs": graphs, **fields}))
    return config


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source", ["./src/kinds_of_graphs.py", "kinds_of_graphs"])
async def test_every_form_of_graph_asks_and_is_answered(
    saver: ApprovalsSaver, tmp_path: Path, thread: str, source: str, form: str
) -> None:
    async with Registry.open(project(tmp_path, {"g": f"{source}:{form}"}), saver) as registry:
        local = LocalRunner(registry)
        await local.start("g", thread, {})
        (pause,) = (await local.snapshot("g", thread)).pauses
        over = await answered(local, thread, pause, "go")

    assert pause.payload == "Shall I?"
    assert (over.tasks, over.output["said"]) == ((), "go")  # type: ignore[call-overload, index] # a mapping


async def test_contexts_are_entered_once_and_left_at_the_end(saver: ApprovalsSaver, tmp_path: Path) -> None:
    names = {"a": "kinds_of_graphs:context", "b": "kinds_of_graphs:async_context"}
    async with Registry.open(project(tmp_path, names), saver):
        opened = sys.modules["kinds_of_graphs"].opened
        during = list(opened)

    assert (during, opened) == (["context", "async"], [])


async def test_an_entry_may_carry_a_description(saver: ApprovalsSaver, tmp_path: Path) -> None:
    entry = {"path": "kinds_of_graphs:compiled", "description": "Pays money back."}
    async with Registry.open(project(tmp_path, {"g": entry}), saver) as registry:
        assert registry.names() == ("g",)
        assert registry.description("g") == "Pays money back."
        with pytest.raises(UnknownGraph, match="'h'; known: g"):
            registry.get("h")


async def test_a_graph_that_stops_without_asking_is_refused(saver: ApprovalsSaver, tmp_path: Path) -> None:
    names = {"stops": "kinds_of_graphs:with_breakpoint"}

    with pytest.raises(GraphNotLoaded, match=r"'stops' .* call interrupt\(\) in a node"):
        async with Registry.open(project(tmp_path, names), saver):
            pass


async def test_a_graphs_own_checkpointer_is_replaced(saver: ApprovalsSaver, tmp_path: Path) -> None:
    names = {"own": "kinds_of_graphs:with_own_saver"}
    with capture_logs() as logs:
        async with Registry.open(project(tmp_path, names, store={"index": {}}), saver) as registry:
            savers = {registry.get(name).checkpointer for name in names}

    assert savers == {saver}
    assert [(entry["log_level"], entry["event"]) for entry in logs] == [
        ("warning", "langgraph.json holds fields that only an Agent Server uses"),
        ("info", "graph's own checkpointer replaced"),
    ]


async def test_a_class_of_the_authors_is_the_same_class_in_another_process(
    saver: ApprovalsSaver, tmp_path: Path, thread: str
) -> None:
    config = project(tmp_path, {"g": "./src/kinds_of_graphs.py:compiled"})
    async with Registry.open(config, saver) as registry:
        await LocalRunner(registry).start("g", thread, {})
        state = await registry.get("g").aget_state({"configurable": {"thread_id": thread}})
        own = sys.modules["kinds_of_graphs"].Plan

    assert state.values == {"plan": own("Shall I?")}


async def test_a_file_outside_the_dependencies_gets_a_name_that_is_the_same_everywhere(
    saver: ApprovalsSaver, tmp_path: Path
) -> None:
    config = project(tmp_path, {"g": "./my-graphs/a graph.py:compiled"})
    (tmp_path / "my-graphs").mkdir()
    (tmp_path / "my-graphs" / "a graph.py").write_text(dedent(KINDS))
    async with Registry.open(config, saver):
        assert ("graph_my_graphs_a_graph", "Plan") in saver.serde.types


async def test_only_what_the_authors_wrote_is_trusted(saver: ApprovalsSaver, tmp_path: Path) -> None:
    packages = tmp_path / "src" / ".venv" / "site-packages"
    code = f"import sys; sys.path.append({str(packages)!r}); import third_party_of_a_test\n" + dedent(KINDS)
    config = project(tmp_path, {"g": "kinds_of_graphs:compiled"}, code=code)
    packages.mkdir(parents=True)
    (packages / "third_party_of_a_test.py").write_text("import enum\nclass Colour(enum.Enum):\n    RED = 1\n")
    before = saver.serde.types
    async with Registry.open(config, saver):
        added = saver.serde.types - before

    assert {module for module, _ in added} == {"kinds_of_graphs"} | {
        module for module, _ in added if module.startswith("langchain_core")
    }


@pytest.mark.parametrize(("files", "name"), [(["__init__.py"], "graphs.refund"), ([], "graph_graphs_refund")])
def test_a_folder_named_like_a_package_of_ours_is_theirs(tmp_path: Path, files: list[str], name: str) -> None:
    """Somebody may keep graphs in `graphs/`, as we do. Tried in an interpreter that has not loaded ours."""
    refund = tmp_path / "graphs" / "refund.py"
    refund.parent.mkdir()
    for file in files:
        (refund.parent / file).touch()
    refund.write_text(dedent(KINDS))
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"dependencies": ["."], "graphs": {"g": "./graphs/refund.py:compiled"}}))
    script = f"""
        import asyncio, pathlib, sys
        from bot.runs.checkpointer import ApprovalsSaver
        from bot.runs.registry import Registry
        async def main():
            async with Registry.open(pathlib.Path({str(config)!r}), ApprovalsSaver(object())):
                print([n for n, m in sys.modules.items() if getattr(m, "__file__", "") == {str(refund)!r}])
        asyncio.run(main())
    """
    told = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", dedent(script)], check=True, capture_output=True, text=True, timeout=60
    )

    assert told.stdout.strip() == str([name])


async def test_env_fills_in_what_is_not_set(
    saver: ApprovalsSaver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPROVALS_TEST_KEPT", "the operator's")
    lines = ["# a comment", "", "export APPROVALS_TEST_TOKEN='a # b'", "APPROVALS_TEST_KEPT=the file's # why"]
    (tmp_path / ".env").write_text("\n".join([*lines, "APPROVALS_TEST_BARE=x # y"]))
    async with Registry.open(project(tmp_path, {"g": "kinds_of_graphs:compiled"}, env=".env"), saver):
        assert sys.modules["kinds_of_graphs"].token == "a # b"
        assert os.environ["APPROVALS_TEST_KEPT"] == "the operator's"
        assert os.environ["APPROVALS_TEST_BARE"] == "x"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("kinds_of_graphs:missing", "AttributeError: module 'kinds_of_graphs' has no attribute 'missing'"),
        ("kinds_of_graphs:not_a_graph", "a int is neither a graph nor a function that makes one"),
        ("kinds_of_graphs:needs_a_server", "takes more than a config: serve it with an Agent Server"),
        ("no_such_module:graph", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("./src/nowhere.py:graph", "there is no file /"),
    ],
)
async def test_a_graph_that_cannot_be_loaded_says_which_and_why(
    saver: ApprovalsSaver, tmp_path: Path, target: str, reason: str
) -> None:
    with pytest.raises(GraphNotLoaded) as failed:
        async with Registry.open(project(tmp_path, {"refund": target}), saver):
            pass

    assert str(failed.value).startswith(f"Graph 'refund' ({target}): ")
    assert reason in str(failed.value)


@pytest.mark.parametrize("path", ["./src/kinds_of_graphs.py", "./other/kinds.py"])
async def test_a_graph_whose_file_raises_names_the_error_and_can_be_tried_again(
    saver: ApprovalsSaver, tmp_path: Path, path: str
) -> None:
    config = project(tmp_path, {"refund": f"{path}:graph"}, code="raise RuntimeError('no key\\nset it')")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "kinds.py").write_text("raise RuntimeError('no key\\nset it')")
    for _ in range(2):
        with pytest.raises(GraphNotLoaded, match=r"^Graph 'refund' \(\./.*\): RuntimeError: no key set it$"):
            async with Registry.open(config, saver):
                pass


async def test_packages_among_the_dependencies_are_left_to_whoever_installs(
    saver: ApprovalsSaver, tmp_path: Path
) -> None:
    config = project(tmp_path, {"g": "kinds_of_graphs:compiled"})
    fields = json.loads(config.read_text())
    config.write_text(json.dumps({**fields, "dependencies": ["langchain_openai", "./src"]}))
    async with Registry.open(config, saver) as registry:
        assert registry.names() == ("g",)
