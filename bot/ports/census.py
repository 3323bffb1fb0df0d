"""What the record holds at a moment, counted for whoever watches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# How long an approval has waited: the name of the span, and where it begins, in seconds. Oldest first.
AGES: tuple[tuple[str, float], ...] = (
    ("over_7d", 7 * 86_400.0),
    ("1d_to_7d", 86_400.0),
    ("4h_to_1d", 4 * 3600.0),
    ("1h_to_4h", 3600.0),
    ("under_1h", 0.0),
)


@dataclass(frozen=True, slots=True)
class Census:
    """How many approvals there are of each kind; what there is none of may be missing."""

    pending: Mapping[tuple[str, str], int]  # (graph, name of the age)
    in_work: Mapping[tuple[str, str], int]  # (graph, state): decided or failed
    oldest_in_work: float  # seconds since the last change of the one that waits longest; 0: none
