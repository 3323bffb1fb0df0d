"""What the documents point to exists: files, headings, metrics, commands, settings, pictures."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from bot.cli import main
from bot.config import SETTINGS
from bot.telemetry import EVENTS, METRICS
from tests.markdown import anchors, links, prose

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LARGEST = 150 * 1024  # bytes of a picture

documents = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


@documents
def test_links_lead_to_a_file_or_a_heading(path: Path) -> None:
    targets = [target for target in links(path) if not target.startswith("https://")]

    assert [target for target in targets if not _leads_somewhere(path, target)] == []


@documents
def test_commands_are_those_of_the_command_line(path: Path) -> None:
    named = re.findall(r"`(?:approvals|docker compose exec bot approvals) ([a-z][a-z ]*)", path.read_text())

    assert [words for words in named if not _is_command(words.split())] == []


@documents
def test_metrics_are_those_that_are_counted(path: Path) -> None:
    told = set(re.findall(r"`(approvals_[a-z_]+)`", path.read_text()))
    counted = {metric.name for metric in METRICS}

    assert told - counted == set()


@documents
def test_settings_are_those_that_are_read(path: Path) -> None:
    known = {setting.name for setting in SETTINGS}
    named = set(re.findall(r"`\$?((?:APPROVALS|SLACK|LANGGRAPH)_[A-Z_]+)`", path.read_text()))

    assert named - known == set()


@documents
def test_code_that_is_named_is_there(path: Path) -> None:
    text = path.read_text()
    named = {*re.findall(r"`((?:bot|graphs|tests|docs)/[\w/.]+)`", text)}
    named |= {f"bot/{part}" for part in re.findall(r"`((?:core|approvals|slack|runs|work)/\w+\.py)`", text)}

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_log_lines_named_in_the_operations_guide_are_written() -> None:
    """The guide tells what to look for in the log in words that the log uses."""
    text = prose(ROOT / "docs/operations.md")
    told = re.findall(r"[Tt]he log(?: line| says)? `([a-z ]+)`", text)

    assert told
    assert [phrase for phrase in told if phrase not in EVENTS] == []


def test_pictures_are_small_and_all_are_shown() -> None:
    pictures = sorted((ROOT / "docs/pictures").rglob("*.png"))
    shown = {path.parent / target for path in DOCUMENTS for target in links(path) if target.endswith(".png")}

    assert set(pictures) == shown
    assert [picture.name for picture in pictures if picture.stat().st_size > LARGEST] == []


def test_decisions_are_dated() -> None:
    titles = re.findall(r"^### (.+)$", (ROOT / "docs/decisions.md").read_text(), re.MULTILINE)

    assert len(titles) > 15
    assert [title for title in titles if not re.match(r"20\d\d-\d\d-\d\d: ", title)] == []


def _leads_somewhere(path: Path, target: str) -> bool:
    name, _, heading = target.partition("#")
    there = (path.parent / name) if name else path
    return there.exists() and (not heading or heading in anchors(there))


def _is_command(words: list[str]) -> bool:
    command: click.Command | None = main
    for word in words:
        if not isinstance(command, click.Group):
            return True  # an argument, not a command
        command = command.commands.get(word)
    return command is not None
