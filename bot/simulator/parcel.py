"""What travels to the app and what comes back, over whichever transport."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.simulator.model import Json


class Problem(StrEnum):
    """Why a delivery failed, as Slack writes it in `x-slack-retry-reason`.

    https://docs.slack.dev/apis/events-api/#retries
    """

    TIMEOUT = "http_timeout"
    ERROR = "http_error"
    UNREACHABLE = "connection_failed"
    REDIRECTS = "too_many_redirects"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery; `kind` is event, interaction or command, `name` what a log calls it."""

    kind: str
    name: str
    body: Json
    retry_num: int = 0
    retry_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app said: status 0 means nothing at all."""

    status: int
    body: Json | str | None = None
    problem: Problem | None = None
    no_retry: bool = False


class Transport(Protocol):
    async def send(self, parcel: Parcel) -> Answer:
        """Deliver once and give back what came of it; never raises for an app that misbehaves."""
