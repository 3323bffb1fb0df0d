"""What somebody types into the composer, as Slack stores it: escaped text and rich text.

https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

from __future__ import annotations

import re
import secrets

from bot.simulator.model import Json
from bot.simulator.workspace import Workspace

FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
MARKED = re.compile(
    r"(@\w+|#[\w-]+|https?://[^\s<>]+|`[^`\n]+`"
    r"|(?<!\w)\*[^*\n]+\*(?!\w)|(?<!\w)_[^_\n]+_(?!\w)|(?<!\w)~[^~\n]+~(?!\w))"
)
NAMED = re.compile(r"(@\w+|#[\w-]+|https?://[^\s<>]+)")
STYLES = {"`": "code", "*": "bold", "_": "italic", "~": "strike"}
EVERYBODY = ("@here", "@channel", "@everyone")

Piece = tuple[str, Json]
"""The same words twice: as mrkdwn and as a rich text element."""


def as_typed(workspace: Workspace, text: str) -> tuple[str, Json]:
    """The message text, and the rich text block that goes with it."""
    stored, parts = "", []
    for place, words in enumerate(FENCE.split(text)):
        if place % 2:
            stored += f"```{escaped(words)}```"
            parts.append({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]})
        elif words:
            pieces = [_piece(workspace, word) for word in MARKED.split(words) if word]
            stored += "".join(mrkdwn for mrkdwn, _ in pieces)
            parts.append({"type": "rich_text_section", "elements": [element for _, element in pieces]})
    return stored, {"type": "rich_text", "block_id": secrets.token_urlsafe(4)[:5], "elements": parts}


def command_text(workspace: Workspace, text: str) -> str:
    """What a slash command brings where the app asks for escaped text: ids beside names, links in brackets.

    https://docs.slack.dev/interactivity/implementing-slash-commands#escaping
    """
    return "".join(_named(workspace, word) for word in NAMED.split(text) if word)


def _named(workspace: Workspace, word: str) -> str:
    if word.startswith(("http://", "https://")):
        return f"<{escaped(word)}>"
    found = _mention(workspace, word)
    if found is None:
        return escaped(word)
    stored, element = found
    return stored if element["type"] == "usergroup" else f"{stored[:-1]}|{word[1:]}>"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _piece(workspace: Workspace, word: str) -> Piece:
    if word.startswith(("http://", "https://")):
        return f"<{escaped(word)}>", {"type": "link", "url": word}
    if word in EVERYBODY:
        return f"<!{word[1:]}>", {"type": "broadcast", "range": word[1:]}
    if word[0] in STYLES and len(word) > 2 and word[-1] == word[0]:
        style = {STYLES[word[0]]: True}
        return escaped(word), {"type": "text", "text": word[1:-1], "style": style}
    return _mention(workspace, word) or (escaped(word), {"type": "text", "text": word})


def _mention(workspace: Workspace, word: str) -> Piece | None:
    for person in workspace.people.values():
        if word.lower() == f"@{person.name}":
            return f"<@{person.id}>", {"type": "user", "user_id": person.id}
    for group in workspace.groups.values():
        if word.lower() == f"@{group.handle}":
            return f"<!subteam^{group.id}>", {"type": "usergroup", "usergroup_id": group.id}
    for channel in workspace.channels.values():
        if word == f"#{channel.name}" and not channel.is_im:
            return f"<#{channel.id}>", {"type": "channel", "channel_id": channel.id}
    return None
