"""How the core says a word of its own: in English, unless whoever draws it says it otherwise."""

from __future__ import annotations

from typing import Protocol


class Say(Protocol):
    """Fills `{}` in a sentence of ours. The core marks the sentence; who calls it chooses the language."""

    def __call__(self, template: str, *values: object) -> str: ...


def english(template: str, *values: object) -> str:
    """As it is written, for whatever must not depend on a language."""
    return template.format(*values)
