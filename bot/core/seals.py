"""Keyed fingerprints of values: a value can be taken out of the audit trail and its chain still holds."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypedDict

from bot.core.digest import canonical
from bot.core.model import JSON

# What people read in the place of a value that was taken out.
REDACTED = "[redacted]"

SINGLE = (str, bool, int, float)  # nothing is inside of these


class About(TypedDict):
    """What a seal is bound to: the audit key, the entry, and the seals of what was taken out of it."""

    key: bytes
    where: tuple[str, int]
    known: Mapping[str, str]


def seal(value: JSON, place: str, *, key: bytes, where: tuple[str, int], known: Mapping[str, str]) -> str:
    """The fingerprint of one value at its place in its entry; of a container, of the seals inside."""
    if place in known:
        return known[place]
    if value is None or isinstance(value, SINGLE):
        return keyed_hash(key, [*where, place, "value", value])
    inner = {
        step: seal(item, below(place, step), key=key, where=where, known=known)
        for step, item in inside(value)
    }
    if isinstance(value, Mapping):
        return keyed_hash(key, [*where, place, "mapping", inner])
    return keyed_hash(key, [*where, place, "list", list(inner.values())])


def keyed_hash(key: bytes, value: JSON) -> str:
    """HMAC-SHA256 of the canonical text, 64 hex digits. A lone surrogate is spelled out."""
    found = _hash_of(key).copy()
    found.update(canonical(value).encode("utf-8", "backslashreplace"))
    return found.hexdigest()


@lru_cache(maxsize=4)
def _hash_of(key: bytes) -> hmac.HMAC:
    """Begun once for a key: a click needs some thirty of them, and beginning takes the most."""
    return hmac.new(key, digestmod="sha256")


def fields_named(value: JSON, names: Collection[str], place: str = "") -> Iterator[tuple[str, JSON]]:
    """The outermost values of these fields with their places, and what an edit of such a field says."""
    edit = is_named(value, names)
    for step, item in inside(value):
        named = isinstance(value, Mapping) and step in names
        if named or (edit and step in ("before", "after")):
            if item is not None:
                yield below(place, step), item
        else:
            yield from fields_named(item, names, below(place, step))


def is_named(value: JSON, names: Collection[str]) -> bool:
    """Whether a mapping has one of these names: then it may be what an edit says of such a field."""
    name = value.get("name") if isinstance(value, Mapping) else None
    return isinstance(name, str) and name in names


def without(data: Mapping[str, JSON], places: Collection[str]) -> dict[str, JSON]:
    """The same with null at these places."""
    return instead(data, dict.fromkeys(places))


def instead(data: Mapping[str, JSON], places: Mapping[str, JSON]) -> dict[str, JSON]:
    """The same with other values at these places."""
    return {step: replaced(item, places, below("", step)) for step, item in inside(data)}


def replaced(value: JSON, places: Mapping[str, JSON], place: str = "") -> JSON:
    """A value, which stands at `place`, with other values at these places."""
    if place in places:
        return places[place]
    if isinstance(value, Mapping):
        return {step: replaced(item, places, below(place, step)) for step, item in inside(value)}
    if isinstance(value, list | tuple):
        return [replaced(item, places, below(place, step)) for step, item in inside(value)]
    return value


def below(place: str, step: str) -> str:
    """The place of what is inside, as a JSON Pointer (https://www.rfc-editor.org/rfc/rfc6901)."""
    return f"{place}/{step.replace('~', '~0').replace('/', '~1')}"


def at(value: JSON, place: str) -> JSON:
    """What stands at a place; None where nothing does."""
    for step in place.split("/")[1:]:
        value = dict(inside(value)).get(step.replace("~1", "/").replace("~0", "~"))
    return value


def inside(value: JSON) -> Iterable[tuple[str, JSON]]:
    """The values directly inside, each with its step; nothing is inside of text and numbers."""
    if isinstance(value, Mapping):
        return value.items()
    return [(str(n), item) for n, item in enumerate(value)] if isinstance(value, list | tuple) else ()
