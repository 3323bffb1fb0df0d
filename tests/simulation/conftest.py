"""Simulations run without the product's log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.quiet import quiet


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet():
        yield
