"""Signed bodies that are not what Slack sends: malformed, never a fault, and never parsed unsigned."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.body import Malformed, payload, read_body
from tests.slack.door import BODY, EVENT, FORM, JSON_TYPE, PRESS, Door, opened


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as open_door:
        yield open_door


async def test_what_slack_signed_comes_through(door: Door) -> None:
    event = await door.knock(BODY)
    press = await door.knock(urlencode({"payload": json.dumps(PRESS)}).encode(), FORM)
    command = await door.knock(
        urlencode({"command": "/approvals", "user_id": "U0ANA", "text": ""}).encode(), FORM
    )

    assert [event, press, command] == [(200, "reached")] * 3
    assert door.reached.bodies == [EVENT, PRESS, {"command": "/approvals", "user_id": "U0ANA", "text": ""}]


@given(st.dictionaries(st.text(), st.text(), max_size=4))
def test_a_click_is_read_as_any_form_would_be(found: dict[str, str]) -> None:
    for spelled in (quote_plus, quote):
        body = b"payload=" + spelled(json.dumps(PRESS | {"state": found})).encode()

        assert read_body(FORM, body) == PRESS | {"state": found}


@given(
    st.binary(max_size=30), st.sampled_from([b"", b"%", b"%4", b"%0a", b"=", b"%zz", b"+", b"\r\n", b"&a=1"])
)
def test_a_click_of_any_bytes_is_read_as_urllib_reads_it(middle: bytes, odd: bytes) -> None:
    field = b'{"n":"' + middle + odd + b'"}'
    body = b"payload=" + field

    assert _payload_of(body) in (None, _as_urllib(body))


def _payload_of(body: bytes) -> object:
    """What the quick way reads; None: it leaves the body to `urllib`."""
    try:
        return payload(body)
    except Malformed:
        return "malformed"


def _as_urllib(body: bytes) -> object:
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict"))
        found = json.loads(fields["payload"])
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return "malformed"
    return found if isinstance(found, dict) else "malformed"


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-7", "latin-1", "bogus"])
async def test_a_charset_is_not_believed(door: Door, charset: str) -> None:
    body = json.dumps(EVENT | {"note": "é"}, ensure_ascii=False).encode()

    status, _ = await door.knock(body, f"{JSON_TYPE}; charset={charset}")

    assert status == 200
    assert door.reached.bodies == [EVENT | {"note": "é"}]


BOMBS = {
    "deep objects": b'{"a":' * 100_000,
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "a number of 5000 digits": b'{"type": ' + b"9" * 5_000 + b"}",
    "a list": b"[1]",
    "null": b"null",
    "a number": b"5",
    "broken": b"{",
    "nothing": b"",
    "NaN": b'{"type": "event_callback", "event": {"type": "x"}, "n": NaN}',
    "bytes that are no UTF-8": b"\xff\xfe",
    "half a character": b'{"type": "event_callback", "event": {"type": "x"}, "n": "\\ud800"}',
    "a form": urlencode({"payload": json.dumps(PRESS)}).encode(),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_what_is_no_json_object_is_never_parsed_unsigned(door: Door, name: str) -> None:
    unsigned = await door.knock(BOMBS[name], **{"X-Slack-Signature": "v0=" + "0" * 64})
    assert unsigned == (401, '{"error": "unauthorized"}')

    answer = await door.knock(BOMBS[name])

    assert answer == (400, '{"error": "malformed"}')
    assert door.reached.bodies == []


FORMS = {
    "payload twice": b"payload=%7B%7D&payload=%7B%7D",
    "payload and more": b"payload=%7B%7D&command=%2Fapprovals",
    "payload null": b"payload=null",
    "payload list": b"payload=%5B1%5D",
    "payload bomb": b"payload=" + b"%5B" * 10_000,
    "payload empty": b"payload=",
    "bad escape": b"payload=%ff%fe",
    "no pairs": b"abc",
    "many fields": b"&".join(b"f%d=1" % number for number in range(60)),
    "command twice": b"command=%2Fa&command=%2Fb&user_id=U1",
    "no user": b"command=%2Fapprovals",
    "empty": b"",
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_is_one_payload_or_one_command(door: Door, name: str) -> None:
    status, _ = await door.knock(FORMS[name], FORM)

    assert status == 400
    assert door.reached.bodies == []


KINDS: dict[str, dict[str, Any]] = {
    "no type": {},
    "another type": {"type": "dialog_submission"},
    "type is a list": {"type": ["event_callback"]},
    "event without type": {"type": "event_callback", "event": {}},
    "event is text": {"type": "event_callback", "event": "x"},
    "no user": {"type": "block_actions", "actions": [{"action_id": "a"}]},
    "user id is a number": PRESS | {"user": {"id": 5}},
    "no actions": PRESS | {"actions": []},
    "action without id": PRESS | {"actions": [{}]},
    "actions is an object": PRESS | {"actions": {"action_id": "a"}},
    "view without type": {
        "type": "view_submission",
        "user": {"id": "U"},
        "view": {"id": "V", "callback_id": "c"},
    },
    "team is a number": PRESS | {"team": 5},
    "authorizations of numbers": EVENT | {"authorizations": [5]},
    "no challenge": {"type": "url_verification"},
}


@pytest.mark.parametrize("name", KINDS)
async def test_what_slack_does_not_send_is_malformed(door: Door, name: str) -> None:
    status, _ = await door.knock(json.dumps(KINDS[name]).encode())

    assert status == 400
    assert door.reached.bodies == []


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml", ""])
async def test_another_content_type_is_malformed(door: Door, kind: str) -> None:
    status, _ = await door.knock(BODY, kind)

    assert status == 400
