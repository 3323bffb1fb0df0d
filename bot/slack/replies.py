"""What people write in threads, and who joins: the events we listen to, read into values."""

from __future__ import annotations

import re

from bot.core.model import Click, Source, Verdict
from bot.slack.clicks import Body, Origin, part, word

# People write thread replies in these; everything else with a subtype is an edit, a join, a bot...
# https://docs.slack.dev/reference/events/message#subtypes
SPOKEN = (None, "thread_broadcast", "file_share")


def read_reply(body: Body) -> Click | None:
    """What a person wrote in a thread, as the feedback it may be; None for everything else.

    `message_ts` is the thread's: the record says whose card that is.
    """
    event, origin = part(body, "event"), Origin.of(body)
    channel, ts, thread_ts = (word(event, name) for name in ("channel", "ts", "thread_ts"))
    text = typed(word(event, "text") or "").strip()
    if "bot_id" in event or event.get("subtype") not in SPOKEN or not origin.user or not text:
        return None
    if channel is None or ts is None or thread_ts is None or thread_ts == ts:
        return None
    return origin.click(
        f"reply/{channel}/{ts}",
        Verdict.REVISE,
        "",
        0,
        Source.REPLY,
        channel=channel,
        message_ts=thread_ts,
        text=text,
    )


TS = re.compile(r"\d{1,12}\.\d{1,6}", re.ASCII)

# Seconds after a message of ours in which its place may not be on record yet.
FRESH = 10.0


def is_under_a_fresh_post(body: Body, bot_user_id: str) -> bool:
    """Whether somebody answered a message of ours so fast that the record may not know it yet.

    https://docs.slack.dev/reference/events/message: `parent_user_id` is who began the thread.
    """
    match part(body, "event"):
        case {"parent_user_id": str(parent), "ts": str(ts), "thread_ts": str(thread_ts)}:
            known = TS.fullmatch(ts) and TS.fullmatch(thread_ts)
            return bool(known) and parent == bot_user_id and float(ts) - float(thread_ts) < FRESH
    return False


def read_joined(body: Body) -> tuple[str, str] | None:
    """Who joined which channel."""
    match body.get("event"):
        case {"user": str(user), "channel": str(channel)}:
            return user, channel
    return None


# `<https://a.example|a.example>`, `<mailto:a@b.example|a@b.example>`, `<#C123|refunds>`, `<!here>`.
LINK = re.compile(r"<(?P<kind>[#!]?)(?P<target>[^<>|@][^<>|]*)(?:\|(?P<label>[^<>]*))?>")


def typed(text: str) -> str:
    """What the person typed, from what Slack makes of it; mentions of people stay ids.

    https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
    """
    plain = LINK.sub(_as_typed, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _as_typed(link: re.Match[str]) -> str:
    label = link["label"]
    match link["kind"]:
        case "#":
            return f"#{label or link['target']}"
        case "!":
            return label or f"@{link['target']}"
    return label or link["target"]
