"""docs/shapes.md is the table of shapes, and each of them has its picture."""

from __future__ import annotations

from tests.payloads.document import DOC, README, in_readme, text
from tests.payloads.shapes import SHAPES

LARGEST = 40 * 1024  # bytes of one picture


def test_the_page_is_the_table() -> None:
    """`python -m tests.payloads.document` writes it anew."""
    assert DOC.read_text() == text()


def test_the_table_in_the_readme_is_the_same() -> None:
    """`python -m tests.payloads.document` writes it anew."""
    assert README.read_text() == in_readme(README.read_text())


def test_each_shape_has_its_picture() -> None:
    """`make pictures` takes them."""
    pictures = {path.stem: path.stat().st_size for path in (DOC.parent / "pictures/shapes").glob("*.png")}

    assert pictures.keys() == {*(shape.name for shape in SHAPES), "batch"}
    assert {name: size for name, size in pictures.items() if size > LARGEST} == {}
