"""docs/shapes.md and the README's table, from the table of shapes: `python -m tests.payloads.document`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.payloads.shapes import ID, SHAPES, Gesture, Shape

DOC = Path(__file__).parents[2] / "docs/shapes.md"
README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- shapes -->\n", "<!-- end of shapes -->"
TABLE = "| the graph asks | card | pressed, and what the graph gets |\n| --- | --- | --- |\n"
HEAD = f"""# Every payload shape

What a graph asks, the card it becomes, and the exact answer the graph gets. Each row is played by a test
through the local Slack, the bot and a real graph; this page and its pictures are made from the same table,
`tests/payloads/shapes.py`. `{ID}` stands for the approval's id.

{TABLE}"""


def text() -> str:
    """The whole page."""
    rows = "\n".join(_row(shape) for shape in SHAPES)
    return f"{HEAD}{rows}\n\n## What each graph asked\n\n" + "\n".join(_asked(shape) for shape in SHAPES)


def in_readme(readme: str) -> str:
    """The README with the same rows between its two marks; what each graph asked is a link away."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    rows = "\n".join(_row(shape, page="docs/shapes.md", folder="docs/") for shape in SHAPES)
    return f"{before}{BEGIN}{TABLE}{rows}\n{END}{after}"


def _row(shape: Shape, *, page: str = "", folder: str = "") -> str:
    picture = f"![{_alternative(shape)}]({folder}pictures/shapes/{shape.name}.png)"
    gestures = "<br>".join(_gesture(one) for one in shape.gestures)
    return f"| [{shape.title}]({page}#{shape.name}) | {picture} | {gestures} |"


def _alternative(shape: Shape) -> str:
    return f"The card of “{shape.name}”, with {', '.join(one.press for one in shape.gestures)}"


def _gesture(gesture: Gesture) -> str:
    return f"{_plain(gesture.told)}: `{_json(gesture.answer)}`"


def _plain(words: str) -> str:
    """What was typed, so that nothing of it is Markdown."""
    return words.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _asked(shape: Shape) -> str:
    lines = [
        f"### {shape.name}",
        "",
        "```json",
        json.dumps(shape.payload, indent=2, ensure_ascii=False),
        "```",
    ]
    if shape.schema is not None:
        schema = json.dumps(shape.schema, indent=2, ensure_ascii=False)
        lines += ["", "with `response_schema`", "", "```json", schema, "```"]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    DOC.write_text(text())
    README.write_text(in_readme(README.read_text()))
