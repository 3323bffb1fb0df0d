"""How long and how often: one value that every row reads, so that a trial run is the same run, shorter."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SEED = 20_261_121


@dataclass(frozen=True, slots=True)
class Plan:
    """`scale` multiplies every count; `folder` takes the servers' data and logs."""

    folder: Path
    reps: int = 5
    scale: float = 1.0
    largest: int = 1_000_000
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def count(self, full: int, least: int = 2) -> int:
        """So many of something, at this scale."""
        return max(least, round(full * self.scale))

    def turns(self, names: Sequence[str]) -> Iterator[str]:
        """Every name once per repetition, each time in another order: no one always goes first."""
        for _ in range(self.reps):
            yield from self.chance.sample(names, len(names))
