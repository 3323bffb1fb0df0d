"""Read what a caller sent, strictly: a size, a depth, one meaning, and errors that say where."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass

from aiohttp import web

from bot.core.digest import canonical, digest
from bot.core.model import JSON
from bot.core.policy import USER_ID
from bot.core.slack_ids import CHANNEL_ID
from bot.web.errors import ApiError

LARGEST_BODY = 1024 * 1024
READ_WITHIN = 10.0  # seconds for the whole body
DEEPEST = 100  # nested lists and objects

THREAD_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class StartRequest:
    """The body of POST /api/runs. `fingerprint` is equal for bodies that mean the same."""

    graph: str
    input: JSON
    channel: str | None
    requester: str | None
    thread_id: str | None
    fingerprint: str


# Field -> the pattern its text must have, and an example for the error.
FIELDS = {
    "graph": (re.compile(r".{1,200}", re.DOTALL), "a graph's name"),
    "channel": (CHANNEL_ID, "a channel id like C0123ABCD"),
    "requester": (USER_ID, "a user id like U0123ABCD"),
    "thread_id": (THREAD_ID, "16 to 64 of A-Z, a-z, 0-9, _ and -"),
}


async def start_request(request: web.Request) -> StartRequest:
    """The parsed body. Raises ApiError with 400, 408 or 413."""
    body = parsed(await _body(request))
    if not isinstance(body, dict):
        raise _invalid('the body must be an object: {"graph": ..., "input": ...}')
    if unknown := sorted(set(body) - {*FIELDS, "input"}):
        raise _invalid(f"unknown field {unknown[0][:80]!r}; known: {', '.join([*FIELDS, 'input'])}")
    for name in ("graph", "input"):
        if name not in body:
            raise _invalid(f"{name} is missing")
    text = {name: _text(name, body.get(name)) for name in FIELDS}
    return StartRequest(
        graph=text["graph"] or "",
        input=body["input"],
        channel=text["channel"],
        requester=text["requester"],
        thread_id=text["thread_id"],
        fingerprint=digest(body),
    )


def idempotency_key(request: web.Request) -> str | None:
    """The key, if one was sent. Raises ApiError with 400."""
    keys = request.headers.getall("Idempotency-Key", [])
    if not keys:
        return None
    if len(keys) > 1 or not KEY.fullmatch(keys[0]):
        raise _invalid("Idempotency-Key must be one value of 1 to 255 visible ASCII characters")
    return str(keys[0])


def parsed(raw: bytes) -> JSON:
    """Strict JSON. Raises ApiError that names the position."""
    try:
        value: JSON = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_refuse)
        canonical(value).encode()  # half a surrogate pair is no text
    except json.JSONDecodeError as bad:
        raise _bad_json(f"{bad.msg} at line {bad.lineno}, column {bad.colno}") from None
    except UnicodeDecodeError as bad:
        raise _bad_json(f"not UTF-8 at byte {bad.start}") from None
    except UnicodeEncodeError:
        raise _bad_json("half of a surrogate pair stands alone") from None
    except RecursionError:
        raise _bad_json("nested too deeply") from None
    except ValueError as bad:  # a key twice, NaN, a number of thousands of digits
        raise _bad_json(str(bad)) from None
    if _depth(value) > DEEPEST:
        raise _bad_json(f"nested more than {DEEPEST} deep")
    return value


async def _body(request: web.Request) -> bytes:
    """At most LARGEST_BODY bytes, counted after decompression."""
    body = bytearray()
    try:
        async with asyncio.timeout(READ_WITHIN):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise ApiError(413, "too_large", f"The body may have {LARGEST_BODY} bytes at most.")
    except (web.RequestPayloadError, ConnectionError):
        raise ApiError(400, "broken_body", "The body ended early or could not be decompressed.") from None
    except TimeoutError:
        raise ApiError(408, "too_slow", f"The body must arrive within {READ_WITHIN:.0f} seconds.") from None
    return bytes(body)


def _text(name: str, value: JSON) -> str | None:
    if value is None and name != "graph":
        return None
    pattern, example = FIELDS[name]
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _invalid(f"{name} must be {example}")
    return value


def _once(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    """A key that stands twice means different things to different parsers."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:80]!r} stands twice in one object")
    return found


def _refuse(constant: str) -> JSON:
    raise ValueError(f"{constant} is not JSON")


def _depth(value: JSON) -> int:
    """Levels below the outermost one; without recursion, which is what the measure protects."""
    depth, level = -1, [value]
    while level:
        depth += 1
        level = [inner for outer in level for inner in _inside(outer)]
    return depth


def _inside(value: JSON) -> list[JSON]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _invalid(message: str) -> ApiError:
    return ApiError(400, "invalid_request", message)


def _bad_json(message: str) -> ApiError:
    return ApiError(400, "invalid_json", message)
