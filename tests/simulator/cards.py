"""Blocks and views the tests share."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(label: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(label), "action_id": label.lower(), **more}


def card(title: str) -> list[Json]:
    return [
        {"type": "header", "text": plain(title)},
        {"type": "section", "block_id": "facts", "text": mrkdwn("*Customer* <@U0CAT> &lt;vip&gt;")},
        {
            "type": "actions",
            "block_id": "decide",
            "elements": [
                button("Approve", value="v1.A1.1", style="primary"),
                button("Reject", value="v1.A1.1", style="danger"),
            ],
        },
    ]


FORM: Json = {
    "type": "modal",
    "callback_id": "revise",
    "private_metadata": "A1",
    "title": plain("Revise"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "feedback",
            "label": plain("Feedback"),
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "amount",
            "label": plain("Amount"),
            "optional": True,
            "element": {"type": "number_input", "action_id": "number", "is_decimal_allowed": False},
        },
    ],
}
