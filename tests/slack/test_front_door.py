"""Hostile requests at the front door: each is refused before anything in it is read."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from bot.slack.front_door import LARGEST, FrontDoor
from bot.slack.signature import sign
from tests.slack.door import BODY, EVENT, FORM, JSON_TYPE, SECRET, Door, Reached, opened, signed


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as open_door:
        yield open_door


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


TIMESTAMPS: dict[str, Callable[[str], str]] = {
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
