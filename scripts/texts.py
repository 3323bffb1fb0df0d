"""Bring the catalogues up to date with the code: what is new is added, what is gone is dropped.

A sentence that changed is a new one: a translator looks at it again. Translations stay as they are.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.texts.po import read_po

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "bot/texts"

# The functions whose first argument is a sentence of ours.
MARKS = ("marked", "recorded", "say", "mrkdwn", "translated")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One entry: the English, its plural, and whether it may stand in the record."""

    english: str
    plural: str | None = None
    recorded: bool = False


def keys(root: Path = ROOT) -> dict[Key, str]:
    """Every sentence that the code marks, with the first file it stands in, in the order of the files."""
    found: dict[Key, str] = {}
    for path in sorted((root / "bot").rglob("*.py")):
        for key in _keys(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(key, str(path.relative_to(root)))
    # What may stand in the record is found there and everywhere else: one entry serves both.
    return {
        key: name for key, name in found.items() if replace(key, recorded=True) not in found or key.recorded
    }


def _keys(tree: ast.Module) -> Iterator[Key]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="count"), args=[_, ast.Constant(value=str(thing))]):
                yield Key(f"{{}} {thing}", f"{{}} {thing}s")
            case ast.Call(
                func=ast.Name(id="counted"),
                args=[_, ast.Constant(value=str(one)), ast.Constant(value=str(many))],
            ):
                yield Key(one, many)
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(said)), *_]) if (
                name in MARKS and says_something(said)
            ):
                yield Key(said, recorded=name == "recorded")


def says_something(text: str) -> bool:
    """Whether there is a letter in it besides the places for values."""
    return re.search(r"[^\W\d_]", re.sub(r"\{[^}]*\}", "", text)) is not None


def renewed(old: str, found: Mapping[Key, str]) -> str:
    """The same catalogue for these sentences. What is new in it has no translation yet."""
    head, known = old.split("\n\n", 1)[0].rstrip(), read_po(old, "the old catalogue")
    said = {**known.forms, **{english: (text,) for english, text in known.sentences.items()}}
    return (
        "\n\n".join([head, *(_entry(key, said.get(key.english, ()), name) for key, name in found.items())])
        + "\n"
    )


def _entry(key: Key, said: Sequence[str], name: str) -> str:
    lines = [f"#: {name}", *(['msgctxt "record"'] if key.recorded else []), f"msgid {_quoted(key.english)}"]
    if key.plural is None:
        lines.append(f"msgstr {_quoted(said[0] if said else '')}")
    else:
        lines.append(f"msgid_plural {_quoted(key.plural)}")
        lines += [f"msgstr[{n}] {_quoted(text)}" for n, text in enumerate(said or ("", ""))]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """As `.po` writes it: each line of the text on a line of its own."""
    quoted = [json.dumps(line, ensure_ascii=False) for line in text.splitlines(keepends=True)] or ['""']
    return quoted[0] if len(quoted) == 1 else "\n".join(['""', *quoted])


def main() -> None:
    """Write every catalogue anew, and tell which sentences wait for a translator."""
    found = keys()
    for path in sorted(LOCALES.glob("*.po")):
        made = renewed(path.read_text(encoding="utf-8"), found)
        path.write_text(made, encoding="utf-8")
        known = read_po(made, path.name)
        missing = [key.english for key in found if key.english not in {**known.sentences, **known.forms}]
        print(f"{path.name}: {len(found)} sentences, {len(missing)} of them without a translation")
        print(*(f"  {english!r}" for english in missing), sep="\n", end="\n" if missing else "")


if __name__ == "__main__":
    main()
