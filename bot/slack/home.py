"""What comes from App Home: whose it is, and that it is opened; a Home has neither channel nor message."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.blocks.home_ids import read_owner
from bot.blocks.ids import Action
from bot.core.model import Verdict

# A choice or a form of answers needs more than a Home shows: it is made on the card.
AT_HOME: Mapping[str, Verdict] = MappingProxyType(
    {
        Action.APPROVE: Verdict.APPROVE,
        Action.REJECT: Verdict.REJECT,
        Action.REVISE: Verdict.REVISE,
    }
)


def is_own_home(body: Mapping[str, Any]) -> bool:
    """Whether a press comes from the Home that our app drew for the very person who pressed.

    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    match body:
        case {
            "api_app_id": str(app),
            "team": {"id": str(team)},
            "user": {"id": str(user)},
            "container": {"type": "view"},
            "view": {
                "type": "home",
                "app_id": str(drawn_by),
                "team_id": str(drawn_in),
                "private_metadata": str(private),
            },
            **rest,
        } if not rest.keys() & {"channel", "message"}:
            return (drawn_by, drawn_in, read_owner(private)) == (app, team, user)
    return False


def opened(body: Mapping[str, Any]) -> bool:
    """Whether an `app_home_opened` is about the Home tab; the event tells of the messages tab as well.

    https://docs.slack.dev/reference/events/app_home_opened
    """
    event = body.get("event")
    return isinstance(event, Mapping) and event.get("tab") == "home"
