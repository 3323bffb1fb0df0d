"""Write to Slack: post, find again, update, tell one person; `ports.Messenger` over the Web API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

from bot.core.model import JSON
from bot.core.policy import USER_ID
from bot.ports import ChannelClosed, Message, MessageGone, SlackUnavailable
from bot.slack.calls import Answer, Calls, SlackSays
from bot.slack.errors import meaning
from bot.slack.identity import Identity
from bot.slack.turns import Turns

# The same message always gets the same client_msg_id. Slack's own clients send it and errors of
# chat.postMessage name it, but no page promises that a repeat is dropped: `find` is what we rely on.
NAMESPACE = UUID("6f1c1a52-3f0e-5d0b-9a54-7d7f2b8f6a11")

# Nothing in a message may turn into a link, a preview or a mention that its blocks do not spell out.
# chat.update resets both to Slack's own habits when they are left out.
AS_WRITTEN: Mapping[str, JSON] = {"parse": "none", "link_names": False}
NO_PREVIEWS: Mapping[str, JSON] = {"unfurl_links": False, "unfurl_media": False}

PAGE = 200
MOST_PAGES = 25  # 5,000 messages since the post was begun: far beyond any outage of one channel
LINKS = 10_000

# chat.postEphemeral reaches nobody outside the channel: these go by direct message.
# https://docs.slack.dev/reference/methods/chat.postEphemeral
NOT_THERE = frozenset({"user_not_in_channel"})


class SlackMessenger:
    """Posts wait for the channel's turn; a post whose fate is unknown is never repeated here."""

    def __init__(self, calls: Calls, turns: Turns, identity: Identity) -> None:
        self._calls = calls
        self._turns = turns
        self._identity = identity
        self._links: dict[tuple[str, str], str] = {}

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> str:
        """The ts of the new message. Raises ChannelClosed, SlackUnavailable, MessageRefused."""
        await self._turns.take(channel, message.key)
        try:
            return await self._post(
                channel, message, thread_ts=thread_ts, client_msg_id=_client_msg_id(message)
            )
        except MessageGone:
            # The thread's first message was deleted, or an earlier copy of this one: say it all the same.
            return await self._post(channel, message)

    async def _post(self, channel: str, message: Message, **where: str | None) -> str:
        answer = await self._say(
            "chat.postMessage",
            channel,
            text=message.text,
            blocks=list(message.blocks),
            metadata=_metadata(message),
            **where,
            **AS_WRITTEN,
            **NO_PREVIEWS,
        )
        return str(answer["ts"])

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Raises MessageGone besides what `post` raises. The metadata stays as it was posted."""
        blocks = list(message.blocks)
        await self._say("chat.update", channel, ts=ts, text=message.text, blocks=blocks, **AS_WRITTEN)

    async def remove(self, channel: str, ts: str) -> None:
        """Take back a message of ours; one that is gone already is gone. Raises as `post` does."""
        with suppress(MessageGone):
            await self._say("chat.delete", channel, ts=ts)

    async def find(
        self, channel: str, message: Message, *, since: float, thread_ts: str | None = None
    ) -> tuple[str, ...]:
        """The ts of every message of ours with this key, oldest first. Raises as `post` does."""
        found = [
            str(known["ts"])
            async for known in self._messages(channel, thread_ts, since)
            if self._is_ours(known) and _is_same(known, message)
        ]
        return tuple(sorted(set(found), key=_age))

    async def _messages(
        self, channel: str, thread_ts: str | None, since: float
    ) -> AsyncIterator[Mapping[str, Any]]:
        method = "conversations.history" if thread_ts is None else "conversations.replies"
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            try:
                page = await self._say(
                    method,
                    channel,
                    ts=thread_ts,
                    oldest=f"{since:.6f}",
                    inclusive=True,
                    include_all_metadata=True,
                    limit=PAGE,
                    cursor=cursor,
                )
            except MessageGone:  # the thread's first message was deleted
                return
            for known in page.get("messages", ()):
                yield known
            cursor = page.get("response_metadata", {}).get("next_cursor") or None
            if cursor is None:
                return

    def _is_ours(self, known: Mapping[str, Any]) -> bool:
        us = self._identity
        return known.get("bot_id") == us.bot_id or known.get("user") == us.bot_user_id

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None:
        """A private sentence; by direct message where the person, or the bot, is not in the channel.

        Raises ChannelClosed, SlackUnavailable, MessageRefused.
        """
        if USER_ID.fullmatch(channel):
            await self._tell_directly(user, text)
            return
        try:
            await self._whisper(channel, user, text, thread_ts)
        except ChannelClosed:
            await self._tell_directly(user, text)

    async def _whisper(self, channel: str, user: str, text: str, thread_ts: str | None) -> None:
        try:
            await self._calls.call(
                "chat.postEphemeral",
                channel=channel,
                user=user,
                text=text,
                thread_ts=thread_ts,
                **AS_WRITTEN,
            )
        except SlackSays as said:
            if said.error in NOT_THERE:
                raise ChannelClosed(channel, said.error) from said
            raise meaning(said, channel) from said

    async def _tell_directly(self, user: str, text: str) -> None:
        opened = await self._say("conversations.open", None, users=user)
        channel = str(opened["channel"]["id"])
        await self._say("chat.postMessage", channel, text=text, **AS_WRITTEN, **NO_PREVIEWS)

    async def publish(self, user: str, view: Mapping[str, JSON]) -> None:
        """Show this App Home to one person. Raises SlackUnavailable, MessageRefused."""
        await self._say("views.publish", None, user_id=user, view=view)

    async def link(self, channel: str, ts: str) -> str | None:
        """The message's permalink, remembered; None where Slack cannot say."""
        if (channel, ts) not in self._links:
            try:
                answer = await self._calls.call("chat.getPermalink", channel=channel, message_ts=ts)
            except (SlackSays, SlackUnavailable):
                return None
            self._links[channel, ts] = str(answer["permalink"])
            if len(self._links) > LINKS:
                del self._links[next(iter(self._links))]
        return self._links.get((channel, ts))

    async def _say(self, method: str, channel: str | None, **arguments: Any) -> Answer:
        try:
            return await self._calls.call(method, channel=channel, **arguments)
        except SlackSays as said:
            raise meaning(said, channel or "") from said


def _metadata(message: Message) -> Mapping[str, JSON] | None:
    """The message's own metadata, with its key beside it: what `find` looks for."""
    if message.metadata is None:
        return None
    payload = message.metadata.get("event_payload")
    known = payload if isinstance(payload, Mapping) else {}
    return {**message.metadata, "event_payload": {**known, "key": message.key}}


def _client_msg_id(message: Message) -> str:
    return str(uuid5(NAMESPACE, message.key))


def _is_same(known: Mapping[str, Any], message: Message) -> bool:
    payload = (known.get("metadata") or {}).get("event_payload") or {}
    return payload.get("key") == message.key or known.get("client_msg_id") == _client_msg_id(message)


def _age(ts: str) -> tuple[int, str]:
    """Slack's ts as a number of seconds and a counter: as text "9.1" would come after "10.1"."""
    seconds, _, counter = ts.partition(".")
    return int(seconds), counter
