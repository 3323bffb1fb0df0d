"""Write and read what comes back from App Home, where no channel and no message can vouch for a button."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from bot.blocks.ids import APPROVAL_ID, NUMBER
from bot.blocks.parts import PRIVATE_METADATA
from bot.core.model import Approval
from bot.core.policy import USER_ID

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class HomeValue:
    """What a button of App Home stood for: a revision, and the digest of the request as it was shown."""

    approval_id: str
    revision: int
    shown: str


def write_home_value(approval: Approval) -> str:
    """The value of a button in App Home."""
    return f"h1.{approval.id}.{approval.revision}.{approval.request.digest}"


def read_home_value(value: str | None) -> HomeValue | None:
    """What `write_home_value` wrote; None for anything else."""
    match (value or "").split("."):
        case ["h1", str(approval_id), str(revision), str(shown)] if (
            APPROVAL_ID.fullmatch(approval_id) and NUMBER.fullmatch(revision) and DIGEST.fullmatch(shown)
        ):
            return HomeValue(approval_id, int(revision), shown)
    return None


def write_owner(user: str) -> str:
    """App Home's `private_metadata`: whom it was drawn for."""
    return json.dumps({"home_of": user})


def read_owner(private: str | None) -> str | None:
    """What `write_owner` wrote; None for anything else."""
    if not private or len(private) > PRIVATE_METADATA:
        return None
    try:
        found = json.loads(private)
    except (ValueError, RecursionError):
        return None
    match found:
        case {"home_of": str(user), **rest} if not rest and USER_ID.fullmatch(user):
            return user
    return None
