"""Compare two texts line by line, leaving no line of either out; fold what did not change for a card."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import groupby

from bot.core.wording import Say, english
from bot.texts.marks import marked

# Comparing takes the square of the lines at worst: beyond this, old lines are told before new ones.
MOST = 1_000

AROUND = 2  # lines of context that stay on either side of a change
FOLDS = 6  # shorter runs of context are not worth a fold
UNCHANGED = marked("… {} lines without a change")


def compared(before: str, after: str) -> str:
    """Every line of both: `-` only before, `+` only after, a leading space in both."""
    return "\n".join(_lines(before.split("\n") if before else [], after.split("\n") if after else []))


def _lines(old: list[str], new: list[str]) -> Iterator[str]:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    yield from (f" {line}" for line in old[:start])
    old, new = old[start:], new[start:]
    matcher = difflib.SequenceMatcher(None, old[:MOST], new[:MOST], autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield from (f" {line}" for line in old[i:j])
            continue
        yield from (f"-{line}" for line in old[i:j])
        yield from (f"+{line}" for line in new[k:m])
    yield from (f"-{line}" for line in old[MOST:])
    yield from (f"+{line}" for line in new[MOST:])


def folded(diff: str, say: Say = english) -> str:
    """The same with long runs of context replaced by how many lines they have."""
    made: list[str] = []
    for is_context, group in groupby(diff.split("\n"), key=lambda line: line.startswith(" ")):
        lines = list(group)
        hidden = len(lines) - 2 * AROUND
        if is_context and hidden >= FOLDS:
            lines = [*lines[:AROUND], say(UNCHANGED, f"{hidden:,}"), *lines[-AROUND:]]
        made += lines
    return "\n".join(made)
