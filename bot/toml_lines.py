"""Find the line of a TOML file that a problem is about: `tomllib` keeps no positions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

Where = tuple[str | int, ...]  # the keys that lead to a value


def broken_line(text: str, malformed: tomllib.TOMLDecodeError) -> int:
    """The line the parser stopped at; it only says so in words, and at the end not even that."""
    found = re.search(r"at line (\d+)", str(malformed))
    return int(found[1]) if found else text.rstrip().count("\n") + 1


def line_of(text: str, where: Where) -> int:
    """The line of valid TOML where this key is set; where it is not set, its nearest table; else 1."""
    line, deepest, statement = 1, 0, ""
    table: Where = ()
    counts: dict[Where, int] = {}  # how many tables of each [[list]] were seen
    for number, row in enumerate(text.split("\n"), 1):
        statement += f"{row}\n"
        try:
            said = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # a value that goes on in the next line
        if statement.lstrip().startswith("["):
            table = _numbered(_spine(said), counts, is_new=statement.lstrip().startswith("[["))
            said = {}
        said = _nested(table, said)
        if (depth := _depth(where, said)) > deepest:
            line, deepest = number - statement.count("\n") + 1, depth
        statement = ""
    return line


def _spine(header: Mapping[str, Any]) -> tuple[str, ...]:
    """`{"graphs": {"refund": {}}}` -> `("graphs", "refund")`."""
    for key, inner in header.items():
        return (key, *_spine(inner)) if isinstance(inner, Mapping) else (key,)
    return ()


def _numbered(spine: Where, counts: dict[Where, int], *, is_new: bool) -> Where:
    """The keys of a header, with the number of each table that is one of a list."""
    where: Where = ()
    for number, key in enumerate(spine, 1):
        where = (*where, key)
        if is_new and number == len(spine):
            counts[where] = counts.get(where, -1) + 1
        if where in counts:
            where = (*where, counts[where])
    return where


def _nested(table: Sequence[str | int], said: dict[Any, Any]) -> dict[Any, Any]:
    for key in reversed(table):
        said = {key: said}
    return said


def _depth(where: Where, said: object) -> int:
    """How many of the keys lead somewhere in what was said."""
    if not where or not isinstance(said, Mapping) or where[0] not in said:
        return 0
    return 1 + _depth(where[1:], said[where[0]])
