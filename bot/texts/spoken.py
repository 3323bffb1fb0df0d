"""A catalogue of our sentences in one language, and which one holds while a face is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache


def _singular_is_one(number: int) -> int:
    return 0 if number == 1 else 1


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Our sentences in one language, by their English; what is not in it stays English.

    `recorded` are those that stand in the record (see `marks.py`), which are known again by their English.
    `forms` are the plural forms by the English singular, `form` says which of them a number takes.
    """

    language: str = "en"  # as in HTML's `lang`
    sentences: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    form: Callable[[int], int] = _singular_is_one
    thousands: str = ","


ENGLISH = Catalogue()

# Each request and each task has a context of its own, so one never speaks another's language.
_SPOKEN: ContextVar[Catalogue] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(catalogue: Catalogue) -> Iterator[None]:
    """Everything that is drawn inside the block is said in this language."""
    before = _SPOKEN.set(catalogue)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> Catalogue:
    """The language of now."""
    return _SPOKEN.get()


def translated(sentence: str) -> str:
    """A sentence of ours in the language of now; never for other people's words, which are not ours."""
    return _SPOKEN.get().sentences.get(sentence, sentence)


def counted(number: int, one: str, many: str) -> str:
    """The form that goes with the number, as `{} card` or `{} cards`."""
    catalogue = _SPOKEN.get()
    forms = catalogue.forms.get(one)
    return (one, many)[_singular_is_one(number)] if forms is None else forms[catalogue.form(number)]


def retold(sentence: str) -> str:
    """A sentence out of the record in the language of now; one that is not ours as it is."""
    known = _SPOKEN.get().recorded
    if not known or sentence in known:
        return known.get(sentence, sentence)
    for template, pattern in _patterns(tuple(known)):
        found = pattern.fullmatch(sentence)
        if found is not None:
            return known[template].format(*(retold(value) for value in found.groups()))
    return sentence


@cache
def _patterns(templates: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What each template with values in it looks like when they are filled in."""
    filled = [one for one in templates if "{}" in one]
    return tuple((one, re.compile(re.escape(one).replace(r"\{\}", "(.*)"), re.DOTALL)) for one in filled)
