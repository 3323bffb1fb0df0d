"""How much is at stake: the word an author may give with a question, read so that doubt counts as much."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from bot.core.model import JSON


class Risk(IntEnum):
    """From little to a great deal; they compare."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """`low`, as payloads and approvals.toml write it."""
        return self.name.lower()


WORDS: Mapping[str, Risk] = {risk.word: risk for risk in Risk}


def risk_of(payload: JSON) -> Risk | None:
    """What the payload's `risk` says; None where it says nothing. A word nobody knows is the highest."""
    if not isinstance(payload, Mapping) or payload.get("risk") is None:
        return None
    said = payload["risk"]
    return WORDS.get(said.strip().lower(), Risk.CRITICAL) if isinstance(said, str) else Risk.CRITICAL
