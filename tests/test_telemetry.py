"""Metrics and log events: each named once, each with a sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import generate_latest

from bot import telemetry
from bot.telemetry import EVENTS, METRICS, REGISTRY

BOT = Path(__file__).parent.parent / "bot"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def test_every_log_call_writes_a_phrase_of_the_list() -> None:
    """Add a missing phrase to EVENTS, with a sentence an operator understands."""
    written = set(_phrases())

    assert written == set(EVENTS)


def test_every_event_has_a_sentence() -> None:
    assert [phrase for phrase, sentence in EVENTS.items() if not sentence.endswith(".")] == []


def test_every_metric_has_a_sentence_and_our_prefix() -> None:
    counted = {metric.name for metric in REGISTRY.collect() if not metric.name.startswith("process_")}
    gauges = {metric.name for metric in METRICS if metric.kind == "gauge"}

    assert counted | gauges == {metric.name.removesuffix("_total") for metric in METRICS}
    assert [metric.name for metric in METRICS if not metric.name.startswith("approvals_")] == []
    assert [metric.name for metric in METRICS if not metric.sentence.endswith(".")] == []


def test_metrics_are_named_as_prometheus_recommends() -> None:
    """https://prometheus.io/docs/practices/naming/: a counter ends in total, a time in its base unit."""
    odd = [
        metric.name
        for metric in METRICS
        if (metric.kind == "counter") != metric.name.endswith("_total")
        or ((metric.kind == "histogram") and not metric.name.endswith("_seconds"))
    ]

    assert odd == []


def test_no_label_is_without_bounds() -> None:
    """A person, a thread or an approval in a label would be a time series each."""
    bounded = {"graph", "verdict", "outcome", "reason", "age", "state", "kind", "method", "result", "task"}
    bounded |= {"route", "status"}

    assert {label for metric in METRICS for label in metric.labels} - bounded == set()


def test_metrics_are_written_as_prometheus_reads_them() -> None:
    before = REGISTRY.get_sample_value("approvals_votes_total", {"verdict": "approve", "outcome": "decided"})

    telemetry.VOTES.labels("approve", "decided").inc()

    after = REGISTRY.get_sample_value("approvals_votes_total", {"verdict": "approve", "outcome": "decided"})
    assert after == (before or 0) + 1
    assert b'approvals_votes_total{outcome="decided",verdict="approve"}' in generate_latest(REGISTRY)


def _phrases() -> Iterator[str]:
    """The first argument of every `log.info(...)` and its like, in all of bot but the simulator."""
    for path in BOT.rglob("*.py"):
        if not path.is_relative_to(BOT / "simulator"):
            for node in ast.walk(ast.parse(path.read_text())):
                yield from _phrase(node)


def _phrase(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[first, *_]):
            if level in LEVELS:
                yield str(ast.literal_eval(first))  # a phrase put together at run time fails here
