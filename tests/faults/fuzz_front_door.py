"""Throw bent requests at the front door: `python -m tests.faults.fuzz_front_door COUNT [--seed 1]`.

Each is a request Slack could send, spoilt somewhere: its bytes, its headers, its signature. Behind the door
stands a bell instead of the app: it may ring only for what was signed with our secret just now.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from unittest import mock
from urllib.parse import quote

from aiohttp import StreamReader
from aiohttp.helpers import HeadersMixin
from multidict import CIMultiDict
from slack_bolt.response import BoltResponse

from bot.slack.front_door import FrontDoor
from tests.simulation.quiet import quiet

SECRET, NOW = "a secret for the fuzzer", 1_800_000_000
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True, slots=True)
class Wire:
    """One request as bytes."""

    body: bytes
    kind: str
    headers: tuple[tuple[str, str], ...]


@dataclass
class Bell:
    """Stands where the app stands."""

    rung: int = 0

    async def async_dispatch(self, request: object) -> BoltResponse:
        self.rung += 1
        return BoltResponse(status=200, body="")


@dataclass
class Tally:
    """What came of it all."""

    statuses: Counter[int] = field(default_factory=Counter)
    rung: int = 0
    broken: list[str] = field(default_factory=list)


def bodies() -> list[tuple[bytes, str]]:
    """One good request of each kind."""
    user = {"id": "U0ANA", "team_id": "T0DEMO"}
    press = {
        "type": "block_actions",
        "api_app_id": "A0DEMO",
        "team": {"id": "T0DEMO"},
        "user": user,
        "container": {"type": "message", "message_ts": "1.0001", "channel_id": "C0REFUNDS"},
        "channel": {"id": "C0REFUNDS"},
        "actions": [{"action_id": "approve", "value": "a.1", "action_ts": "1.1", "type": "button"}],
    }
    view = {"id": "V1", "type": "modal", "callback_id": "reason", "state": {"values": {}}}
    submit = {"type": "view_submission", "user": user, "team": {"id": "T0DEMO"}, "view": view}
    event = {"type": "event_callback", "team_id": "T0DEMO", "event": {"type": "message", "text": "é <!here>"}}
    command = "command=%2Fapprovals&user_id=U0ANA&team_id=T0DEMO&channel_id=C0REFUNDS&text=list"
    return [
        (f"payload={quote(json.dumps(press))}".encode(), FORM),
        (f"payload={quote(json.dumps(submit))}".encode(), FORM),
        (json.dumps(event).encode(), JSON),
        (b'{"type":"url_verification","challenge":"x"}', JSON),
        (command.encode(), FORM),
    ]


BODIES = bodies()


def signed(body: bytes, kind: str, *, secret: str = SECRET, stamp: str = str(NOW)) -> Wire:
    """The request with Slack's signature; written apart from the product's own code."""
    base = b"v0:" + stamp.encode("utf-8", "surrogateescape") + b":" + body
    mark = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return Wire(body, kind, (("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", mark)))


def bend(chance: Random) -> Wire:
    """One request, bent in one of many ways; some of them are signed all the same."""
    body, kind = chance.choice(BODIES)
    for _ in range(chance.choice((0, 1, 1, 2, 5))):
        body = chance.choice(BODY_BENDS)(chance, body)
    kind = chance.choice(
        (kind, kind, kind, FORM, JSON, "text/plain", f"{kind}; charset=utf-16", "", "a/b;;=")
    )
    wire = signed(body, kind)
    return wire if chance.random() < 0.3 else chance.choice(HEADER_BENDS)(chance, wire)


def _flip(chance: Random, body: bytes) -> bytes:
    place = chance.randrange(len(body) + 1)
    return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]


def _cut(chance: Random, body: bytes) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _insert(chance: Random, body: bytes) -> bytes:
    place = chance.randrange(len(body) + 1)
    return body[:place] + chance.choice(SNIPPETS) + body[place:]


def _noise(chance: Random, body: bytes) -> bytes:
    return chance.randbytes(chance.randrange(200))


def _nested(chance: Random, body: bytes) -> bytes:
    return b'{"type":' * chance.randrange(1, 3000) + b"1"


SNIPPETS = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"&payload=%7B%7D",
    b'"',
    b"%",
    b"%00",
    b'{"type":"block_actions"}',
    b"null",
    b"[1]",
    b"NaN",
    b"9" * 5000,
    b"\\ud800",
    b"\n",
    b"=",
    b"&" * 60,
    b"ssl_check=1",
)
BODY_BENDS: tuple[Callable[[Random, bytes], bytes], ...] = (_flip, _cut, _insert, _insert, _noise, _nested)


def _stamp(chance: Random, wire: Wire) -> Wire:
    """A timestamp that is none, too old, or written in a way that only int() understands; well signed."""
    return signed(wire.body, wire.kind, stamp=chance.choice(STAMPS))


def _other_secret(chance: Random, wire: Wire) -> Wire:
    return signed(wire.body, wire.kind, secret=chance.choice(("", "other", SECRET + " ")))


def _other_body(chance: Random, wire: Wire) -> Wire:
    return replace(wire, body=chance.choice(BODY_BENDS)(chance, wire.body))


def _missing(chance: Random, wire: Wire) -> Wire:
    return replace(wire, headers=wire.headers[:1] if chance.random() < 0.5 else wire.headers[1:])


def _twice(chance: Random, wire: Wire) -> Wire:
    name, value = chance.choice(wire.headers)
    return replace(wire, headers=(*wire.headers, (name, chance.choice((value, "", "v0=" + "0" * 64, "1")))))


def _signature(chance: Random, wire: Wire) -> Wire:
    (name, mark) = wire.headers[1]
    bent = chance.choice(
        (mark.upper(), mark[3:], mark + " ", "v1=" + mark[3:], mark[:-1] + "é", "", mark * 2)
    )
    return replace(wire, headers=(wire.headers[0], (name, bent)))


STAMPS = (
    *(
        "",
        "abc",
        "1e9",
        "9" * 50,
        "9" * 5000,
        f"{NOW}.0",
        f"+{NOW}",
        f"{NOW // 1000}_000",
        f" {NOW}",
        f"{NOW}\n",
    ),
    *(
        "١٨٠٠٠٠٠٠٠٠",
        f"-{NOW}",
        "nan",
        "0x6B49D200",
        str(NOW - 301),
        str(NOW + 301),
        str(NOW - 299),
        "0000000000",
    ),
)
HEADER_BENDS: tuple[Callable[[Random, Wire], Wire], ...] = (
    *(_stamp, _stamp, _other_secret, _other_body, _missing, _twice, _signature),
)


def is_slacks(wire: Wire) -> bool:
    """An oracle of its own: one timestamp of ten digits within five minutes, one signature, and it fits."""
    stamps = [value for name, value in wire.headers if name == "X-Slack-Request-Timestamp"]
    marks = [value for name, value in wire.headers if name == "X-Slack-Signature"]
    if len(stamps) != 1 or len(marks) != 1 or len(stamps[0]) != 10:
        return False
    if not (stamps[0].isascii() and stamps[0].isdigit()) or abs(int(stamps[0]) - NOW) > 300:
        return False
    return marks[0] == dict(signed(wire.body, "", stamp=stamps[0]).headers)["X-Slack-Signature"]


async def fuzz(count: int, seed: int) -> Tally:
    """Send `count` bent requests; report what the door answered and what it should not have done."""
    chance, tally = Random(seed), Tally()
    bell = Bell()
    door = FrontDoor(SECRET, bell, clock=lambda: float(NOW))  # type: ignore[arg-type] # a bell, not an app
    began = time.monotonic()
    for number in range(1, count + 1):
        await _send(door, bell, bend(chance), tally)
        if number % 100_000 == 0:
            print(
                f"{number} requests, {time.monotonic() - began:.0f} s, {len(tally.broken)} broken", flush=True
            )
    tally.rung = bell.rung
    return tally


async def _send(door: FrontDoor, bell: Bell, wire: Wire, tally: Tally) -> None:
    before = bell.rung
    try:
        status = (await door.handle(Request(wire))).status  # type: ignore[arg-type] # as much as it needs
    except Exception as error:  # noqa: BLE001 (whatever it is: it is what we look for)
        tally.broken.append(f"{type(error).__name__}: {error} for {wire}")
        return
    tally.statuses[status] += 1
    if not 200 <= status < 300 and not 400 <= status < 500:
        tally.broken.append(f"status {status} for {wire}")
    if bell.rung != before and not is_slacks(wire):
        tally.broken.append(f"the bell rang for {wire}")


class Request(HeadersMixin):
    """As much of aiohttp's request as the door looks at: a real one costs ten times as much."""

    def __init__(self, wire: Wire) -> None:
        self.headers: CIMultiDict[str] = CIMultiDict(wire.headers)
        self.headers["Content-Type"] = wire.kind
        self.headers["Content-Length"] = str(len(wire.body))
        self._headers = self.headers
        self.content = StreamReader(PROTOCOL, 2**16, loop=asyncio.get_running_loop())
        self.content.feed_data(wire.body)
        self.content.feed_eof()


PROTOCOL: Any = mock.Mock(_reading_paused=False)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("count", type=int)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with quiet():
        tally = asyncio.run(fuzz(given.count, given.seed))
    print(
        f"seed {given.seed}: {given.count} requests, answers {dict(tally.statuses)}, bell {tally.rung} times"
    )
    print(f"{len(tally.broken)} broken", *tally.broken[:10], sep="\n")
    return 1 if tally.broken else 0


if __name__ == "__main__":
    sys.exit(main())
