"""Things that are valid once or for a while: trigger ids and response URLs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.simulator.config import SimulatorConfig

RESPONSE_URL_USES = 5  # https://docs.slack.dev/interactivity/handling-user-interaction#message_responses


class Invalid(StrEnum):
    """Why a ticket does not work; the values are Slack's own error strings."""

    UNKNOWN_TRIGGER = "invalid_trigger_id"
    EXPIRED_TRIGGER = "expired_trigger_id"
    USED_TRIGGER = "exchanged_trigger_id"
    UNKNOWN_URL = "invalid_url"
    EXPIRED_URL = "expired_url"
    USED_URL = "used_url"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an interaction came from: what a response_url may answer to."""

    user: str
    channel: str
    ts: str | None = None
    ephemeral: bool = False
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class _Trigger:
    user: str
    until: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class _ResponseUrl:
    source: Source
    until: float
    uses: int = 0


class Tickets:
    """Trigger ids (three seconds, once) and response URLs (thirty minutes, five times)."""

    def __init__(self, settings: Callable[[], SimulatorConfig]) -> None:
        self._settings = settings
        self._triggers: dict[str, _Trigger] = {}
        self._urls: dict[str, _ResponseUrl] = {}

    def new_trigger(self, user: str) -> str:
        config = self._settings()
        trigger = f"{secrets.randbelow(10**13)}.{config.team_id}.{secrets.token_hex(16)}"
        self._triggers[trigger] = _Trigger(user, config.clock() + config.timing.trigger_lives)
        return trigger

    def use_trigger(self, trigger_id: str) -> str | Invalid:
        """The person who caused it, or why it does not work (any more)."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            return Invalid.UNKNOWN_TRIGGER
        if trigger.used:
            return Invalid.USED_TRIGGER
        if self._settings().clock() > trigger.until:
            return Invalid.EXPIRED_TRIGGER
        self._triggers[trigger_id] = replace(trigger, used=True)
        return trigger.user

    def new_response_url(self, source: Source) -> str:
        """The last part of a fresh response URL."""
        config = self._settings()
        name = f"{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        self._urls[name] = _ResponseUrl(source, config.clock() + config.timing.response_url_lives)
        return name

    def use_response_url(self, name: str) -> Source | Invalid:
        """What it answers to, or why it does not work (any more)."""
        url = self._urls.get(name)
        if url is None:
            return Invalid.UNKNOWN_URL
        if self._settings().clock() > url.until:
            return Invalid.EXPIRED_URL
        if url.uses >= RESPONSE_URL_USES:
            return Invalid.USED_URL
        self._urls[name] = replace(url, uses=url.uses + 1)
        return url.source
