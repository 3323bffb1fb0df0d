"""The settings of a simulated Slack: who it is, where it delivers, how long things live."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
)


@dataclass(frozen=True, slots=True)
class Timing:
    """Slack's own times, in seconds; a test shortens them instead of waiting.

    https://docs.slack.dev/apis/events-api/#retries (at once, after one minute, after five minutes),
    https://docs.slack.dev/interactivity/handling-user-interaction (three seconds to answer, a trigger lives
    three seconds, a response_url thirty minutes).
    """

    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    answer_within: float = 3.0
    trigger_lives: float = 3.0
    response_url_lives: float = 1800.0


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """One workspace with one installed app. `events_url` unset means the app uses Socket Mode."""

    host: str = "127.0.0.1"
    port: int = 0
    allow_remote: bool = False
    events_url: str | None = None
    data: Path | None = None
    team_id: str = "T0DEMO"
    team_name: str = "Acme"
    team_domain: str = "acme"
    app_id: str = "A0DEMO"
    bot_id: str = "B0BOT"
    bot_user_id: str = "U0BOT"
    bot_name: str = "approvals"
    bot_token: str = "xoxb-demo"  # noqa: S105 - invented: it opens nothing but this simulator
    app_token: str = "xapp-demo"  # noqa: S105 - invented: it opens nothing but this simulator
    signing_secret: str = "demo-signing-secret"  # noqa: S105 - invented: it signs nothing but this simulator
    bot_scopes: tuple[str, ...] = SCOPES
    commands: tuple[str, ...] = ("/approvals",)
    should_escape: bool = True  # of its commands, as the manifest says
    dedupe_client_msg_id: bool = False
    seed: int = 0
    timing: Timing = field(default_factory=Timing)
    clock: Callable[[], float] = time.time
