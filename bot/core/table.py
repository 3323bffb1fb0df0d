"""Write a list of flat mappings as an aligned text table, where nothing gets lost or faked on the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from bot.core.model import JSON
from bot.core.wording import Say, english
from bot.texts.marks import marked

WIDEST = 76  # characters of a line: a preformatted block of a card wraps beyond that
COLUMNS = 8
BETWEEN = " | "
YES, NO, NONE = marked("yes"), marked("no"), marked("none")


def table(value: JSON, say: Say = english) -> str | None:
    """A header, a rule, a row for each mapping; None where the value is no table, or would not fit.

    Only rows with the very same keys make a table, and only of values that cannot be taken for a
    neighbour's: no line breaks, no bars, nothing invisible, no lists or mappings inside.
    """
    if not isinstance(value, list | tuple) or not value or not all(_is_row(row, value[0]) for row in value):
        return None
    names = [str(name) for name in value[0]]
    cells = [[_cell(row[name], say) for name in names] for row in value]
    told = [names, *cells]
    if not 0 < len(names) <= COLUMNS or any(not _is_clear(cell) for row in told for cell in row):
        return None
    widths = [max(map(_width, column)) for column in zip(*told, strict=True)]
    if sum(widths) + len(BETWEEN) * (len(names) - 1) > WIDEST:
        return None
    numbers = [all(_is_number(row[name]) for row in value) for name in names]
    rule = "-+-".join("-" * width for width in widths)
    head, *rows = [_line(row, widths, numbers) for row in told]
    return "\n".join([head, rule, *rows])


def _is_row(row: JSON, first: JSON) -> bool:
    return isinstance(row, Mapping) and isinstance(first, Mapping) and row.keys() == first.keys()


def _cell(value: JSON, say: Say) -> str:
    match value:
        case "":
            return '""'
        case str():
            return value
        case None:
            return say(NONE)
        case True | False:
            return say(YES) if value else say(NO)
        case int() | float():
            return str(value)
    return "\n"  # a list or a mapping: no cell


def _is_clear(cell: str) -> bool:
    return cell != "" and cell == cell.strip() and cell.isprintable() and "|" not in cell


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _line(row: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    cells = []
    for cell, width, is_number in zip(row, widths, numbers, strict=True):
        room = " " * (width - _width(cell))
        cells.append(room + cell if is_number else cell + room)
    return BETWEEN.join(cells).rstrip()


def _width(text: str) -> int:
    """How many columns the text takes: East Asian letters take two, accents of their own none."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)
