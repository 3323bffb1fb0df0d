"""Read the body of a signed request strictly: one JSON object, or the form of a slash command."""

from __future__ import annotations

import json
import re
from binascii import a2b_qp
from typing import Any, NoReturn
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PAYLOAD = b"payload="
MOST_FIELDS = 50  # a slash command has about fifteen
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Malformed(Exception):
    """Signed, and still not what Slack sends; the message is a word for the log."""


def read_body(content_type: str, body: bytes) -> dict[str, Any]:
    """What Slack sent, shaped so that everything behind may rely on it. Raises Malformed.

    A charset is ignored: Slack sends UTF-8 and nothing else.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Malformed("not_utf8") from wrong
    if content_type == JSON:
        return _proper(_object(text))
    if content_type == FORM:
        return _proper(payload(body) or _form(text))
    raise Malformed("content_type")


def payload(body: bytes) -> dict[str, Any] | None:
    """The form that clicks come in: one field, a JSON object. None: read it as any other form.

    Percent-encoding is quoted-printable with another sign, and that one Python decodes in C: a click is six
    kilobytes, of which `urllib` makes the most expensive step between the signature and the record.
    """
    value = body.removeprefix(PAYLOAD)
    if not body.startswith(PAYLOAD) or b"&" in value or b"\n" in value or b"\r" in value:
        return None
    quoted = value.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")
    plain = a2b_qp(quoted)
    if len(plain) != len(value) - 2 * value.count(b"%"):
        return None  # a sign that escapes nothing: `urllib` knows what it means
    try:
        return _object(plain.decode("utf-8"))
    except UnicodeDecodeError as wrong:
        raise Malformed("form") from wrong


def _form(text: str) -> dict[str, Any]:
    try:
        fields = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as wrong:
        raise Malformed("form") from wrong
    found = dict(fields)
    if len(found) != len(fields):
        raise Malformed("field_twice")
    if "payload" not in found:
        return found
    if len(found) > 1:
        raise Malformed("form")
    return _object(found["payload"])


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_no_constant)
        if SURROGATE.search(text):
            # Half a character cannot be written as UTF-8: neither our record nor Slack would take it.
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as wrong:
        raise Malformed("json") from wrong
    if not isinstance(found, dict):
        raise Malformed("no_object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _proper(body: dict[str, Any]) -> dict[str, Any]:
    """Each kind of request with the parts that make it one; our app subscribes to no others.

    https://docs.slack.dev/interactivity/handling-user-interaction#payloads,
    https://docs.slack.dev/apis/events-api
    """
    match body:
        case (
            {"type": "event_callback", "event": {"type": str()}}
            | {"type": "block_actions", "user": {"id": str()}, "actions": [{"action_id": str()}, *_]}
            | {
                "type": "view_submission" | "view_closed",
                "user": {"id": str()},
                "view": {"id": str(), "type": str(), "callback_id": str()},
            }
            | {"type": "url_verification", "challenge": str()}
            | {"type": "app_rate_limited"}
            | {"command": str(), "user_id": str()}
            | {"ssl_check": "1"}
        ):
            return body
    raise Malformed("unknown_kind")
