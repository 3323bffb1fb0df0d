"""Medians, percentiles and the spread over repetitions: nothing is reported without all three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

MS = 1000.0


@dataclass(frozen=True, slots=True)
class Spread:
    """One number per repetition: the lowest, the middle and the highest."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(min(values), median(values), max(values))

    def __str__(self) -> str:
        if self.low == self.high:
            return _short(self.middle)
        return f"{_short(self.middle)} ({_short(self.low)}-{_short(self.high)})"


@dataclass(frozen=True, slots=True)
class Target:
    """What a number should come to."""

    limit: float
    at_least: bool = False

    def reached(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {_short(self.limit)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ratio` is taken within each repetition, so that shared noise cancels.

    Without `theirs` the number itself is compared with the target: it was counted, not timed.
    """

    what: str
    unit: str
    ours: Spread
    beside: str = "-"
    theirs: Spread | None = None
    ratio: Spread | None = None
    target: Target | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.target is None:
            return "-"
        judged = self.ratio if self.ratio is not None else self.ours
        return "yes" if self.target.reached(judged.middle) else "**no**"


def beside(
    what: str,
    unit: str,
    ours: Sequence[float],
    name: str,
    theirs: Sequence[float],
    target: Target | None = None,
    *,
    gain: bool = False,
    note: str = "",
) -> Figure:
    """A line with a ratio: ours / theirs, or with `gain` theirs / ours (how many times better a time is)."""
    pairs = list(zip(ours, theirs, strict=True))
    ratio = Spread.of([theirs / ours if gain else ours / theirs for ours, theirs in pairs])
    return Figure(what, unit, Spread.of(ours), name, Spread.of(theirs), ratio, target, note)


def counted(what: str, unit: str, values: Sequence[float], target: Target | None, note: str = "") -> Figure:
    """A line without a rival: the number stands for itself."""
    return Figure(what, unit, Spread.of(values), target=target, note=note)


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` (0 to 1) of all values do not exceed (nearest rank)."""
    return sorted(values)[max(0, ceil(part * len(values)) - 1)]


def _short(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
