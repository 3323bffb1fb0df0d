"""Whatever a graph holds can be shown, the same in every process, and nothing of it is hidden."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from langchain_core.messages import AIMessage
from pydantic import SecretStr

from bot.core.digest import canonical, digest
from bot.runs.plain import one_line, plain
from tests.runs import shapes

INVOICE = shapes.Invoice(lines=[shapes.Line(amount=Decimal("1"))], remark="x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("10.10"), "10.10"),
        (datetime(2026, 11, 21, 9, 30, tzinfo=UTC), "2026-11-21T09:30:00+00:00"),
        (date(2026, 11, 21), "2026-11-21"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=3), "3:00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Path("/srv/a"), "/srv/a"),
        (shapes.Colour.RED, "red"),
        (shapes.Size.SMALL, "small"),
        (shapes.Level.LOW, 1),
        (shapes.Money(5, ("a",)), {"minor": 5, "parts": ["a"]}),
        (shapes.Point(1, {2, 1}), {"x": 1, "y": [1, 2]}),
        (INVOICE, {"lines": [{"amount": "1", "tags": []}], "note": "x"}),
        (b"hi", {"bytes": 2, "base64": "aGk="}),
        ((1, [2, {3}]), [1, [2, [3]]]),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (2**70, 2**70),
        ({1: "a", None: "b", (2, 3): "c"}, {"1": "a", "null": "b", "[2, 3]": "c"}),
        (ValueError("no\nway"), "ValueError: no way"),
        (AIMessage("Done."), {"type": "ai", "content": "Done."}),
        (SecretStr("s3cr3t"), "SecretStr: SecretStr('**********')"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_value_has_one_form(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_two_keys_that_look_alike_are_both_shown() -> None:
    assert plain({1: "number", "1": "text"}) == {"1": "number", "1 (str)": "text"}


def test_an_unknown_object_is_its_repr_without_its_address() -> None:
    told = plain(shapes.Opaque())

    assert told == "Opaque: <tests.runs.shapes.Opaque object>"


def test_a_long_repr_is_cut() -> None:
    class Long:
        def __repr__(self) -> str:
            return "x" * 5000

    assert plain(Long()) == "Long: " + "x" * 994


def test_what_is_nested_too_deep_is_cut_with_a_mark() -> None:
    value: list[Any] = []
    value.append(value)

    assert "nested deeper than 100 levels" in canonical(plain(value))


@shapes.patient
@given(shapes.values)
def test_everything_becomes_json_that_has_a_digest(value: Any) -> None:
    assert len(digest(plain(value))) == 64


def test_the_digest_is_the_same_in_another_process() -> None:
    script = (
        "from bot.core.digest import digest; from bot.runs.plain import plain;"
        "print(digest(plain({'tags': {'b', 'a', 'c', 1, (2, 3)}, 'thing': object(), 'x': frozenset('xyz')})))"
    )
    told = {
        subprocess.run(  # noqa: S603 (our own interpreter)
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(told) == 1


def test_an_error_is_one_line_of_limited_length() -> None:
    assert one_line(ValueError("a\n  b")) == "ValueError: a b"
    assert len(one_line("x" * 1000)) == 300
