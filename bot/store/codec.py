"""Frozen dataclasses to compact JSON and back: exact, and readable by the version before and after.

What equals its default is not written, a field that is missing gets its default, and a field that is not
known is ignored: while a new version is rolled out, old and new processes share one record.
What is packed is read by every version that knows its words (`packed.py`): new words must come a version
before they are used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from bot.core.audit import Entry
from bot.core.model import JSON, Approval, Run
from bot.store.packed import ENTRY, RECORD, packed, unpacked

T = TypeVar("T")
Reader = Callable[[Any], Any]

# Made once: `json.dumps` makes one for each call.
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)

_PLAIN = frozenset({str, int, float, bool, type(None), dict, list})  # as they are; most values are of these

FIRST_MUTABLE = "state"  # in Approval and in Run everything above `state` never changes


def dump(thing: object) -> bytes:
    """The whole thing as JSON. ValueError where a payload holds NaN or an infinity."""
    return to_bytes(_plain(thing))


def dump_fixed(thing: Approval | Run) -> bytes:
    """The part of an approval or a run that never changes: it may be large, is written once, and packed."""
    return packed(to_bytes(_named(thing, _halves(thing)[0])), RECORD)


def dump_life(thing: Approval | Run) -> bytes:
    """The part of an approval or a run that changes."""
    return to_bytes(_named(thing, _halves(thing)[1]))


def dump_entry(entry: Entry) -> bytes:
    """An audit entry, packed. The name of its trail stays out: its key says it, and its mac covers it."""
    written = (field for field in fields(entry) if field.name != "approval_id")
    return packed(to_bytes(_named(entry, written)), ENTRY)


def load_entry(trail: str, part: bytes | str) -> Entry:
    """The entry as it stood in the trail of this name."""
    entry: Entry = _build(Entry, {"approval_id": trail, **json.loads(unpacked(part))})
    return entry


def load(kind: type[T], *parts: bytes | str) -> T:
    """Build the thing from its JSON, or from the JSON of its two parts."""
    data: dict[str, Any] = {}
    for part in parts:
        data |= json.loads(unpacked(part))
    built: T = _build(kind, data)
    return built


def to_bytes(value: JSON) -> bytes:
    """Compact JSON as UTF-8; a lone surrogate becomes the JSON escape it stands for."""
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace")


def to_text(value: bytes | str) -> str:
    """What redis-py returned, as text."""
    return value.decode() if isinstance(value, bytes) else value


def _plain(value: object) -> Any:
    if type(value) in _PLAIN:
        return value
    if is_dataclass(value):
        return _named(value, fields(value))
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _named(thing: object, wanted: Iterable[Field[Any]]) -> dict[str, Any]:
    values = ((field, getattr(thing, field.name)) for field in wanted)
    return {field.name: _plain(value) for field, value in values if not _is_default(field, value)}


def _is_default(field: Field[Any], value: object) -> bool:
    return field.default is not MISSING and type(value) is type(field.default) and value == field.default


def _halves(thing: Approval | Run) -> tuple[tuple[Field[Any], ...], tuple[Field[Any], ...]]:
    every = fields(thing)
    cut = [field.name for field in every].index(FIRST_MUTABLE)
    return every[:cut], every[cut:]


def _build(kind: Any, data: Mapping[str, Any]) -> Any:
    readers = _readers(kind)
    return kind(**{name: readers[name](value) for name, value in data.items() if name in readers})


@cache
def _readers(kind: type) -> dict[str, Reader]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> Reader:
    """How a value of this type is read; JSON values are what they are."""
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda data: _build(hint, data)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if get_origin(hint) is tuple:
        one = _reader(get_args(hint)[0])
        return lambda items: tuple(one(item) for item in items)
    if get_origin(hint) is frozenset:
        return frozenset
    if type(None) in get_args(hint):
        return _optional(hint)
    return lambda value: value


def _optional(hint: Any) -> Reader:
    """`X | None`; a wider union such as JSON itself is taken as it comes."""
    options = [option for option in get_args(hint) if option is not type(None)]
    if len(options) != 1:
        return lambda value: value
    one = _reader(options[0])
    return lambda value: None if value is None else one(value)
