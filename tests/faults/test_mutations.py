"""A handful of seeded design bugs, each noticed; `make faults` seeds them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.mutations import (
    INVARIANTS,
    MUTATIONS,
    ROOT,
    TABLE,
    Mutation,
    catch,
    copied_tree,
    known,
    written,
)

QUICK = (
    "the answer is sent again after the node failed",
    "no look whether the payload is the one shown",
    "what is applied is noted before what follows from it",
    "the revision of the button is not checked",
    "audit entries are not chained",
)


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    with copied_tree() as tree:
        yield tree


@pytest.mark.processes
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "mutation", [one for one in MUTATIONS if one.name in QUICK], ids=lambda one: one.name
)
def test_a_seeded_bug_is_noticed(mutation: Mutation, tree: Path) -> None:
    caught = catch(mutation, tree)

    assert caught.by is not None


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_every_bug_can_still_be_seeded(mutation: Mutation) -> None:
    edits = [(mutation.file, mutation.good), *([mutation.also[:2]] if mutation.also else [])]

    for name, good in edits:
        assert (ROOT / name).read_text().count(good) == 1, f"renew the mutation: {name} has changed"


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_every_promise_has_a_bug_that_breaks_it_and_was_caught(invariant: str) -> None:
    caught = known(TABLE.read_text())
    breaking = [mutation.name for mutation in MUTATIONS if invariant in mutation.breaks]

    assert breaking
    assert [name for name in breaking if name not in caught] == []


def test_every_bug_breaks_a_promise() -> None:
    assert [one.name for one in MUTATIONS if not one.breaks or set(one.breaks) - set(INVARIANTS)] == []


def test_the_document_has_every_bug_and_nothing_else() -> None:
    text = TABLE.read_text()

    assert set(known(text)) == {mutation.name for mutation in MUTATIONS}, "run tests.faults.mutations --write"
    assert written(text, known(text)) == text, "run tests.faults.mutations --write"
