"""Tell what is wrong with the Slack side, each with the step that mends it."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.finding import Finding, Level
from bot.ports import SlackUnavailable
from bot.slack.calls import Calls, SlackSays
from bot.slack.scopes import needed

# https://docs.slack.dev/reference/methods/auth.test
BAD_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "token_expired",
        "token_revoked",
        "not_allowed_token_type",
    }
)


async def diagnose(client: AsyncWebClient, channels: Sequence[str]) -> list[Finding]:
    """Findings about the token, its scopes and these channels; it stops where the rest would be guesswork."""
    calls = Calls(client)
    token = await _token(client, calls)
    if token.level is Level.ERROR:
        return [token]
    return [token, *_scopes(calls.granted), *[await _channel(calls, channel) for channel in channels]]


async def _token(client: AsyncWebClient, calls: Calls) -> Finding:
    if not client.token:
        return _wrong(
            "slack_token_missing",
            "SLACK_BOT_TOKEN is not set: copy the Bot User OAuth Token from OAuth & Permissions.",
        )
    try:
        me = await calls.call("auth.test")
    except SlackUnavailable as down:
        return _wrong(
            "slack_unreachable",
            f"Slack at {client.base_url} does not answer ({down.reason}): check the network.",
        )
    except SlackSays as said:
        return _wrong("slack_token_wrong", _refused_token(said.error))
    if not me.get("bot_id"):
        return _wrong(
            "slack_token_wrong",
            "SLACK_BOT_TOKEN is not a bot's token: use the Bot User OAuth Token, which begins with xoxb-.",
        )
    if me.get("is_enterprise_install"):
        return _wrong(
            "slack_org_wide",
            "The app is installed for a whole organization, and Slack does not say then which workspace a "
            "click came from: every one is refused. Install it in one workspace and use that token.",
        )
    return Finding(Level.OK, "slack_token", f"Slack knows us as {me.get('user')} in {me.get('team')}.")


def _refused_token(error: str) -> str:
    if error in BAD_TOKEN:
        return (
            f"Slack refuses SLACK_BOT_TOKEN ({error}): install the app again and copy its token (xoxb-...)."
        )
    return f"Slack refuses auth.test ({error}): check the app's settings at https://api.slack.com/apps."


def _scopes(granted: frozenset[str]) -> list[Finding]:
    if not granted:
        return [
            Finding(Level.WARNING, "slack_scopes_unknown", "Slack does not say which scopes the token has.")
        ]
    missing = sorted(needed() - granted)
    if missing:
        return [
            _wrong(
                "slack_scopes_missing",
                f"The token lacks {', '.join(missing)}: add them under OAuth & Permissions (or paste "
                "manifest.json under App Manifest) and install the app again.",
            )
        ]
    return [Finding(Level.OK, "slack_scopes", "The token has every scope it needs.")]


async def _channel(calls: Calls, channel: str) -> Finding:
    try:
        answer = await calls.call("conversations.info", channel=channel)
    except SlackUnavailable as down:
        return _wrong(
            "slack_channel_unknown", f"Slack did not say whether we are in {channel}: {down.reason}."
        )
    except SlackSays as said:
        return _wrong("slack_channel_unknown", _refused_channel(channel, said.error))
    known = answer["channel"]
    name = f"#{known['name']} ({channel})" if known.get("name") else channel
    if known.get("is_archived"):
        return _wrong(
            "slack_channel_archived", f"{name} is archived: name another channel in approvals.toml."
        )
    if not known.get("is_member") and not known.get("is_im"):
        return _wrong("slack_channel_closed", f"The bot is not in {name}: type /invite @approvals there.")
    return Finding(Level.OK, "slack_channel", f"The bot is in {name}.")


def _refused_channel(channel: str, error: str) -> str:
    if error == "channel_not_found":
        return (
            f"There is no channel {channel} that the bot can see: check the id; "
            "if the channel is private, type /invite @approvals there."
        )
    return f"Slack does not tell about {channel} ({error})."


def _wrong(code: str, sentence: str) -> Finding:
    return Finding(Level.ERROR, code, sentence)
