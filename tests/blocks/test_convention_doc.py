"""docs/payloads.md says what the code does."""

from __future__ import annotations

import json
from pathlib import Path

from bot.blocks.details import BODY, DIFF, FIELDS, VALUE
from bot.core.payload import CONVENTION, content
from bot.core.risk import WORDS
from bot.core.table import WIDEST
from tests.blocks.samples import request
from tests.markdown import examples, table

DOC = Path(__file__).parents[2] / "docs/payloads.md"


def test_the_table_names_every_key_of_the_convention() -> None:
    assert {key.strip("`") for key, *_ in table(DOC, "key")} == set(CONVENTION)


def test_the_limits_and_words_are_those_of_the_code() -> None:
    text = DOC.read_text()

    assert f"more than {FIELDS} fields, {VALUE} characters in a field or {BODY:,} in a body" in text
    assert BODY == DIFF
    assert f"{WIDEST} columns" in text
    assert all(f'`"{word}"`' in text for word in WORDS)


def test_the_example_uses_all_of_it_and_nothing_is_left_as_json() -> None:
    [example] = examples(DOC, "json")
    told = content(request(json.loads(example)))

    assert told.title
    assert told.summary
    assert told.diff == "-credit line: $20,000\n+credit line: $50,000\n term: 30 days"
    assert told.attachments == (("Report", "https://files.example.com/acme/report.pdf"),)
    assert told.fields[0] == ("Risk", "medium")
    assert [name for name, value in told.fields if "{" in value] == []
