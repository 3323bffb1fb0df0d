"""Medians, ratios and verdicts of the table."""

from __future__ import annotations

from bench.figures import Spread, Target, beside, counted, percentile
from bench.report import table


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]

    assert [percentile(values, part) for part in (0.0, 0.5, 0.99, 1.0)] == [1.0, 3.0, 5.0, 5.0]


def test_a_ratio_is_taken_within_each_repetition() -> None:
    figure = beside("it", "ms", [1.0, 10.0, 3.0], "floor", [2.0, 20.0, 6.0], Target(0.5))

    assert figure.ratio == Spread(0.5, 0.5, 0.5)
    assert figure.verdict == "yes"


def test_a_gain_says_how_many_times_better() -> None:
    figure = beside("it", "ms", [2.0], "stock", [12.0], Target(5, at_least=True), gain=True)

    assert figure.ratio == Spread(6.0, 6.0, 6.0)
    assert figure.verdict == "yes"


def test_a_missed_target_stands_out() -> None:
    assert counted("it", "1", [13], Target(12)).verdict == "**no**"


def test_the_table_shows_the_spread() -> None:
    row = table([counted("it", "1/s", [1.0, 2.0, 9.0], Target(20))]).splitlines()[-1]

    assert row == "| it | 1/s | 2 (1-9) | - | - | - | at most 20 | yes |"
