"""Five hundred generated states through the real saver on a real server; a loss would be seen."""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bot.runs.serializer import ExactSerializer
from tests.runs.conftest import NewSaver
from tests.runs.imports import listening
from tests.runs.many_states import Tally, kept, run
from tests.runs.shapes import Money


@pytest.mark.timeout(300)
def test_every_state_comes_back_as_it_was_and_nothing_is_imported_for_it(tmp_path: Path) -> None:
    tally = run(500, 1, tmp_path / "redis")

    assert tally.states >= 500
    assert (tally.different, tally.imported) == ([], [])


async def test_a_reader_that_loses_a_type_would_be_seen(new_saver: NewSaver) -> None:
    here, there, tally = new_saver(), new_saver(), Tally()
    here.trust([(Money.__module__, "Money")])
    there.serde = ExactSerializer()
    await kept(here, there, {"first": Money(1), "second": [1]}, {}, tally)

    assert len(tally.different) == 2  # in the checkpoint, and in the question


@pytest.mark.parametrize("name", ["colorsys", "no_such_module_at_all"])
def test_an_import_would_be_heard(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delitem(sys.modules, name, raising=False)
    heard = list[str]()
    with listening(heard), suppress(ModuleNotFoundError):
        importlib.import_module(name)

    assert heard == [name]
