"""Write any value a graph keeps as one opaque blob, and read back exactly that value or say why not."""

from __future__ import annotations

import dataclasses
import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from inspect import isclass, signature
from types import ModuleType
from typing import Any

import ormsgpack
from langgraph.checkpoint.serde import jsonplus
from langgraph.checkpoint.serde._msgpack import SAFE_MSGPACK_TYPES
from langgraph.checkpoint.serde.types import _DeltaSnapshot
from langgraph.store.base import Item
from langgraph.types import Send
from pydantic import BaseModel

TypeName = tuple[str, ...]  # (module, class)

FORMATS = ("null", "bytes", "bytearray", "msgpack")
PLAIN_KEYS = (str, int, float, bool, bytes, type(None))
BUILT_IN = frozenset({("builtins", "tuple"), ("builtins", "dict"), ("builtins", "bytearray")})
# Written under another name than their class: see `_msgpack_default` in langgraph.checkpoint.serde.jsonplus.
RENAMED = frozenset({("re", "Pattern"), ("numpy", "ndarray")})
# Subclasses of str, int, list and dict come back as what they extend; LangGraph's own option set says so too.
OPTIONS = jsonplus._option | ormsgpack.OPT_PASSTHROUGH_TUPLE


class Unstorable(TypeError):
    """A value could not be read back as it is, so it is not written."""


class ExactSerializer(jsonplus.JsonPlusSerializer):
    """LangGraph's msgpack format, exact for tuples, dict keys and time zones, and closed to unknown types.

    One thing is not kept: half a surrogate pair in a text becomes "?", as in LangGraph's own writer, because
    nothing a person or a service reads could carry it. What is shown and what runs is the text with "?".

    `types` names the classes that may come back besides LangGraph's own safe list. Writing an instance of
    any other class raises Unstorable. Reading one returns its plain data; nothing is imported for it.
    The format: https://reference.langchain.com/python/langgraph/checkpoints/#langgraph.checkpoint.serde.jsonplus
    """

    def __init__(self, types: Iterable[TypeName] = ()) -> None:
        self.types = frozenset(types) | BUILT_IN
        super().__init__(allowed_msgpack_modules=self.types)

    def with_msgpack_allowlist(self, extra_allowlist: Iterable[TypeName | type]) -> ExactSerializer:
        """The same serializer with more types; LangGraph calls it when LANGGRAPH_STRICT_MSGPACK is set."""
        extra = {(t.__module__, t.__name__) if isinstance(t, type) else t for t in extra_allowlist}
        return ExactSerializer(self.types | extra)

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """Raises Unstorable for a value that would not come back equal."""
        if obj is None or isinstance(obj, bytes | bytearray):
            return super().dumps_typed(obj)
        encoder = _Encoder(self.types | SAFE_MSGPACK_TYPES | RENAMED)
        try:
            return "msgpack", encoder.pack(obj)
        except (ormsgpack.MsgpackEncodeError, RecursionError) as error:
            raise encoder.problem or Unstorable(str(error)) from error

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """Raises ValueError for a format other than our own: JSON and pickle can name code to run."""
        if data[0] not in FORMATS:
            raise ValueError(f"a checkpoint value has the format {data[0]!r}; known: {', '.join(FORMATS)}")
        return super().loads_typed(data)


def data_types(modules: Iterable[ModuleType]) -> frozenset[TypeName]:
    """The classes defined at the top of these modules that carry data and nothing else."""
    return frozenset(
        (module.__name__, name)
        for module in modules
        for name, value in vars(module).items()
        if isclass(value) and (value.__module__, value.__name__) == (module.__name__, name)
        if _carries_data(value)
    )


def _carries_data(cls: type) -> bool:
    if issubclass(cls, Enum | BaseModel) or (issubclass(cls, tuple) and hasattr(cls, "_fields")):
        return True
    if not dataclasses.is_dataclass(cls):
        return False
    # It is rebuilt by its constructor, from its fields: both must name the same things.
    return {field.name for field in dataclasses.fields(cls)} == {*signature(cls).parameters}


class _Pairs:
    """A dict with keys that msgpack would turn into text (dates, UUIDs, enums) or refuse."""

    def __init__(self, items: list[list[Any]]) -> None:
        self.items = items


class _Buffer:
    """Bytes that may change; msgpack would write them as bytes without asking us."""

    def __init__(self, value: bytearray | memoryview) -> None:
        self.value = value


class _Encoder:
    """One value on its way to msgpack; `problem` keeps the reason, which the C code would drop."""

    def __init__(self, allowed: frozenset[TypeName]) -> None:
        self.allowed = allowed
        self.problem: Unstorable | None = None

    def pack(self, value: Any) -> bytes:
        return ormsgpack.packb(_with_exact_keys(value), default=self._extend, option=OPTIONS)

    def _extend(self, value: Any) -> Any:
        # The codes and shapes are those that LangGraph's reader knows; contents go through `pack` again,
        # because LangGraph's own writer would turn the tuples inside them into lists.
        match value:
            case _Pairs():
                return self._one("builtins", "dict", value.items)
            case BaseException():
                return f"{type(value).__name__}: {value}"
            case _DeltaSnapshot():
                return ormsgpack.Ext(jsonplus.EXT_DELTA_SNAPSHOT, self.pack(value.value))
            case _Buffer(value=bytearray() as content):
                return self._one("builtins", "bytearray", bytes(content))
            case _Buffer():
                raise self._refuse("builtins", "memoryview")
        module, name = type(value).__module__, type(value).__name__
        if (module, name) not in self.allowed or _is_odd_array(value):
            raise self._refuse(module, name)
        match value:
            case tuple() if not hasattr(value, "_fields"):
                return self._one(module, name, list(value))
            case set() | frozenset():
                return self._one(module, name, list(value))
            case deque():
                return self._many(module, name, [list(value), value.maxlen])
            case Enum():
                return self._one(module, name, value.value)
            case Send():
                timeout = [] if value.timeout is None else [value.timeout]
                return self._many(module, name, [value.node, value.arg, *timeout])
            case BaseModel():
                return ormsgpack.Ext(jsonplus.EXT_PYDANTIC_V2, self.pack([module, name, _arguments(value)]))
        if (fields := _fields(value)) is not None:
            return ormsgpack.Ext(jsonplus.EXT_CONSTRUCTOR_KW_ARGS, self.pack([module, name, fields]))
        return jsonplus._msgpack_default(value)

    def _one(self, module: str, name: str, argument: Any) -> ormsgpack.Ext:
        return ormsgpack.Ext(jsonplus.EXT_CONSTRUCTOR_SINGLE_ARG, self.pack([module, name, argument]))

    def _many(self, module: str, name: str, arguments: list[Any]) -> ormsgpack.Ext:
        return ormsgpack.Ext(jsonplus.EXT_CONSTRUCTOR_POS_ARGS, self.pack([module, name, arguments]))

    def _refuse(self, module: str, name: str) -> Unstorable:
        self.problem = Unstorable(
            f"a {module}.{name} could not be read back: keep plain data there, or define it as a dataclass, "
            "enum, named tuple or pydantic model at the top of a module that your graph imports when it loads"
        )
        return self.problem


def _is_odd_array(value: Any) -> bool:
    """An array of Python objects or of named columns: LangGraph would read nothing, or lose the names."""
    kind = getattr(value, "dtype", None)
    return kind is not None and (kind.hasobject or kind.names is not None)


def _with_exact_keys(value: Any) -> Any:
    if isinstance(value, bytearray | memoryview):
        return _Buffer(value)
    if isinstance(value, dict):
        exact = {key: _with_exact_keys(item) for key, item in value.items()}
        return exact if all(type(key) in PLAIN_KEYS for key in exact) else _Pairs([*map(list, exact.items())])
    return [_with_exact_keys(item) for item in value] if isinstance(value, list) else value


def _fields(value: Any) -> Mapping[str, Any] | None:
    """The constructor's keyword arguments, for what is rebuilt that way."""
    if isinstance(value, datetime):
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold")
        return {part: getattr(value, part) for part in parts}
    if isinstance(value, tuple):
        return {name: getattr(value, name) for name in value._fields}  # type: ignore[attr-defined] # a named one
    if type(value) is Item:
        return {name: getattr(value, name) for name in Item.__slots__}
    if dataclasses.is_dataclass(value) and not isinstance(value, re.Pattern):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return None


def _arguments(model: BaseModel) -> dict[str, Any]:
    # Field by field, not model_dump(): that turns nested models into dicts and runs custom serializers.
    named = {
        field.alias if isinstance(field.alias, str) else name: getattr(model, name)
        for name, field in type(model).model_fields.items()
    }
    return named | (model.model_extra or {})
