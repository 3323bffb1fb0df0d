"""A table of rules that judges every cell of a product: the first rule that fits says what must happen."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """Some cells, what happens in them, and why."""

    expect: str
    because: str
    about: Mapping[str, frozenset[str]]


class Table:
    """The rows of one file, and the values of its dimensions."""

    def __init__(self, file: str) -> None:
        self._data: dict[str, Any] = tomllib.loads((Path(__file__).parent / file).read_text())
        self.names: Mapping[str, list[str]] = self._data["dimensions"]
        self.rows = tuple(self._rows())
        # For each value a number whose bits are the rows that fit it: cells are many, and this is quick.
        self._fitting = {
            name: {
                value: sum(1 << n for n, row in enumerate(self.rows) if value in row.about.get(name, {value}))
                for value in values
            }
            for name, values in self.names.items()
        }

    def row_of(self, cell: object) -> Row:
        """The first row that fits this cell."""
        fitting = -1
        for name, values in self._fitting.items():
            fitting &= values[getattr(cell, name)]
        assert fitting, f"no rule for {cell}"
        return self.rows[(fitting & -fitting).bit_length() - 1]

    def cells(self, **fixed: str) -> Iterator[dict[str, str]]:
        """Every point of the product, or of the part of it where some dimensions are fixed."""
        values = [[fixed[name]] if name in fixed else self.names[name] for name in self.names]
        for one in itertools.product(*values):
            yield dict(zip(self.names, one, strict=True))

    def plays(self, played: Mapping[str, Collection[str]]) -> bool:
        """Whether exactly these values can be played."""
        return {name: sorted(values) for name, values in played.items()} == {
            name: sorted(values) for name, values in self.names.items()
        }

    def _rows(self) -> Iterator[Row]:
        for row in self._data["rule"]:
            about = {key: self._values(key, row[key]) for key in self.names if key in row}
            assert set(row) == {"expect", "because", *about}, row
            yield Row(row["expect"], row["because"], about)

    def _values(self, dimension: str, names: list[str]) -> frozenset[str]:
        sets = self._data["sets"].get(dimension, {})
        values = frozenset(value for name in names for value in sets.get(name, [name]))
        assert values <= set(self.names[dimension]), values - set(self.names[dimension])
        return values
