"""What is written once and kept for long, packed: the same JSON in half the memory.

A packed part begins with the number of the dictionary it was packed with, JSON with a brace. What was kept
before there was packing is read as it is.
"""

from __future__ import annotations

import zlib

# What the fixed parts of approvals and runs have in common: short texts gain most from it. What is packed
# with it can only be read with it: a better one gets the next number, and this one stays.
FIRST = b"\x01"
WORDS = (
    b'{"thread_id":"","graph":"","channel":"C0","requester":"U0","input":{"":""},"started_at":17'
    b'{"id":"","request":{"graph":"","thread_id":"","interrupt_id":"","node":"","payload":{"title":"","fields":{},'
    b'"body":"","action_requests":[{"name":"","args":{"amount_cents":},"description":"Review the action"}],'
    b'"review_configs":[{"action_name":"","allowed_decisions":["approve","edit","reject"]}]},"digest":"",'
    b'"contract":{"kind":"boolean","verdicts":["answer","reject"],"schema":{"type":"object","properties":{},'
    b'"required":[]}}},"contract":{"kind":"decision","verdicts":["approve","reject","revise"]}},"revision":1,'
    b'"channel":"C0","requester":"U0","asked_at":17,"expires_at":17,"previous":"'
)
WINDOW, MEMORY, EFFORT = -13, 6, 6  # no header, 8 KiB back; https://docs.python.org/3/library/zlib.html


def packed(text: bytes) -> bytes:
    """The JSON, packed."""
    packer = zlib.compressobj(EFFORT, zlib.DEFLATED, WINDOW, MEMORY, zdict=WORDS)
    return FIRST + packer.compress(text) + packer.flush()


def unpacked(part: bytes | str) -> bytes | str:
    """The JSON that was packed, or what never was. Raises zlib.error for what is neither."""
    if not isinstance(part, bytes) or not part.startswith(FIRST):
        return part
    return zlib.decompressobj(WINDOW, zdict=WORDS).decompress(part[1:])
