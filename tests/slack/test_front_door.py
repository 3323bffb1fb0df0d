"""Hostile requests at the front door: each is refused before anything in it is read.

The cases are attacks on the wire; the handler behind the door counts what reaches it.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from structlog.testing import capture_logs

from bot.slack.front_door import LARGEST, FrontDoor
from bot.slack.signature import sign
from tests.slack.conftest import serving

SECRET = "demo-signing-secret"
JSON_TYPE, FORM = "application/json", "application/x-www-form-urlencoded"
EVENT = {"type": "event_callback", "team_id": "T0DEMO", "event": {"type": "message"}}
PRESS = {"type": "block_actions", "user": {"id": "U0ANA"}, "actions": [{"action_id": "a"}]}


@dataclass(slots=True)
class Reached(AsyncApp):
    """Bolt's place behind the door: remembers what came through."""

    bodies: list[object] = field(default_factory=list)

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        self.bodies.append(req.body)
        return BoltResponse(status=200, body="reached")


@dataclass(frozen=True, slots=True)
class Door:
    """The door's address and what got through it."""

    url: str
    reached: Reached
    http: aiohttp.ClientSession

    async def knock(self, body: bytes, kind: str = JSON_TYPE, **headers: str) -> tuple[int, str]:
        """A signed request, with any header said differently."""
        sent = signed(body) | {"Content-Type": kind} | headers
        async with self.http.post(self.url, data=body, headers=sent) as answer:
            return answer.status, await answer.text()

    async def raw(self, request: bytes, *, until: float = 5.0) -> bytes:
        """Bytes as they are, and what came back until the door closed the line."""
        host, port = self.url.removeprefix("http://").split("/")[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request)
        async with asyncio.timeout(until):
            answer = await reader.read()
        writer.close()
        return answer


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    reached = Reached()
    async with serving(FrontDoor(SECRET, reached)) as url, aiohttp.ClientSession() as http:
        yield Door(url, reached, http)


def signed(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret, timestamp, body),
    }


BODY = json.dumps(EVENT).encode()


async def test_what_slack_signed_comes_through(door: Door) -> None:
    event = await door.knock(BODY)
    press = await door.knock(urlencode({"payload": json.dumps(PRESS)}).encode(), FORM)
    command = await door.knock(
        urlencode({"command": "/approvals", "user_id": "U0ANA", "text": ""}).encode(), FORM
    )

    assert [event, press, command] == [(200, "reached")] * 3
    assert door.reached.bodies == [EVENT, PRESS, {"command": "/approvals", "user_id": "U0ANA", "text": ""}]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-7", "latin-1", "bogus"])
async def test_a_charset_is_not_believed(door: Door, charset: str) -> None:
    body = json.dumps(EVENT | {"note": "é"}, ensure_ascii=False).encode()

    status, _ = await door.knock(body, f"{JSON_TYPE}; charset={charset}")

    assert status == 200
    assert door.reached.bodies == [EVENT | {"note": "é"}]


SIGNATURES = {
    "none": None,
    "empty": "",
    "no version": "0" * 64,
    "another version": "v1=" + "0" * 64,
    "wrong": "v0=" + "0" * 64,
    "short": "v0=00",
    "not ASCII": "v0=" + "é" * 64,
    "a space behind": sign(SECRET, "1795219567", BODY) + " x",
}


@pytest.mark.parametrize("name", SIGNATURES)
async def test_a_wrong_signature_is_refused(door: Door, name: str) -> None:
    headers = signed(BODY) | {"Content-Type": JSON_TYPE}
    headers.pop("X-Slack-Signature")
    if (signature := SIGNATURES[name]) is not None:
        headers["X-Slack-Signature"] = signature

    async with door.http.post(door.url, data=BODY, headers=headers) as answer:
        assert (answer.status, await answer.json()) == (401, {"error": "unauthorized"})
    assert door.reached.bodies == []


async def test_another_secret_is_refused(door: Door) -> None:
    status, _ = await door.knock(BODY, **signed(BODY, secret="other"))

    assert status == 401


async def test_upper_case_hex_is_refused(door: Door) -> None:
    signature = signed(BODY)["X-Slack-Signature"]

    status, _ = await door.knock(BODY, **{"X-Slack-Signature": "v0=" + signature[3:].upper()})

    assert status == 401


async def test_a_signature_over_other_bytes_is_refused(door: Door) -> None:
    status, _ = await door.knock(BODY, **signed(BODY + b" "))

    assert status == 401


@pytest.mark.parametrize(("age", "status"), [(-301.5, 401), (-298, 200), (298, 200), (302, 401)])
async def test_five_minutes_are_the_limit_in_both_directions(door: Door, age: float, status: int) -> None:
    answered, _ = await door.knock(BODY, **signed(BODY, at=time.time() + age))

    assert answered == status


TIMESTAMPS = {
    "empty": lambda now: "",
    "letters": lambda now: "abc",
    "exponent": lambda now: "1e9",
    "endless": lambda now: "9" * 5000,
    "fraction": lambda now: f"{now}.0",
    "plus sign": lambda now: f"+{now}",
    "underscore": lambda now: f"{now[:5]}_{now[5:]}",
    "other digits": lambda now: now.translate({ord(str(n)): chr(0x660 + n) for n in range(10)}),
    "eleven digits": lambda now: f"0{now}",
    "minus sign": lambda now: f"-{now[1:]}",
}


@pytest.mark.parametrize("name", TIMESTAMPS)
async def test_a_timestamp_is_ten_digits_and_nothing_else(door: Door, name: str) -> None:
    timestamp = TIMESTAMPS[name](str(int(time.time())))
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": sign(SECRET, timestamp, BODY)}

    status, _ = await door.knock(BODY, **headers)

    assert status == 401
    assert door.reached.bodies == []


@pytest.mark.parametrize("twice", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
@pytest.mark.parametrize("good_first", [True, False])
async def test_two_headers_of_a_kind_are_refused(door: Door, twice: str, good_first: bool) -> None:
    headers = list((signed(BODY) | {"Content-Type": JSON_TYPE}).items())
    other = (twice, "v0=" + "0" * 64 if "Signature" in twice else "1")
    headers = [*headers, other] if good_first else [other, *headers]

    async with door.http.post(door.url, data=BODY, headers=headers) as answer:
        assert answer.status == 401


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


KINDS = {
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


async def test_unsigned_courtesies_are_refused(door: Door) -> None:
    for body in (b"ssl_check=1&token=x", urlencode({"type": "url_verification", "challenge": "c"}).encode()):
        status, _ = await door.knock(body, FORM, **{"X-Slack-Signature": ""})
        assert status == 401

    assert door.reached.bodies == []


async def test_a_large_body_is_refused_by_its_announced_length(door: Door) -> None:
    answer = await door.raw(
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\nabc", until=1.0
    )

    assert b"413" in answer.split(b"\r\n")[0]
    assert b"too_large" in answer


async def test_a_large_body_is_refused_by_its_true_length(door: Door) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 65_536 + 1):
            yield b"a" * 65_536

    headers = signed(b"") | {"Content-Type": JSON_TYPE}
    async with door.http.post(door.url, data=pieces(), headers=headers) as answer:
        assert answer.status == 413


async def test_the_largest_body_is_still_read(door: Door) -> None:
    filler = "x" * (LARGEST - len(json.dumps(EVENT | {"f": ""})))

    status, _ = await door.knock(json.dumps(EVENT | {"f": filler}).encode())

    assert status == 200


async def test_a_compressed_body_is_refused_unread(door: Door) -> None:
    bomb = gzip.compress(b"a" * 50_000_000)

    status, _ = await door.knock(bomb, **{"Content-Encoding": "gzip"})

    assert status == 400


async def test_a_dripping_body_is_cut(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.front_door.SLOWEST", 0.2)
    began = time.monotonic()

    answer = await door.raw(
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc", until=2.0
    )

    assert b"408" in answer.split(b"\r\n")[0]
    assert time.monotonic() - began < 2.0


async def test_a_body_that_breaks_off_is_no_error_of_ours(door: Door) -> None:
    host, port = door.url.removeprefix("http://").split("/")[0].split(":")
    with capture_logs() as logs:
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        status, _ = await door.knock(BODY)

    assert status == 200
    assert [line["event"] for line in logs if line["log_level"] == "error"] == []


SMUGGLED = {
    "length and chunked": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "odd transfer encoding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "signed length": b"Content-Length: +5\r\n\r\nabcde",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
    "NUL in a header": b"X-A: a\x00b\r\nContent-Length: 0\r\n\r\n",
    "chunk size that is none": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLED)
async def test_smuggling_is_refused(door: Door, name: str) -> None:
    answer = await door.raw(
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + SMUGGLED[name]
    )

    assert answer.split(b" ")[1] in (b"400", b"401")
    assert door.reached.bodies == []


async def test_the_log_has_a_reason_and_nothing_of_the_sender(door: Door) -> None:
    hostile = b"x=1\n2026 INFO approved by U_CEO\x1b[2J"
    with capture_logs() as logs:
        await door.knock(hostile, **{"X-Slack-Signature": "v0=U_CEO"})
        await door.knock(hostile)

    assert logs == [
        {"event": "request refused", "log_level": "warning", "reason": "bad_signature", "status": 401},
        {"event": "request refused", "log_level": "warning", "reason": "json", "status": 400},
    ]


async def test_an_empty_secret_opens_no_door() -> None:
    with pytest.raises(ValueError, match="signing secret is empty"):
        FrontDoor("", Reached())
