"""What Slack's error strings mean for us: which exception each stands for."""

from __future__ import annotations

from bot.ports import ChannelClosed, MessageGone, MessageRefused, SlackUnavailable
from bot.slack.calls import SlackSays

# https://docs.slack.dev/reference/methods/chat.postMessage, .../chat.update, .../chat.postEphemeral
CHANNEL_CLOSED = frozenset(
    {
        "channel_not_found",
        "ekm_access_denied",
        "invalid_channel",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "method_not_supported_for_channel_type",
        "not_in_channel",
        "posting_to_general_channel_denied",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
    }
)
MESSAGE_GONE = frozenset(
    {
        "duplicate_channel_not_found",
        "duplicate_message_not_found",
        "message_not_found",
        "thread_not_found",
    }
)
MESSAGE_REFUSED = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "cannot_dm_bot",
        "cannot_reply_to_message",
        "cant_update_message",
        "edit_window_closed",
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)

# A revoked token, a missing scope, a word we do not know: an operator or Slack must mend it, and no message
# is lost meanwhile. Seconds until the next look.
MENDING = 30.0


def meaning(said: SlackSays, channel: str) -> Exception:
    """The exception to raise for what Slack said about a message in this channel."""
    if said.error in CHANNEL_CLOSED:
        return ChannelClosed(channel, said.error)
    if said.error in MESSAGE_GONE:
        return MessageGone(str(said))
    if said.error in MESSAGE_REFUSED:
        return MessageRefused(_told(said))
    return SlackUnavailable(_told(said), retry_after=MENDING)


def _told(said: SlackSays) -> str:
    """Slack's word with what it explains: the pointer into the blocks, or the scope that is missing."""
    answer = said.answer
    metadata = answer.get("response_metadata")
    told = metadata.get("messages") if isinstance(metadata, dict) else None
    more = [str(line) for line in told[:3]] if isinstance(told, list) else []
    if "needed" in answer:
        more.append(f"needed: {answer['needed']}")
    return "; ".join([str(said), *more])[:500]
