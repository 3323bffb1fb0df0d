"""Say what changed between two revisions of the same question."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from bot.core.payload import Content


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed; before or after is None where it was added or removed."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed: fields one by one, the body as unified lines with -, + and a leading space."""

    changes: tuple[Change, ...] = ()
    lines: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes or self.lines)


def diff(before: Content, after: Content) -> Diff:
    """The changes from `before` to `after`; empty when a person would see no difference."""
    changes = [
        Change(name, old or None, new or None)
        for name, old, new in (
            ("Title", before.title, after.title),
            ("Summary", before.summary, after.summary),
        )
        if old != new
    ]
    old_fields, new_fields = dict(before.fields), dict(after.fields)
    for name in [*new_fields, *(name for name in old_fields if name not in new_fields)]:
        if old_fields.get(name) != new_fields.get(name):
            changes.append(Change(name, old_fields.get(name), new_fields.get(name)))
    return Diff(tuple(changes), body_lines(before.body, after.body))


def body_lines(before: str, after: str) -> tuple[str, ...]:
    """Changed lines with one line of context around them; no file headers."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))
    # The first two lines are file headers; a removed line "-- x" looks like one, so count, do not match.
    return tuple(line for line in lines[2:] if not line.startswith("@@"))
