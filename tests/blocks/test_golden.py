"""Each face is kept as a file in tests/golden, so that a changed look shows in review.

UPDATE_GOLDEN=1 writes the files anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.blocks import judge
from tests.blocks.faces import MESSAGES, VIEWS

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("name", MESSAGES)
def test_message_looks_as_in_its_golden_file_and_slack_would_take_it(name: str) -> None:
    face = MESSAGES[name]()
    judge.message(face.text, face.blocks)

    assert _golden(name, {"text": face.text, "blocks": list(face.blocks)})


@pytest.mark.parametrize("name", VIEWS)
def test_modal_looks_as_in_its_golden_file_and_slack_would_take_it(name: str) -> None:
    view = VIEWS[name]()
    judge.view(view)

    assert _golden(name, view)


def test_no_golden_file_is_left_over() -> None:
    kept = {path.stem for path in GOLDEN.glob("*.json")}

    assert kept == {*MESSAGES, *VIEWS}


def _golden(name: str, made: Any) -> bool:
    path = GOLDEN / f"{name}.json"
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(text)
    assert json.loads(path.read_text()) == json.loads(text)
    return True
