"""The table as Markdown, with what it was taken on and how to read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.figures import Figure
from bench.plan import Plan

COLUMNS = ("what", "unit", "ours", "beside", "theirs", "ratio", "to reach", "reached")

INTRODUCTION = """\
# Results

Written by `make bench`; how it is measured, and what was learnt, is in `docs/performance.md`.
Each number is the median of {reps} interleaved repetitions, with the lowest and the highest in brackets.
Ratios are taken within each repetition; absolute times belong to this machine alone.
"""


def written(machine: Sequence[str], plan: Plan, rows: Mapping[str, Sequence[Figure]], left_out: str) -> str:
    """The whole document."""
    parts = [INTRODUCTION.format(reps=plan.reps), *(f"- {line}" for line in machine), ""]
    parts.append(table([figure for figures in rows.values() for figure in figures]))
    notes = [f"- {figure.what}: {figure.note}" for row in rows.values() for figure in row if figure.note]
    parts += ["", "Notes", "", *notes, "", left_out]
    return "\n".join(parts).rstrip() + "\n"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *(_cells(figure) for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(figure: Figure) -> tuple[str, ...]:
    optional = (figure.theirs, figure.ratio, figure.target)
    theirs, ratio, target = ("-" if one is None else str(one) for one in optional)
    return (figure.what, figure.unit, str(figure.ours), figure.beside, theirs, ratio, target, figure.verdict)
