"""When traces are sent, what is loaded where they are not, and a receiver that does not answer."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping

import pytest

from bot.config import Settings
from bot.ports import NO_TRACES, Step
from bot.tracing import PATIENCE, open_traces
from tests.otlp_receiver import open_receiver

THERE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, False),
        (THERE, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        (THERE | {"OTEL_SDK_DISABLED": "True"}, False),
        (THERE | {"OTEL_SDK_DISABLED": "false"}, True),
        (THERE | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (THERE | {"OTEL_TRACES_EXPORTER": "otlp"}, True),
    ],
)
async def test_traces_are_sent_only_where_the_standard_variables_say_so(
    environ: Mapping[str, str], wanted: bool
) -> None:
    assert Settings.from_env(environ).traced is wanted


async def test_without_a_receiver_there_are_no_traces() -> None:
    async with open_traces(Settings.from_env({})) as traces:
        assert traces is NO_TRACES
        with traces.span(Step.VOTE, graph="refund") as span:
            span.link("anything")
            span.note(outcome="decided")
            assert span.context is None


def test_the_exporter_is_loaded_only_where_traces_are_sent() -> None:
    """It costs time at the start. (redis-py and langsmith load the SDK themselves where it is installed.)"""
    code = "import bot.app, bot.serving, sys; "
    code += "print([n for n in sys.modules if n.startswith(('bot.spans', 'opentelemetry.exporter'))])"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert said.stdout.strip() == "[]"


async def test_the_last_spans_are_sent_when_a_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_receiver() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        async with open_traces(Settings.from_env()) as traces:
            with traces.span(Step.VOTE, graph="refund", revision=2):
                pass

    [span] = receiver.spans
    assert span.name == "vote"
    assert receiver.services == {"langgraph-slack-approvals"}


async def test_the_service_may_be_named_by_its_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "our-bot")
    async with open_receiver() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        async with open_traces(Settings.from_env()) as traces:
            with traces.span(Step.VOTE):
                pass

    assert receiver.services == {"our-bot"}


async def test_a_receiver_that_is_down_delays_the_end_by_seconds_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    began = time.monotonic()
    async with open_traces(Settings.from_env()) as traces:
        with traces.span(Step.VOTE):
            pass

    assert time.monotonic() - began < PATIENCE + 5


def test_the_keys_in_the_headers_of_the_exporter_are_never_logged() -> None:
    settings = Settings.from_env(
        {"OTEL_EXPORTER_OTLP_HEADERS": "api-key=k3y-of-the-vendor, x-team=blue-team"}
    )

    assert settings.secrets() == ("k3y-of-the-vendor", "blue-team")
