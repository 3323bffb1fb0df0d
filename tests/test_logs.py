"""Log lines: one line each, nothing in them acts on a terminal, and no secrets."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import TALKATIVE, Redactor, configure, hide


class Terminal(io.StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Logging belongs to the process: give it back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in TALKATIVE}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def test_a_line_is_one_json_object_with_level_time_and_logger() -> None:
    line = logged(lambda: structlog.get_logger("approvals.work").warning("thread lease lost", thread="t1"))

    assert line["event"] == "thread lease lost"
    assert line["thread"] == "t1"
    assert line["level"] == "warning"
    assert line["logger"] == "approvals.work"
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_is_written_alike() -> None:
    line = logged(lambda: logging.getLogger("a.graph").warning("paid %s with %s", "Ana", "xoxb-1-abc"))

    assert line["event"] == "paid Ana with ***"
    assert line["level"] == "warning"


def test_nothing_in_a_value_acts_on_the_reader() -> None:
    stream = io.StringIO()
    configure(stream=stream)

    structlog.get_logger("t").info("note", text="a\nb\x1b[31m\u202e\u2028\x7f\x85é")

    raw = stream.getvalue()
    assert raw.count("\n") == 1
    assert all(" " <= char <= "~" for char in raw.rstrip("\n"))
    assert json.loads(raw)["text"] == "a\nb\x1b[31m\u202e\u2028\x7f\x85é"


def test_a_terminal_shows_hidden_characters_as_escapes() -> None:
    stream = Terminal()
    configure(stream=stream)

    structlog.get_logger("t").info("note", text="José\n\u202e", more={"a": "\x1b[31mred"})

    shown = stream.getvalue()
    assert shown.count("\n") == 1
    assert "José" in shown
    assert "u000a" in shown
    assert "u202e" in shown
    assert "\u202e" not in shown
    assert "\x1b[31mred" not in shown


def test_a_message_inside_a_traceback_cannot_pose_as_a_line() -> None:
    stream = Terminal()
    configure(stream=stream)

    fail("broken\n2026-01-01 [info] all is well")

    below = stream.getvalue().splitlines()[1:]
    assert below
    assert all(line.startswith("  | ") for line in below)


def test_a_traceback_is_part_of_the_line_and_holds_no_secret() -> None:
    line = logged(lambda: fail("refused xoxb-1-abc"))

    assert "ValueError: refused ***" in line["exception"]


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    configure("WARNING", stream=stream)

    structlog.get_logger("t").info("note")
    logging.getLogger("t").info("note")

    assert stream.getvalue() == ""


def test_libraries_that_log_what_they_were_sent_stay_quiet_even_when_debugging() -> None:
    stream = io.StringIO()
    configure("DEBUG", stream=stream)

    logging.getLogger("slack_bolt.AsyncApp").info("body: payload=%7B...")

    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzqqgy", "***"),
        ("token=xoxe.xoxp-1-Mi0yLTk0; next", "token=***; next"),
        ("xapp-1-A012-345-6789abc", "***"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("redis://user:p@ss@host:6379/0", "redis://user:***@host:6379/0"),
        ("rediss://:pass@host", "rediss://:***@host"),
        ("http://host:3000/path@2", "http://host:3000/path@2"),
        ("https://hooks.slack.com/actions/T0/1/abc?x", "https://hooks.slack.com/***"),
        ("copy the token (xoxb-...) from", "copy the token (xoxb-...) from"),
        ("a known-secret-value here", "a *** here"),
        ("short", "short"),
    ],
)
def test_secrets_are_masked(text: str, kept: str) -> None:
    redactor = Redactor(["known-secret-value", "short"])

    assert redactor.mask(text) == kept


def test_secrets_are_masked_wherever_they_hide() -> None:
    event = {
        "event": "xoxb-1-a",
        "list": ["xoxb-1-a", 1],
        "map": {"xoxb-1-a": {"b": "xoxb-1-a"}},
        "object": ValueError("xoxb-1-a"),
        "bytes": b"xoxb-1-a",
        "set": {"xoxb-1-a"},
        "nan": float("nan"),
        "plain": None,
    }

    clean = Redactor()(None, "info", event)

    assert "xox" not in json.dumps(clean)
    assert clean["nan"] == "nan"
    assert clean["list"] == ["***", 1]
    assert clean["plain"] is None


def logged(act: Any) -> dict[str, Any]:
    """What `act` logs, as the one line it becomes."""
    stream = io.StringIO()
    configure(stream=stream)
    act()
    [line] = stream.getvalue().splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def fail(message: str) -> None:
    try:
        raise ValueError(message)
    except ValueError:
        structlog.get_logger("t").exception("failed")


def test_a_value_that_becomes_known_later_is_masked_from_then_on() -> None:
    stream = io.StringIO()
    configure(stream=stream, secrets=["known-at-the-start"])

    hide(["Bearer key-of-the-agent-server", "short"])
    structlog.get_logger("t").info("note", text="key-of-the-agent-server, known-at-the-start, short")

    assert json.loads(stream.getvalue())["text"] == "***, ***, short"
