"""The history of one approval, as `/approvals history` shows it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.blocks.history import history
from bot.core.audit import Entry, Fact, chained, redact
from bot.core.model import JSON, Approval
from tests.blocks.judge import message
from tests.blocks.samples import NOW, approval

KEY = b"audit-key"


def _trail(*facts: tuple[Fact, str | None, Mapping[str, JSON]]) -> tuple[Approval, list[Entry]]:
    made, entries = approval(), []
    for number, (fact, by, data) in enumerate(facts):
        made, entry = chained(made, KEY, fact, at=NOW + number, by=by, data=data)
        entries.append(entry)
    return made, entries


def test_it_says_who_did_what_and_why_somebody_was_refused() -> None:
    made, entries = _trail(
        (Fact.ASKED, None, {"digest": "d"}),
        (Fact.REFUSED, "U0CAT", {"why": "requester", "verdict": "approve"}),
        (Fact.VOTED, "U0ANA", {"verdict": "reject", "text": "too *late* <!channel>"}),
        (Fact.DECIDED, "U0ANA", {"verdict": "reject"}),
        (Fact.DECIDED, None, {"verdict": "reject"}),
    )
    face = history(made, entries, whole=True)

    message(face.text, face.blocks)
    assert "The run asked" in face.text
    assert "<@U0CAT> tried and was refused: You asked for this" in face.text
    assert "<@U0ANA> voted: reject, too *late* &lt;!channel&gt;" in face.text
    assert "The deadline decided: reject" in face.text
    assert "5 entries; the chain is whole" in str(face.blocks[-1])


def test_a_broken_chain_is_said() -> None:
    made, entries = _trail((Fact.ASKED, None, {}))

    assert "This trail was changed" in str(history(made, entries, whole=False).blocks[-1])


def test_a_redacted_value_is_not_shown() -> None:
    made, entries = _trail((Fact.VOTED, "U0ANA", {"verdict": "approve", "text": "secret"}))

    face = history(made, [redact(entry, ["text"], KEY) for entry in entries], whole=True)

    assert "secret" not in face.text + str(face.blocks)


@pytest.mark.parametrize(("number", "words"), [(41, "1 entry before these"), (90, "50 entries before these")])
def test_a_long_one_keeps_the_newest_and_says_so(number: int, words: str) -> None:
    made, entries = _trail(*((Fact.COMMENTED, "U0ANA", {"text": f"note {n}"}) for n in range(number)))
    face = history(made, entries, whole=True)

    message(face.text, face.blocks)
    assert words in str(face.blocks)
    assert f"note {number - 1}" in face.text + str(face.blocks)
    assert "note 0" not in str(face.blocks)


@pytest.mark.parametrize("fact", Fact)
def test_every_fact_has_a_line(fact: Fact) -> None:
    made, entries = _trail((fact, None, {}))

    face = history(made, entries, whole=True)

    message(face.text, face.blocks)
    assert len(face.blocks) == 4
