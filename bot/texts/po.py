"""Read a `.po` file, the form that translators and their tools know, into a catalogue.

https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from gettext import c2py

from bot.texts.spoken import Catalogue

LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[[0-9]\])?)\s+)?("(?:[^"\\]|\\["\\nt])*")')
# The context of what `recorded` marks.
RECORD = "record"

PLURAL = re.compile(r"plural\s*=\s*([^;]+);")


class BrokenCatalogue(ValueError):
    """A line that no catalogue of ours can have; the message names it."""


def read_po(text: str, name: str) -> Catalogue:
    """The catalogue; `name` is the file, for the error. Raises BrokenCatalogue.

    What a translator has marked as fuzzy is not used, as everywhere: nobody has looked at it yet.
    """
    sentences: dict[str, str] = {}
    recorded: dict[str, str] = {}
    forms: dict[str, tuple[str, ...]] = {}
    for entry in _entries(text, name):
        said = tuple(entry[key] for key in sorted(entry) if key.startswith("msgstr["))
        if said and all(said):
            forms[entry["msgid"]] = said
        elif entry.get("msgstr"):
            sentences[entry["msgid"]] = entry["msgstr"]
            if entry.get("msgctxt") == RECORD:
                recorded[entry["msgid"]] = entry["msgstr"]
    head = _head(sentences.pop("", ""))
    plural = PLURAL.search(head.get("Plural-Forms", ""))
    if plural is None or "Language" not in head:
        raise BrokenCatalogue(f"{name}: the head must name Language and Plural-Forms")
    return Catalogue(
        head["Language"], sentences, recorded, forms, c2py(plural[1]), head.get("X-Thousands") or ","
    )


def _head(text: str) -> Mapping[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def _entries(text: str, name: str) -> Iterator[Mapping[str, str]]:
    for block in re.split(r"\n{2,}", text.strip()):
        lines = block.splitlines()
        entry: dict[str, str] = {}
        key = ""
        for line in lines:
            if line.startswith("#"):
                continue
            found = LINE.fullmatch(line.strip())
            if found is None or not (found[1] or key):
                raise BrokenCatalogue(f"{name}: not understood: {line}")
            key = found[1] or key
            entry[key] = entry.get(key, "") + ast.literal_eval(found[2])
        if entry and "#, fuzzy" not in lines:
            yield entry
