"""What the value of a setting must be: each rule answers with what is wrong, or with nothing."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from bot.core.slack_ids import CHANNEL_ID
from bot.texts.languages import LANGUAGES


def token(value: str) -> str | None:
    fine = value.isascii() and value.isprintable() and " " not in value
    return None if fine else "must be printable ASCII without spaces, because it travels in a header"


def bot_token(value: str) -> str | None:
    # Another Slack-compatible server may write its tokens otherwise: only Slack's own mix-ups are refused.
    mixed_up = value.startswith(("xapp-", "xoxp-"))
    return "must be the bot's token (xoxb-...), not the app's or a user's" if mixed_up else token(value)


def app_token(value: str) -> str | None:
    mixed_up = value.startswith("xox")
    return "must be an app-level token (xapp-...) with connections:write" if mixed_up else token(value)


def url(*schemes: str) -> Callable[[str], str | None]:
    example = " or ".join(f"{scheme}://..." for scheme in schemes)

    def wrong(value: str) -> str | None:
        try:
            parts = urlsplit(value)
            fine = parts.scheme in schemes and bool(parts.netloc or parts.path) and parts.port != 0
        except ValueError:  # a port that is no number
            fine = False
        return None if fine else f"must be a URL: {example}"

    return wrong


def channel(value: str) -> str | None:
    return (
        None if CHANNEL_ID.fullmatch(value) else "must be a channel id like C0123ABCD, not a channel's name"
    )


def port(value: str) -> str | None:
    fine = value.isascii() and value.isdigit() and int(value[:6]) <= 65535
    return None if fine else "must be a port number from 0 to 65535"


# Each holds its own connections to Redis and its own 130 MB; a machine with more cores runs more containers.
MOST_PROCESSES = 64


def processes(value: str) -> str | None:
    fine = value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= MOST_PROCESSES
    return None if fine else f"must be a number from 1 to {MOST_PROCESSES}"


LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def level(value: str) -> str | None:
    return None if value.upper() in LOG_LEVELS else f"must be one of {', '.join(LOG_LEVELS)}"


def language(value: str) -> str | None:
    return None if value in LANGUAGES else f"must be one of {', '.join(LANGUAGES)}"
