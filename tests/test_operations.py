"""Dashboard, alerts, their entries and the metrics: what one of them names, the others know."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]  # comes with langchain

from bot.approvals.measured import FOUND
from bot.cli import main
from bot.core.model import State, Verdict
from bot.core.outcome import Kind
from bot.core.policy import Why
from bot.ports import AGES, Step
from bot.ports.traces import Facts
from bot.telemetry import METRICS, metrics_table
from bot.work.tasks import tasks
from tests.approvals.conftest import Scene

DOCS = Path(__file__).parent.parent / "docs"
GUIDE = (DOCS / "operations.md").read_text()
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((DOCS / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((DOCS / "grafana/approvals.json").read_text())
ENTRIES = dict(re.findall(r"^### (Approvals\w+)\n(.*?)(?=^### |^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL))

KNOWN = {metric.name: metric for metric in METRICS}
SAMPLES = {f"{name}{end}": name for name in KNOWN for end in ("", "_bucket", "_sum", "_count")}
WORDS: dict[str, Collection[str]] = {
    "age": {name for name, _ in AGES},
    "state": set(State),
    "outcome": {*Kind, *State, "done", "failed", "left", "rejected"},
    "verdict": set(Verdict),
    "reason": set(Why),
    "kind": set(FOUND),
}
PARTS = ("**Means** ", "**First** ", "**Over** ")


def queries() -> Iterator[str]:
    """Every expression, of the rules and of the dashboard."""
    yield from (rule["expr"] for rule in RULES)
    yield from (target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ()))
    yield from (one["query"]["query"] for one in DASHBOARD["templating"]["list"] if one["type"] == "query")


def named(query: str) -> set[str]:
    """The metrics of ours in an expression."""
    return set(re.findall(r"\bapprovals_\w+", query))


every_query = pytest.mark.parametrize("query", list(queries()))
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])


def test_the_table_of_metrics_is_that_of_the_code() -> None:
    """Print it with `python -c "from bot.telemetry import metrics_table; print(metrics_table())"`."""
    assert metrics_table() in GUIDE


@every_query
def test_every_query_names_metrics_that_exist(query: str) -> None:
    assert named(query)
    assert named(query) - set(SAMPLES) == set()


@every_query
def test_every_query_uses_labels_that_its_metrics_have(query: str) -> None:
    for name, matchers in re.findall(r"(approvals_\w+)\{([^}]*)\}", query):
        labels = set(re.findall(r"(\w+)=~?\"", matchers))
        assert labels - {*KNOWN[SAMPLES[name]].labels} == set()
    grouped = {label.strip() for found in re.findall(r"by \(([^)]*)\)", query) for label in found.split(",")}
    known = {label for name in named(query) for label in KNOWN[SAMPLES[name]].labels}
    assert grouped - known - {"le"} == set()


@every_query
def test_every_query_asks_for_words_that_are_said(query: str) -> None:
    for label, value in re.findall(r"(\w+)=~?\"([^\"]*)\"", query):
        if label in WORDS:
            assert set(value.split("|")) - {str(word) for word in WORDS[label]} == set()


@every_query
def test_every_query_closes_what_it_opens(query: str) -> None:
    for pair in ("()", "{}", "[]"):
        assert query.count(pair[0]) == query.count(pair[1])
    for name in named(query):
        counts = KNOWN[SAMPLES[name]].kind != "gauge"
        wrapped = re.search(rf"(?:rate|increase)\({name}(?:\{{[^}}]*\}})?\[", query) is not None
        assert wrapped == counts or query.startswith("label_values(")


@every_query
def test_what_every_process_tells_is_not_added_up(query: str) -> None:
    """Two processes that tell the same record would make it twice as many."""
    for name in named(query):
        if KNOWN[SAMPLES[name]].kind == "gauge" and " and on() " not in query:
            assert re.search(rf"(?:max(?: by \([^)]*\))? \(|max\(|absent\(){name}", query)


def test_each_alert_has_its_entry_and_each_entry_its_alert() -> None:
    assert [rule["alert"] for rule in RULES] == list(ENTRIES)


@every_rule
def test_an_alert_says_what_happened_and_where_its_entry_is(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket", "info")
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_says_what_it_means_what_to_do_first_and_when_it_is_over(name: str) -> None:
    prose, _, commands = ENTRIES[name].partition("```sh")

    assert [prose.count(part) for part in PARTS] == [1, 1, 1]
    assert commands.strip()


def commands() -> list[str]:
    """What the guide says to type: in examples, and in the middle of a sentence."""
    typed = re.findall(r"^(?:.*exec bot )?(approvals [^#|>\n]+)", GUIDE, re.MULTILINE)
    return sorted({*typed, *re.findall(r"`(approvals [a-z][^`]*)`", GUIDE)})


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_guide_can_be_typed(command: str) -> None:
    _parse(shlex.split(command)[1:])


def _parse(words: list[str]) -> None:
    """Fails where there is no such command or option."""
    command: click.Command = main
    while isinstance(command, click.Group):
        command, words = command.commands[words[0]], words[1:]
    options = {option for parameter in command.params for option in parameter.opts}

    assert {word for word in words if word.startswith("--")} - options == set()


def test_the_doctor_is_named_where_something_is_broken() -> None:
    broken = [rule["alert"] for rule in RULES if rule["labels"]["severity"] == "page"]
    without = [name for name in broken if "approvals doctor" not in ENTRIES[name]]

    assert without == ["ApprovalsSilent"]  # nothing runs that could be asked


def test_every_step_that_is_followed_is_in_the_guide() -> None:
    table = re.findall(r"^\| `([a-z ]+)` \| .+ \| .+ \|$", GUIDE.split("### Traces")[1], re.MULTILINE)

    assert table[: len(Step)] == [str(step) for step in Step]
    assert not {"payload", "text", "user", "channel", "feedback"} & set(Facts.__annotations__)


def test_the_dashboard_shows_every_metric() -> None:
    shown = {SAMPLES[name] for query in queries() for name in named(query)}

    assert set(KNOWN) - shown == set()


def test_the_panels_do_not_lie_on_each_other() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(set(ids)) == len(ids)
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_tasks_named_in_the_guide_are_tasks() -> None:
    assert {"tell", "show"} <= set(tasks(Scene().world))
