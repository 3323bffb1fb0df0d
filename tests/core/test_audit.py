"""The audit trail: a whole chain is silent, and every change to it is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.audit import Entry, Fact, chained, faults, mac
from bot.core.model import Approval
from tests.blocks.samples import NOW, approval

KEY = b"audit-key"


def _trail(length: int = 4) -> tuple[Approval, list[Entry]]:
    made, entries = approval(), []
    for number, fact in zip(
        range(length), [Fact.ASKED, Fact.VOTED, Fact.DECIDED, Fact.APPLIED], strict=False
    ):
        made, entry = chained(made, KEY, fact, at=NOW + number, by="U0ANA", data={"step": number})
        entries.append(entry)
    return made, entries


def test_a_whole_chain_has_no_faults() -> None:
    made, entries = _trail()

    assert faults(entries, KEY, head=made.audit_head) == []
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]


def test_the_approval_remembers_its_last_entry() -> None:
    made, entries = _trail()

    assert (made.audit_seq, made.audit_head) == (4, entries[-1].mac)


@pytest.mark.parametrize(
    "change",
    [
        {"by": "U0BEN"},
        {"at": NOW + 99},
        {"fact": Fact.REFUSED},
        {"data": {"step": 9}},
        {"approval_id": "another-approval"},
        {"thread_id": "another-thread"},
        {"by": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_named(change: dict[str, Any]) -> None:
    _, entries = _trail()
    entries[1] = replace(entries[1], **change)

    assert any("entry 2 was changed" in fault for fault in faults(entries, KEY))


def test_an_entry_changed_and_resealed_with_another_key_is_named() -> None:
    _, entries = _trail()
    forged = replace(entries[1], by="U0BEN")
    entries[1] = replace(forged, mac=mac(forged, b"another key"))

    assert any("entry 2 was changed" in fault for fault in faults(entries, KEY))


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_entry_is_named(missing: int) -> None:
    _, entries = _trail()
    del entries[missing]

    assert any(f"entry {missing + 1} is missing" in fault for fault in faults(entries, KEY))


def test_entries_missing_at_the_end_are_named() -> None:
    made, entries = _trail()

    assert [
        "the last entries are missing" in fault for fault in faults(entries[:-1], KEY, head=made.audit_head)
    ] == [True]


def test_a_trail_that_is_gone_is_named() -> None:
    made, _ = _trail()

    assert len(faults([], KEY, head=made.audit_head)) == 1


def test_exchanged_entries_are_named() -> None:
    _, entries = _trail()
    entries[1], entries[2] = entries[2], entries[1]

    assert faults(entries, KEY) != []


def test_another_key_fits_no_entry() -> None:
    _, entries = _trail()

    assert len(faults(entries, b"another key")) == 4


@given(st.lists(st.text(max_size=8), max_size=4), st.one_of(st.none(), st.text(max_size=8)))
def test_any_words_can_be_chained_even_lone_surrogates(words: list[str], by: str | None) -> None:
    made, entry = chained(
        approval(), KEY, Fact.COMMENTED, at=NOW, by=by, data={"words": words, "odd": "\ud800"}
    )

    assert faults([entry], KEY, head=made.audit_head) == []
