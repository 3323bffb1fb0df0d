"""Read Markdown as a test needs it: its examples, its links, its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"(?<!`)!?\[[^\]]+\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block: its language and its text, without the indentation of the list it stands in."""

    language: str
    text: str


def examples(path: Path, language: str) -> list[str]:
    """The text of every example in this language, in order."""
    return [example.text for example in _examples(path.read_text()) if example.language == language]


def _examples(text: str) -> Iterator[Example]:
    for found in FENCE.finditer(text):
        lines = [line.removeprefix(found["indent"]) for line in found["text"].splitlines()]
        yield Example(found["language"], "\n".join(lines))


def prose(path: Path) -> str:
    """The document without its examples."""
    return FENCE.sub("", path.read_text())


def links(path: Path) -> list[str]:
    """Where the document points: addresses, files, headings of its own (`#...`)."""
    return [found["target"] for found in LINK.finditer(prose(path))]


def anchors(path: Path) -> set[str]:
    """The names of its headings, as GitHub makes them: lower case, dashes for spaces, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def table(path: Path, first: str) -> list[list[str]]:
    """The rows of the table whose first heading is this, without its heading."""
    lines = path.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
