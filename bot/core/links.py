"""A link to our own page for one person and one revision: signed, and over after ten minutes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

VALID_FOR = 600.0  # seconds from its making until the vote


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link is for. `id` is its own, so that it works once."""

    id: str
    approval_id: str
    revision: int
    user: str
    expires_at: float  # seconds since 1970


def write_ticket(ticket: Ticket, key: bytes) -> str:
    """The ticket as text for a URL; who has no key cannot make one, or change one."""
    fields = [ticket.id, ticket.approval_id, ticket.revision, ticket.user, ticket.expires_at]
    body = _text(json.dumps(fields).encode())
    return f"{body}.{_text(_mac(body, key))}"


def read_ticket(text: str, key: bytes, now: float) -> Ticket | None:
    """What `write_ticket` wrote; None for anything else, and once its time is over."""
    body, _, mac = text.partition(".")
    if not hmac.compare_digest(mac.encode("utf-8", "replace"), _text(_mac(body, key)).encode()):
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error):
        return None
    match found:
        case [str(name), str(approval_id), int(revision), str(user), float(expires_at)] if now < expires_at:
            return Ticket(name, approval_id, revision, user, expires_at)
    return None


def link_key(audit_key: bytes) -> bytes:
    """The key of the links, made from the audit key, so that neither serves for the other."""
    return hmac.new(audit_key, b"approvals link key 1", hashlib.sha256).digest()


def _mac(body: str, key: bytes) -> bytes:
    return hmac.new(key, body.encode("utf-8", "replace"), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
