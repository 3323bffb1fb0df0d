"""What is written once and kept for long, packed: the same JSON in half the memory.

A packed part begins with the number of the dictionary it was packed with, JSON with a brace. What was kept
before there was packing is read as it is.
"""

from __future__ import annotations

import zlib

# What such texts have in common: short ones gain most from it. What is packed with it can only be read with
# it: a better one gets the next number, and this one stays.
RECORD, ENTRY = b"\x01", b"\x02"
_RECORD = (
    b'{"thread_id":"","graph":"","channel":"C0","requester":"U0","input":{"":""},"started_at":17'
    b'{"id":"","request":{"graph":"","thread_id":"","interrupt_id":"","node":"","payload":{"title":"","fields":{},'
    b'"body":"","action_requests":[{"name":"","args":{"amount_cents":},"description":"Review the action"}],'
    b'"review_configs":[{"action_name":"","allowed_decisions":["approve","edit","reject"]}]},"digest":"",'
    b'"contract":{"kind":"boolean","verdicts":["answer","reject"],"schema":{"type":"object","properties":{},'
    b'"required":[]}}},"contract":{"kind":"decision","verdicts":["approve","reject","revise"]}},"revision":1,'
    b'"channel":"C0","requester":"U0","asked_at":17,"expires_at":17,"previous":"'
)
_ENTRY = (
    b'"fact":"failed","by":null,"data":{"reference":"","reason":"","try":1"fact":"refused","by":"U0","data":{"why":"'
    b'not_eligible","verdict":"approve","source":"button","app":"A0","team":"T0","user_team":"T0"'
    b'"fact":"viewed","by":"U0","data":{"after":"fact":"applied","by":null,"data":{"effect":"'
    b'"fact":"sent","by":null,"data":{"try":1,"digest":"'
    b'"fact":"decided","by":"U0","data":{"verdict":"approve","by":["U0"],"policy":"","digest":""},"prev":"'
    b'"fact":"voted","by":"U0","data":{"verdict":"approve","source":"button","text":null,"stage":0,"revision":1'
    b'"fact":"shown","by":null,"data":{"channel":"C0","message":"17","revision":1,"users":["U0"],"groups":[],'
    b'"members":false},"prev":"","mac":"'
    b'{"thread_id":"","seq":1,"at":17"fact":"asked","by":null,"data":{"digest":"","revision":1,"interrupt":"",'
    b'"policy":""},"prev":"","mac":"'
)
WORDS = {RECORD: _RECORD, ENTRY: _ENTRY}
WINDOW, MEMORY, EFFORT = -13, 6, 6  # no header, 8 KiB back; https://docs.python.org/3/library/zlib.html


def packed(text: bytes, kind: bytes) -> bytes:
    """The JSON, packed with the words of its kind."""
    packer = zlib.compressobj(EFFORT, zlib.DEFLATED, WINDOW, MEMORY, zdict=WORDS[kind])
    return kind + packer.compress(text) + packer.flush()


def unpacked(part: bytes | str) -> bytes | str:
    """The JSON that was packed, or what never was. Raises zlib.error for what is neither."""
    words = WORDS.get(part[:1]) if isinstance(part, bytes) else None
    if not isinstance(part, bytes) or words is None:
        return part
    return zlib.decompressobj(WINDOW, zdict=words).decompress(part[1:])
