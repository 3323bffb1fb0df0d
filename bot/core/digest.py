"""One canonical text for a JSON value, and its fingerprint: what ran is what was shown."""

from __future__ import annotations

import hashlib
import json

from bot.core.model import JSON

# Made once: `json.dumps` makes one for each call, and a click needs some thirty of them.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: JSON) -> str:
    """The same text for equal JSON values, whatever their key order. ValueError for NaN or infinity."""
    return _ENCODER.encode(value)


def digest(value: JSON) -> str:
    """SHA-256 of the canonical text, 64 hex digits. A lone surrogate is spelled out."""
    return hashlib.sha256(canonical(value).encode("utf-8", "backslashreplace")).hexdigest()
