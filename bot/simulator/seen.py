"""What one person sees: of the workspace, and of one thing they did."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.simulator.model import Json

PERSONAL = ("notes", "modals", "homes", "troubles")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw after acting: did it arrive, what stands under the fields, what was said to them.

    `status` is the app's HTTP status, 0 when no answer came; `trouble` is the mark Slack shows when the app
    did not answer well within three seconds.
    """

    delivered: bool
    status: int = 0
    trouble: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    text: str | None = None


def seen_by(tree: Json, user: str) -> Json:
    """The document with this person's channels, and the notes, modals and home addressed to them alone."""
    channels = {name: channel for name, channel in tree["channels"].items() if user in channel["members"]}
    messages = {name: found for name, found in tree["messages"].items() if name in channels}
    own = {part: {user: tree[part][user]} if user in tree[part] else {} for part in PERSONAL}
    return {**tree, "channels": channels, "messages": messages, **own}
