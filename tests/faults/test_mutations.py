"""A handful of seeded design bugs, each noticed; `make faults` seeds them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.mutations import MUTATIONS, ROOT, Mutation, catch, copied_tree

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
