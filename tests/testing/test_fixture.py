"""Graph authors test their graphs with approvals, in a project of their own, as the guide says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.markdown import examples
from tests.office import ROOT

GUIDE = ROOT / "docs/testing.md"
STRICT = (
    "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
)

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]  # a pytest of its own, with a cold start


def pytest_in(folder: Path, *arguments: str, **files: str) -> str:
    """Run pytest in a project of these files; everything it printed."""
    (folder / "pytest.ini").write_text(STRICT)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=clean)  # noqa: S603
    return run.stdout + run.stderr


def test_the_example_of_the_guide_passes_in_a_project_of_its_own(tmp_path: Path) -> None:
    [source] = examples(GUIDE, "python")

    [short] = [text for text in examples(ROOT / "README.md", "python") if "(approvals)" in text]

    said = pytest_in(
        tmp_path, "-q", test_refund=source, test_readme=f"from test_refund import graph\n\n\n{short}"
    )

    assert "4 passed" in said, said


TRICKY = """
import asyncio
import operator
import sys
import threading
from dataclasses import dataclass
from typing import Annotated, TypedDict

import pytest
from bot.client import Client, InvalidRequest, StillRunning
from bot.core.problem import Problem
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt

from bot.testing.people import FormRefused


@dataclass
class Money:
    cents: int


class State(TypedDict, total=False):
    money: Money
    n: int
    answers: Annotated[list, operator.add]


def fan(state):
    return [Send("ask", {"n": n}) for n in range(3)]


def ask(state):
    return {"answers": [(state["n"], interrupt({"title": f"Question {state['n']}"}))]}


def form(state):
    schema = {
        "type": "object",
        "properties": {"amount": {"type": "integer", "minimum": 1}},
        "required": ["amount"],
    }
    given = interrupt("How much?", response_schema=schema)
    return {"money": Money(given["amount"])}


def broken(state):
    interrupt("Go on?")
    raise RuntimeError("boom")


def graph_of(node, *edges):
    builder = StateGraph(State).add_node(node)
    return builder.add_edge(START, node.__name__).compile()


three = StateGraph(State).add_node(ask).add_conditional_edges(START, fan, ["ask"]).compile()


def test_parallel_questions_are_answered_one_by_one(approvals):
    run = approvals.start(three, {"n": 0})

    first, second, third = approvals.cards(run, 3)
    approvals.card(run, "Question 1").reject(by="ana")
    approvals.card(run, "Question 0").approve(by="ana")
    approvals.card(run, "Question 2").approve(by="ben")

    assert sorted(run.output()["answers"]) == [[0, True], [1, False], [2, True]]


async def test_a_form_is_filled_in_within_asyncio(approvals):
    run = approvals.start(graph_of(form), {"n": 1})
    card = approvals.card(run)

    with pytest.raises(FormRefused) as refused:
        card.answer(by="ana", values={"Amount": "0"})
    with pytest.raises(LookupError, match="no field Colour"):
        card.answer(by="ana", values={"Colour": "red"})
    await asyncio.to_thread(card.answer, by="ana", values={"Amount": "12"})

    assert list(refused.value.errors) == ["Amount"]
    assert run.output()["money"] == {"cents": 12}


def test_what_is_revised_comes_again(approvals):
    def revise(state):
        answer = interrupt({"title": f"Plan {state['n']}"})
        return {"n": state["n"] + 1, "answers": [answer["decision"]]}

    builder = StateGraph(State).add_node(revise).add_edge(START, "revise")
    builder.add_conditional_edges("revise", lambda s: "revise" if s["answers"][-1] == "revise" else "__end__")
    approvals.add(builder.compile(), "plan", answer="decision")

    run = approvals.start("plan", {"n": 1})
    approvals.card(run, "Plan 1").revise(by="ana", feedback="Shorter")
    second = approvals.card(run, "Plan 2")
    approvals.restart()
    second.approve(by="ben")

    assert run.output()["answers"] == ["revise", "approve"]
    assert second.approval.revision == 2


def test_a_run_that_is_over_has_no_card(approvals):
    run = approvals.start(graph_of(lambda_node), {"n": 1})

    with pytest.raises(AssertionError, match="asks nothing"):
        approvals.card(run)


def lambda_node(state):
    return {"n": 2}


def test_a_service_uses_the_address_and_finds_nothing_of_the_tests_before(approvals):
    approvals.add(graph_of(form), "form")

    with Client(approvals.url, approvals.token) as client:
        started = client.start("form", {"n": 1})
        client.wait(started.thread_id, 15, until="asked")
        pending = list(client.pending())

    assert [one.thread_id for one in pending] == [started.thread_id]


def test_a_graph_that_raises_says_so(approvals):
    run = approvals.start(graph_of(broken), {"n": 1})
    approvals.card(run).approve(by="ana")

    with pytest.raises(StillRunning):
        run.output(within=0.1)


def test_what_cannot_be_is_said(approvals):
    with pytest.raises(InvalidRequest, match="nothing"):
        approvals.add(graph_of(form))
        approvals.start("nothing", {})
    with pytest.raises(LookupError, match="nobody is called 'zoe'; there are"):
        approvals.start(graph_of(form), {"n": 1}, requester="zoe")
    with pytest.raises(Problem, match="interrupt_before"):
        approvals.start(three.copy(update={"interrupt_before_nodes": ["ask"]}), {"n": 1})


def test_nothing_runs_on_when_a_test_is_over():
    assert [thread.name for thread in threading.enumerate() if "approvals" in thread.name] == []
    assert "graph_staged" not in sys.modules
"""


def test_the_words_work_in_every_kind_of_test_and_leave_nothing_behind(tmp_path: Path) -> None:
    said = pytest_in(tmp_path, "-q", test_tricky=TRICKY)

    assert "8 passed" in said, said


def test_pytest_does_not_load_the_bot_for_those_who_do_not_ask(tmp_path: Path) -> None:
    source = """
import sys

def test_nothing_is_loaded():
    loaded = {name.partition(".")[0] for name in sys.modules} | set(sys.modules)
    assert loaded & {"aiohttp", "langgraph", "redis", "slack_sdk", "httpx", "bot.app", "bot.client"} == set()
"""

    said = pytest_in(tmp_path, "-q", test_light=source)

    assert "1 passed" in said, said
