"""Which languages there are, and which one a workspace reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.texts.po import read_po
from bot.texts.spoken import ENGLISH, Catalogue

# English needs no catalogue: it is what the code says.
LANGUAGES = ("en", "de")


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of LANGUAGES. Raises BrokenCatalogue."""
    if language == ENGLISH.language:
        return ENGLISH
    name = f"{language}.po"
    return read_po(files("bot.texts").joinpath(name).read_text(encoding="utf-8"), name)


@dataclass(frozen=True, slots=True)
class Languages:
    """The language of each workspace. One process serves one workspace, so one setting answers for all."""

    everywhere: Catalogue = ENGLISH

    @classmethod
    def set_to(cls, language: str) -> Languages:
        """The setting of this process; one of LANGUAGES."""
        return cls(catalogue(language))

    def of(self, team: str | None) -> Catalogue:
        """What people of this workspace read, by its id."""
        return self.everywhere
