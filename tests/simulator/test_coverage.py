"""The list of what is simulated agrees with the code, with the tests and with the manual."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.simulator.api import METHODS
from bot.simulator.control import PEOPLE_DO
from bot.simulator.coverage import TABLES, Covered, Level, markdown

HERE = Path(__file__).parent
MANUAL = HERE.parents[1] / "docs" / "simulator.md"
ROWS = [row for rows in TABLES.values() for row in rows]


def test_every_method_is_listed() -> None:
    assert answered("Web API") == set(METHODS)


def test_everything_people_do_is_listed() -> None:
    assert answered("What people do") == set(PEOPLE_DO)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_named_proof_exists(row: Covered) -> None:
    file, _, name = row.test.partition("::")

    assert bool(row.test) == (row.level is not Level.NOT_SUPPORTED)
    assert not row.test or re.search(
        rf"^(async )?def {name}\(", (HERE / f"{file}.py").read_text(), re.MULTILINE
    )


def test_what_is_missing_is_said() -> None:
    assert all(row.notes for row in ROWS if row.level is Level.PARTIAL)


def test_manual_shows_the_tables() -> None:
    _, _, shown = MANUAL.read_text().partition("<!-- made by bot.simulator.coverage -->\n")

    assert shown.strip() == markdown().strip()


def answered(table: str) -> set[str]:
    return {row.name for row in TABLES[table] if row.level is not Level.NOT_SUPPORTED}
