"""Turn whatever a graph holds into JSON, the same in every process, so that its digest can be compared."""

from __future__ import annotations

import base64
import dataclasses
import json
import math
import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from bot.core.model import JSON

DEPTH = 100
TOO_DEEP = "… (nested deeper than 100 levels)"
REPR = 1000
# The default repr ends in the object's address, which differs from process to process.
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def plain(value: Any, depth: int = 0) -> JSON:
    """The value as JSON. Never raises; nothing is left out silently.

    Numbers that JSON lacks, dates, decimals and the like become text, sets sorted lists, bytes
    `{"bytes": length, "base64": ...}`, messages `{"type", "content"}`, models and dataclasses mappings;
    an unknown object becomes its repr, cut to 1000 characters.
    """
    if depth > DEPTH:
        return TOO_DEEP
    match value:
        case None | bool():
            return value
        case Enum():
            return plain(value.value, depth)
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else str(float(value))
        case Decimal() | UUID() | PurePath() | timedelta():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case bytes() | bytearray():
            return {"bytes": len(value), "base64": base64.b64encode(value).decode()}
        case BaseException():
            return one_line(value)
    return _container(value, depth + 1)


def one_line(error: object, limit: int = 300) -> str:
    """What went wrong as `TypeName: message`, in one line."""
    words = f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error)
    line = " ".join(words.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _container(value: Any, depth: int) -> JSON:
    match value:
        case BaseMessage():
            return {"type": value.type, "content": str(value.text)}
        case Mapping():
            return _mapping(value.items(), depth)
        case set() | frozenset():
            return sorted((plain(item, depth) for item in value), key=_sort_key)
        case list() | tuple() | deque() if not hasattr(value, "_asdict"):
            return [plain(item, depth) for item in value]
        case BaseModel():
            return _mapping(value, depth)
    if hasattr(value, "_asdict"):
        return _mapping(value._asdict().items(), depth)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _mapping(((f.name, getattr(value, f.name)) for f in dataclasses.fields(value)), depth)
    return f"{type(value).__name__}: {ADDRESS.sub('', repr(value))}"[:REPR]


def _mapping(items: Iterable[tuple[Any, Any]], depth: int) -> JSON:
    result: dict[str, JSON] = {}
    for key, item in items:
        name = _name(key)
        # 1 and "1" are two keys of a dict and one of a JSON object: neither may hide the other.
        while name in result:
            name = f"{name} ({type(key).__name__})"
        result[name] = plain(item, depth)
    return result


def _name(key: Any) -> str:
    text = plain(key)
    return text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)


def _sort_key(item: JSON) -> str:
    return json.dumps(item, sort_keys=True)
