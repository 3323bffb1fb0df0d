"""Clicks as Slack sends them: the whole message with its blocks and metadata, as a signed form.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any
from urllib.parse import urlencode

from bench.slack import Seen
from bot.blocks.ids import Action, Form, Place, write_place
from bot.core.model import Verdict

SECRET = "bench-signing-secret"  # noqa: S105 - opens nothing but the servers started here
NUMBERS = count(1)


def press(card: Seen, action: Action = Action.APPROVE) -> bytes:
    """A person presses this button of the card."""
    button = _button(card.raw["blocks"], action)
    return _request(
        {
            **_who("block_actions"),
            "container": {"type": "message", "message_ts": card.ts, "channel_id": card.channel},
            "trigger_id": "5046479444120.T0BENCH.b0cb5d574c28893180f68def6f866f77",
            "channel": {"id": card.channel, "name": "bench"},
            "message": {
                "type": "message",
                "user": "U0BOT",
                "ts": card.ts,
                "text": card.raw["text"],
                "team": "T0BENCH",
                "bot_id": "B0BOT",
                "app_id": "A0BENCH",
                "blocks": card.raw["blocks"],
                "metadata": card.raw["metadata"],
            },
            "state": {"values": {}},
            "response_url": "http://127.0.0.1:9/actions/T0BENCH/1/x",
            "actions": [
                {
                    "action_id": action.value,
                    "block_id": "actions",
                    "type": "button",
                    "text": button["text"],
                    "value": button["value"],
                    "action_ts": f"{1_700_000_000 + next(NUMBERS)}.000200",
                }
            ],
        }
    )


def sends_back(card: Seen, words: str) -> bytes:
    """The person submits the form that Revise opened."""
    claim = card.claim
    place = Place(claim["approval_id"], claim["revision"], Verdict.REVISE, card.channel, card.ts)
    view = {
        "id": f"V0{next(NUMBERS)}",
        "type": "modal",
        "team_id": "T0BENCH",
        "app_installed_team_id": "T0BENCH",
        "callback_id": Form.REVISE.value,
        "private_metadata": write_place(place),
        "state": {"values": {"words": {"words": {"type": "plain_text_input", "value": words}}}},
        "blocks": [],
    }
    return _request({**_who("view_submission"), "trigger_id": "1.2.3", "view": view, "response_urls": []})


def _button(blocks: Sequence[Mapping[str, Any]], action: Action) -> Mapping[str, Any]:
    elements = (element for block in blocks for element in block.get("elements", ()))
    return next(element for element in elements if element.get("action_id") == action)


def _who(kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "user": {"id": "U0ANA", "username": "ana", "name": "ana", "team_id": "T0BENCH"},
        "api_app_id": "A0BENCH",
        "token": "verification-token-is-deprecated",
        "team": {"id": "T0BENCH", "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _request(payload: Mapping[str, Any]) -> bytes:
    """The raw bytes of the whole HTTP request."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    timestamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + body
