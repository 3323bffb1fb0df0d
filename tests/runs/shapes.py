"""Classes as a graph's author might define them, and values of every kind that a state can hold."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, timedelta, timezone
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.types import Command, Interrupt, Send
from pydantic import BaseModel, Field


class Colour(Enum):
    RED = "red"
    PAIR = (1, "two")


class Size(StrEnum):
    SMALL = "small"


class Level(IntEnum):
    LOW = 1


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    parts: tuple[Any, ...] = ()


@dataclass
class Tree:
    value: Any
    children: list[Tree] = field(default_factory=list)


class Point(NamedTuple):
    x: int
    y: Any


class Line(BaseModel):
    amount: Any
    tags: set[int] = set()


class Invoice(BaseModel):
    lines: list[Line]
    note: str = Field("", alias="remark")


@dataclass
class Counted:
    """Not rebuilt by its constructor alone."""

    value: int
    seen: int = field(init=False, default=0)


class Opaque:
    """No data type at all."""


zones = st.sampled_from([None, ZoneInfo("Europe/Berlin"), UTC, timezone(timedelta(hours=-3), "X")])
texts = st.text(st.characters(codec="utf-8"), max_size=20)
integers = st.integers(-(2**63), 2**64 - 1)
hashable = st.one_of(
    texts,
    integers,
    st.booleans(),
    st.none(),
    st.binary(max_size=20),
    st.decimals(allow_nan=False),
    st.uuids(),
    st.dates(),
    st.datetimes(timezones=zones, allow_imaginary=True),
    st.times(timezones=zones),
    st.timedeltas(),
    st.sampled_from([*Colour, *Size, *Level]),
    st.builds(Money, integers, st.tuples(integers, texts)),
    st.tuples(integers, texts),
    st.frozensets(st.tuples(integers, texts), max_size=3),
)
messages = st.one_of(
    st.builds(HumanMessage, content=texts, id=texts),
    st.builds(AIMessage, content=texts, tool_calls=st.just([{"name": "pay", "args": {}, "id": "1"}])),
    st.builds(SystemMessage, content=texts),
    st.builds(ToolMessage, content=texts, tool_call_id=texts),
)
leaves = st.one_of(hashable, st.floats(), messages, st.builds(Path, st.just("/srv"), st.just("a.txt")))


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, max_size=3)
    return st.one_of(
        few,
        few.map(tuple),
        few.map(lambda items: deque(items, maxlen=4)),
        st.sets(hashable, max_size=3),
        st.dictionaries(texts, inner, max_size=3),
        st.dictionaries(hashable, inner, max_size=3),
        st.builds(Tree, inner, st.builds(Tree, inner).map(lambda tree: [tree])),
        st.builds(Point, integers, inner),
        st.builds(Invoice, lines=st.lists(st.builds(Line, amount=inner), max_size=2), remark=texts),
        st.builds(Interrupt, inner, texts, response_schema=st.dictionaries(texts, texts, max_size=2)),
        st.builds(Send, texts, inner),
        st.builds(lambda update: Command(update=update), st.dictionaries(texts, inner, max_size=2)),
    )


# A busy machine is no bug; the fixtures that examples share are factories.
patient = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
values = st.recursive(leaves, _containers, max_leaves=12)


def described(value: Any) -> Any:
    """A value with all its types spelt out: equal only for values nobody could tell apart."""
    kind = type(value).__qualname__
    if isinstance(value, dict):
        return kind, [(described(key), described(item)) for key, item in value.items()]
    if isinstance(value, set | frozenset):
        return kind, sorted(map(repr, map(described, value)))
    if isinstance(value, list | tuple | deque):
        return kind, getattr(value, "maxlen", None), [described(item) for item in value]
    if isinstance(value, BaseModel):
        return kind, [(name, described(item)) for name, item in value]
    if is_dataclass(value):
        return kind, [described(getattr(value, field.name)) for field in fields(value)]
    if type(value).__name__ == "Item":
        return kind, [described(getattr(value, name)) for name in type(value).__slots__]
    if isinstance(value, Send):
        return kind, value.node, described(value.arg)
    return kind, repr(value)
