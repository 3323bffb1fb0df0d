"""A language made of brackets: whatever of ours has gone through the catalogue is seen to have done so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.core.payload import label
from bot.texts.spoken import Catalogue
from scripts.texts import keys, says_something

BLOCKS = Path(__file__).parents[1] / "blocks"

# What a face shows in a text of its own; the rest of a block are ids, values, styles and addresses.
SHOWN = ("text", "accessibility_label")

# Addresses, mentions and moments: Slack's own, written by it in each reader's language.
SLACKS = re.compile(r"<!date\^[^>]*>|<[@#!][^>|]*(?:\|[^>]*)?>|<https?://[^|>]*\|?|https?://\S+")
CODES = re.compile(r"\b(?:aprv_\w+|[0-9a-f]{8,}|x{2,}|[UCS]0[A-Z0-9]+)\b")


def bracketed(sentence: str) -> str:
    """Every piece between the places for values in brackets of its own, so that values stand outside."""
    pieces = re.split(r"(\{[^}]*\})", sentence)
    return "".join(f"⟦{piece}⟧" if says_something(piece) else piece for piece in pieces)


def pseudo() -> Catalogue:
    """Each sentence that the code marks, and no other."""
    found = keys()
    return Catalogue(
        "brackets",
        {key.english: bracketed(key.english) for key in found if key.plural is None},
        {key.english: bracketed(key.english) for key in found if key.recorded},
        {key.english: (bracketed(key.english), bracketed(key.plural)) for key in found if key.plural},
    )


def texts(block: Any, name: str = "") -> Iterator[str]:
    """Every text that a person reads or hears in a block."""
    if isinstance(block, Mapping):
        for key, value in block.items():
            yield from texts(value, key)
    elif isinstance(block, list | tuple):
        for one in block:
            yield from texts(one, name)
    elif isinstance(block, str) and name in SHOWN:
        yield block


def foreign(text: str, theirs: str) -> list[str]:
    """The pieces outside of brackets that hold a letter and are nobody else's words."""
    outside = CODES.sub("", SLACKS.sub("\n", re.sub(r"⟦[^⟧]*⟧?", "\n", text)))
    pieces = (
        piece.strip(" .,;:!()[]{}<>•*`'\"“”+-0123456789")
        for piece in re.split(r"\n|: |\"|, | · |› |\(|\)|&\w+;", outside)
    )
    return [piece for piece in pieces if says_something(piece) and piece not in theirs]


def words_of_others(names: Iterable[str] = ("samples", "faces", "looks", "nudges", "homes")) -> str:
    """What the samples of the tests say: payloads, schemas and names, with keys as labels too."""
    ours = {key.english for key in keys() if " " in key.english}
    found = [word for name in names for word in _constants(BLOCKS / f"{name}.py") if word not in ours]
    return "\n".join([*found, *map(label, found)])


def _constants(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
