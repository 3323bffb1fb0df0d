"""One canonical text for a JSON value, and its fingerprint: what ran is what was shown."""

from __future__ import annotations

import hashlib
import json

from bot.core.model import JSON


def canonical(value: JSON) -> str:
    """The same text for equal JSON values, whatever their key order. ValueError for NaN or infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: JSON) -> str:
    """SHA-256 of the canonical text, 64 hex digits. A lone surrogate is spelled out."""
    return hashlib.sha256(canonical(value).encode("utf-8", "backslashreplace")).hexdigest()
