"""Addresses that secrets and log-ins travel to: HTTPS, or this very machine for trying it out."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def issuer(value: str) -> str | None:
    """What is wrong with the address of an identity provider; tokens name it letter by letter."""
    parts = _parts(value)
    fine = parts is not None and not parts.query and not value.endswith("/")
    return None if fine else "must be the issuer as its tokens name it: https://... with no slash at its end"


def origin(value: str) -> str | None:
    """What is wrong with the address that browsers reach us at."""
    parts = _parts(value)
    fine = parts is not None and not parts.path and not parts.query
    return None if fine else "must be a URL without a path: https://approvals.example.com"


def _parts(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        fine = (parts.scheme == "https" or local) and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        return None
    return parts if fine and not parts.fragment and "@" not in parts.netloc else None
