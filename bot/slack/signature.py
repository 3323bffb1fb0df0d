"""Tell whether bytes come from Slack, before anything in them is read."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence

# Seconds between Slack's clock and ours, in both directions.
# https://docs.slack.dev/authentication/verifying-requests-from-slack
WINDOW = 300

# int() would also take "+1", "1_0", " 1 " and other scripts' digits.
TIMESTAMP = re.compile(r"[0-9]{10}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def wrong_with(
    secret: str, timestamps: Sequence[str], signatures: Sequence[str], body: bytes, *, now: float
) -> str | None:
    """Why these bytes are not to be believed, as a word for the log; None: Slack signed them just now.

    Each header must be there exactly once: of two, another program on the way might have looked at the other.
    """
    if len(timestamps) != 1 or not TIMESTAMP.fullmatch(timestamps[0]):
        return "bad_timestamp"
    if len(signatures) != 1 or not SIGNATURE.fullmatch(signatures[0]):
        return "bad_signature"
    if abs(now - int(timestamps[0])) > WINDOW:
        return "stale"
    if not hmac.compare_digest(sign(secret, timestamps[0], body), signatures[0]):
        return "bad_signature"
    return None


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature Slack sends with these bytes."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.digest(secret.encode(), base, "sha256").hex()
