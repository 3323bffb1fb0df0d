"""What we call at Slack and hear from it, and the OAuth scopes that takes; the manifest asks for these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method: how it is called, and whether a call of unknown fate may simply be repeated."""

    scopes: tuple[str, ...] = ()
    repeatable: bool = True
    reads: bool = False  # sent as GET


# Scopes and verbs: https://docs.slack.dev/reference/methods
# A second chat.postMessage is a second message, and a trigger_id opens one window only.
METHODS: Mapping[str, Method] = {
    "auth.test": Method(),
    "bots.info": Method(("users:read",), reads=True),
    "chat.getPermalink": Method(reads=True),
    "chat.postEphemeral": Method(("chat:write",), repeatable=False),
    "chat.postMessage": Method(("chat:write",), repeatable=False),
    "chat.delete": Method(("chat:write",)),
    "chat.update": Method(("chat:write",)),
    "conversations.history": Method(("channels:history", "groups:history"), reads=True),
    "conversations.info": Method(("channels:read", "groups:read"), reads=True),
    "conversations.members": Method(("channels:read", "groups:read"), reads=True),
    "conversations.open": Method(("im:write",)),
    "conversations.replies": Method(("channels:history", "groups:history"), reads=True),
    "usergroups.users.list": Method(("usergroups:read",), reads=True),
    "users.info": Method(("users:read",), reads=True),
    "users.lookupByEmail": Method(("users:read.email",), reads=True),
    "views.publish": Method(),
    "views.open": Method(repeatable=False),
    "views.update": Method(),
}

# https://docs.slack.dev/reference/events
EVENTS: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
}

# https://docs.slack.dev/interactivity/implementing-slash-commands
COMMANDS: Mapping[str, tuple[str, ...]] = {"/approvals": ("commands",)}


def needed() -> frozenset[str]:
    """Every scope the bot's token must have."""
    scopes = [method.scopes for method in METHODS.values()]
    return frozenset(scope for group in (*scopes, *EVENTS.values(), *COMMANDS.values()) for scope in group)
