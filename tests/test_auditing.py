"""The rows of an exported trail."""

from __future__ import annotations

import csv

import pytest

from bot.auditing import COLUMNS, FORMS
from bot.core.model import JSON

ENTRY: dict[str, JSON] = {
    "approval": "A1",
    "thread": "T1",
    "seq": 1,
    "at": "2026-11-21T09:00:00+00:00",
    "fact": "voted",
    "by": None,
    "data": {"text": 'he said "no",\nthen yes'},
    "redacted": {},
    "prev": "",
    "mac": "m",
}


def _row(**changes: str) -> dict[str, str]:
    line = FORMS["csv"]({**ENTRY, **changes})
    assert "\n" not in line
    return dict(zip(COLUMNS, next(csv.reader([line])), strict=True))


def test_a_row_has_every_column_on_one_line() -> None:
    row = _row()

    assert (row["approval"], row["seq"], row["by"]) == ("A1", "1", "")
    assert row["data"] == '{"text": "he said \\"no\\",\\nthen yes"}'


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(formula: str) -> None:
    assert _row(thread=formula)["thread"] == f"'{formula}"
