"""What a graph keeps comes back as it was, and nothing that was kept makes us import or run anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy
import ormsgpack
import pytest
from hypothesis import given
from langgraph.checkpoint.serde import jsonplus
from langgraph.store.base import Item

from bot.runs.serializer import ExactSerializer, Unstorable, data_types
from tests.runs import shapes
from tests.runs.imports import listening
from tests.runs.shapes import described

MOMENT = datetime(2026, 1, 5, 14, 2, tzinfo=UTC)


def serializer() -> ExactSerializer:
    return ExactSerializer(data_types([shapes]))


@shapes.patient
@given(shapes.values)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    back = serializer().loads_typed(serializer().dumps_typed(value))

    assert described(back) == described(value)


@pytest.mark.parametrize(
    "value",
    [2**64, -(2**63) - 1, object(), len, 1j, shapes.Opaque(), shapes.Counted(1), [{"a": (shapes.Opaque(),)}]],
    ids=lambda value: type(value).__name__,
)
def test_what_could_not_come_back_is_refused(value: Any) -> None:
    with pytest.raises(Unstorable):
        serializer().dumps_typed({"deep": [value]})


@pytest.mark.parametrize(
    "value",
    [
        [bytearray(b"ab")],
        {"a": (bytearray(b""), {"b": bytearray(b"\xff")})},
        shapes.Tree(bytearray(b"x")),
        Item(value={"a": (1, {2})}, key="k", namespace=("n", "m"), created_at=MOMENT, updated_at=MOMENT),
    ],
    ids=["list", "deep", "in a dataclass", "item of a store"],
)
def test_what_msgpack_would_change_without_asking_is_exact_too(value: Any) -> None:
    back = serializer().loads_typed(serializer().dumps_typed({"kept": value}))["kept"]

    assert described(back) == described(value)


@pytest.mark.parametrize(
    "value",
    [
        memoryview(b"ab"),
        numpy.array([1, "a"], dtype=object),
        numpy.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    ],
    ids=["memoryview", "array of objects", "array with names"],
)
def test_what_would_come_back_as_something_else_is_refused(value: Any) -> None:
    with pytest.raises(Unstorable):
        serializer().dumps_typed({"deep": [value]})


def test_half_a_surrogate_pair_becomes_a_question_mark_as_in_langgraph_itself() -> None:
    kept = serializer().loads_typed(serializer().dumps_typed(["a\ud800b"]))

    assert kept == ["a?b"]
    assert kept == jsonplus.JsonPlusSerializer().loads_typed(
        jsonplus.JsonPlusSerializer().dumps_typed(["a\ud800b"])
    )


def test_nesting_too_deep_to_read_back_is_refused() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(Unstorable):
        serializer().dumps_typed(value)


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(Unstorable, match=r"tests\.runs\.shapes\.Opaque could not be read back: keep plain"):
        serializer().dumps_typed(shapes.Opaque())


def test_a_class_nobody_vouched_for_is_refused() -> None:
    with pytest.raises(Unstorable, match=r"shapes\.Money"):
        ExactSerializer().dumps_typed(shapes.Money(1))


def test_only_data_types_of_the_module_itself_are_trusted() -> None:
    names = {name for _, name in data_types([shapes])}

    assert names == {"Colour", "Size", "Level", "Money", "Tree", "Point", "Line", "Invoice"}


IN_BAND = [
    {"lc": 2, "type": "constructor", "id": ["this", "s"], "kwargs": {}},
    {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "HumanMessage"], "kwargs": {}},
    {"__interrupt__": True, "value": 1, "id": "x"},
    {"__send__": True, "node": "pay", "arg": 1},
    {"__bytes__": "aGk="},
    {"__delta_snapshot__": True, "value": 1},
]


@pytest.mark.parametrize("value", IN_BAND, ids=lambda value: next(iter(value)))
def test_a_dict_that_looks_like_an_object_stays_a_dict(value: dict[str, Any]) -> None:
    with no_imports():
        back = serializer().loads_typed(serializer().dumps_typed([value]))

    assert back == [value]


@pytest.mark.parametrize("module", ["this", "antigravity", "tests.runs.trap", "subprocess"])
@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 6])
def test_a_forged_blob_imports_nothing_and_makes_no_object(module: str, code: int) -> None:
    forged = ormsgpack.packb([module, "Popen", ["/bin/true"], "run"])
    blob = ormsgpack.packb(ormsgpack.Ext(code, forged))

    with no_imports():
        back = serializer().loads_typed(("msgpack", blob))

    assert back in (["/bin/true"], None)


def test_a_forged_blob_cannot_call_a_function_of_a_trusted_module() -> None:
    forged = ormsgpack.packb([shapes.__name__, "described", ["boo"]])

    back = serializer().loads_typed(("msgpack", ormsgpack.packb(ormsgpack.Ext(0, forged))))

    assert back == ["boo"]


@pytest.mark.parametrize("kind", ["json", "pickle"])
def test_formats_that_can_name_code_are_refused(kind: str) -> None:
    with no_imports(), pytest.raises(ValueError, match=kind):
        serializer().loads_typed((kind, json.dumps(IN_BAND[0]).encode()))


def test_langgraphs_strict_mode_keeps_our_rules() -> None:
    """With LANGGRAPH_STRICT_MSGPACK set, LangGraph derives a serializer with the types of its own list."""
    derived = serializer().with_msgpack_allowlist([("elsewhere", "Thing"), shapes.Opaque])

    assert isinstance(derived, ExactSerializer)
    assert derived.types == serializer().types | {("elsewhere", "Thing"), (shapes.__name__, "Opaque")}


def test_our_constants_are_langgraphs() -> None:
    assert jsonplus._option & ormsgpack.OPT_PASSTHROUGH_DATACLASS
    assert ExactSerializer().loads_typed(jsonplus.JsonPlusSerializer().dumps_typed({"a": [1]})) == {"a": [1]}


@contextmanager
def no_imports() -> Iterator[None]:
    imported = list[str]()
    with listening(imported):
        yield
    assert imported == []
