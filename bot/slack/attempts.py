"""What a gesture that is refused at the door was meant for, read without trusting a word of it."""

from __future__ import annotations

from bot.blocks.home_ids import read_home_value
from bot.blocks.ids import VERDICTS, read_metadata, read_page, read_place, read_value
from bot.core.model import Click, Source, Verdict
from bot.slack.clicks import Body, Origin, part, word


def attempt(body: Body) -> Click:
    """The gesture as far as it can be made out; its approval id is empty where it names none."""
    actions = body.get("actions")
    action: Body = (
        actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    )
    channel = word(part(body, "channel"), "id") or word(body, "channel_id")
    return Origin.of(body).click(
        "",
        VERDICTS.get(word(action, "action_id") or "", Verdict.APPROVE),
        _approval(body, word(action, "value")),
        0,
        Source.MODAL if body.get("type") == "view_submission" else Source.BUTTON,
        channel=channel,
        message_ts=word(part(body, "container"), "message_ts"),
        metadata=read_metadata(part(body, "message").get("metadata")),
    )


def _approval(body: Body, value: str | None) -> str:
    """The approval that the button or the form names."""
    place = read_place(word(part(body, "view"), "private_metadata"))
    for said in (read_value(value), read_home_value(value), read_page(value), place):
        if said is not None:
            return said.approval_id
    return ""
