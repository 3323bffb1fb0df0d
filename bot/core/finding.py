"""What a check found: the words that `/readyz`, the start of the bot and `approvals doctor` share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"  # works, but an operator should know
    ERROR = "error"  # does not work: not ready


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `code` is stable and for machines; `sentence` says what is so and what to do."""

    level: Level
    code: str
    sentence: str
