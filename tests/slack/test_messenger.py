"""What is written to Slack, and what is never written twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.core.model import JSON
from bot.ports import ChannelClosed, Message, MessageGone, MessageRefused, SlackUnavailable
from bot.simulator.local import LocalSlack
from bot.slack.connection import Connection
from bot.slack.messenger import SlackMessenger

BLOCKS: list[dict[str, JSON]] = [
    {"type": "section", "text": {"type": "plain_text", "text": "Refund", "emoji": False}}
]
META: dict[str, JSON] = {"event_type": "approval_requested", "event_payload": {"approval_id": "a-1"}}
CARD = Message("Refund $5", BLOCKS, key="card:a-1", metadata=META)
PLAIN = Message("Done", [], key="result:t-1")


@pytest.fixture
def messenger(connection: Connection) -> SlackMessenger:
    return connection.messenger


async def sent(slack: LocalSlack, method: str = "chat.postMessage") -> list[dict[str, Any]]:
    """What reached Slack, whatever came of it."""
    return [line["args"] for line in await slack.log("api", method)]


async def test_a_post_carries_its_key_and_asks_for_no_extras(
    slack: LocalSlack, messenger: SlackMessenger
) -> None:
    ts = await messenger.post("C0REFUNDS", CARD)

    (args,) = await sent(slack)
    payload = args["metadata"]["event_payload"]
    assert slack.message("C0REFUNDS", ts).text == "Refund $5"
    assert payload == {"approval_id": "a-1", "key": "card:a-1"}
    assert (args["parse"], args["link_names"]) == ("none", False)
    assert (args["unfurl_links"], args["unfurl_media"]) == (False, False)
    assert "thread_ts" not in args


async def test_the_same_message_has_the_same_client_msg_id(
    slack: LocalSlack, messenger: SlackMessenger
) -> None:
    for key in ("card:a-1", "card:a-1", "card:a-2"):
        await messenger.post("C0REFUNDS", replace(CARD, key=key))

    first, again, other = (args["client_msg_id"] for args in await sent(slack))
    assert first == again
    assert first != other


@pytest.mark.parametrize("fault", ["lose_reply", "drop", "server_error"])
async def test_a_post_of_unknown_fate_is_sent_once_and_says_so(
    slack: LocalSlack, messenger: SlackMessenger, fault: str
) -> None:
    await slack.fault(fault, "chat.postMessage", times=None)

    with pytest.raises(SlackUnavailable) as failed:
        await messenger.post("C0REFUNDS", CARD)

    assert failed.value.sent
    assert len(await sent(slack)) == 1


async def test_a_post_whose_reply_was_lost_is_found_again(
    slack: LocalSlack, messenger: SlackMessenger
) -> None:
    await slack.fault("lose_reply", "chat.postMessage")
    with pytest.raises(SlackUnavailable):
        await messenger.post("C0REFUNDS", CARD)
    await messenger.post("C0REFUNDS", replace(CARD, key="card:a-2"))

    found = await messenger.find("C0REFUNDS", CARD, since=0)

    assert [slack.message("C0REFUNDS", ts).metadata["event_payload"]["key"] for ts in found] == ["card:a-1"]


async def test_nothing_is_found_where_nothing_was_posted(messenger: SlackMessenger) -> None:
    assert await messenger.find("C0REFUNDS", CARD, since=0) == ()


async def test_find_gives_every_copy_oldest_first_over_all_pages(
    slack: LocalSlack, messenger: SlackMessenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.messenger.PAGE", 2)
    posted = [await messenger.post("C0REFUNDS", CARD) for _ in range(5)]

    assert await messenger.find("C0REFUNDS", CARD, since=0) == tuple(posted)
    assert await messenger.find("C0REFUNDS", CARD, since=float(posted[2])) == tuple(posted[2:])


async def test_a_message_without_metadata_is_found_by_its_client_msg_id(messenger: SlackMessenger) -> None:
    ts = await messenger.post("C0REFUNDS", PLAIN)

    assert await messenger.find("C0REFUNDS", PLAIN, since=0) == (ts,)


async def test_a_reply_is_found_in_its_thread_only(messenger: SlackMessenger) -> None:
    card = await messenger.post("C0REFUNDS", CARD)
    reply = await messenger.post("C0REFUNDS", PLAIN, thread_ts=card)

    assert await messenger.find("C0REFUNDS", PLAIN, since=0, thread_ts=card) == (reply,)
    assert await messenger.find("C0REFUNDS", PLAIN, since=0) == ()
    assert await messenger.find("C0REFUNDS", PLAIN, since=0, thread_ts="1.000001") == ()


async def test_another_bots_copy_of_our_key_is_not_ours(connection: Connection) -> None:
    messenger = connection.messenger
    await messenger.post("C0REFUNDS", CARD)
    messenger._identity = replace(connection.identity, bot_id="B0OTHER", bot_user_id="U0OTHER")

    assert await messenger.find("C0REFUNDS", CARD, since=0) == ()


async def test_what_was_to_go_under_a_deleted_message_goes_to_the_channel(
    slack: LocalSlack, messenger: SlackMessenger
) -> None:
    ts = await messenger.post("C0REFUNDS", PLAIN, thread_ts="1.000001")

    assert slack.message("C0REFUNDS", ts).text == "Done"


async def test_an_update_keeps_the_metadata(slack: LocalSlack, messenger: SlackMessenger) -> None:
    ts = await messenger.post("C0REFUNDS", CARD)

    await messenger.update("C0REFUNDS", ts, replace(CARD, text="Approved"))

    card = slack.message("C0REFUNDS", ts)
    assert card.text == "Approved"
    assert card.metadata["event_payload"]["key"] == "card:a-1"


@pytest.mark.parametrize("fault", ["lose_reply", "drop", "server_error"])
async def test_an_update_is_repeated_until_it_is_known(
    slack: LocalSlack, messenger: SlackMessenger, fault: str
) -> None:
    ts = await messenger.post("C0REFUNDS", CARD)
    await slack.fault(fault, "chat.update", times=2)

    await messenger.update("C0REFUNDS", ts, replace(CARD, text="Approved"))

    assert slack.message("C0REFUNDS", ts).text == "Approved"
    assert len(await sent(slack, "chat.update")) == 3


async def test_a_deleted_card_is_gone(slack: LocalSlack, connection: Connection) -> None:
    ts = await connection.messenger.post("C0REFUNDS", CARD)
    await connection.client.chat_delete(channel="C0REFUNDS", ts=ts)

    with pytest.raises(MessageGone):
        await connection.messenger.update("C0REFUNDS", ts, CARD)


async def test_a_channel_without_the_bot_is_closed_and_says_what_to_do(
    slack: LocalSlack, messenger: SlackMessenger
) -> None:
    await slack.remove_bot("C0REFUNDS")

    with pytest.raises(ChannelClosed, match=r"C0REFUNDS \(not_in_channel\): invite the bot"):
        await messenger.post("C0REFUNDS", CARD)
    with pytest.raises(ChannelClosed, match="channel_not_found"):
        await messenger.post("C0NOWHERE", CARD)
    with pytest.raises(ChannelClosed):
        await messenger.find("C0REFUNDS", CARD, since=0)


async def test_blocks_slack_refuses_are_named(messenger: SlackMessenger) -> None:
    with pytest.raises(MessageRefused, match="invalid_blocks"):
        await messenger.post("C0REFUNDS", replace(CARD, blocks=[{"type": "nonsense"}]))


async def test_a_missing_scope_loses_no_message(slack: LocalSlack, messenger: SlackMessenger) -> None:
    await slack.settings(bot_scopes=["users:read"])

    with pytest.raises(SlackUnavailable, match=r"missing_scope.*chat:write") as failed:
        await messenger.post("C0REFUNDS", CARD)

    assert not failed.value.sent
    assert failed.value.retry_after >= 10


async def test_a_private_sentence_is_seen_by_one_person(slack: LocalSlack, messenger: SlackMessenger) -> None:
    await messenger.tell("C0REFUNDS", "U0ANA", "You were *second*.")

    assert slack.person("U0ANA").was_told("You were second.")
    assert slack.person("U0BEN").private_notes() == []


async def test_who_is_not_in_the_channel_gets_a_direct_message(
    slack: LocalSlack, messenger: SlackMessenger
) -> None:
    await slack.person("U0ANA").leave("C0REFUNDS")
    await messenger.tell("C0REFUNDS", "U0ANA", "one")
    await slack.remove_bot("C0OPS")
    await messenger.tell("C0OPS", "U0BEN", "two")
    await messenger.tell("U0CAT", "U0CAT", "three")

    sent_to = [(args["channel"], args["text"]) for args in await sent(slack)]
    assert sent_to == [("D0ANA", "one"), ("D0BEN", "two"), ("D0CAT", "three")]


async def test_nobody_can_be_told_who_does_not_exist(messenger: SlackMessenger) -> None:
    with pytest.raises(MessageRefused):
        await messenger.tell("U0NOBODY", "U0NOBODY", "x")


async def test_a_link_is_asked_for_once(slack: LocalSlack, messenger: SlackMessenger) -> None:
    ts = await messenger.post("C0REFUNDS", CARD)

    links = {await messenger.link("C0REFUNDS", ts) for _ in range(3)}

    assert links == {f"{slack.url}/archives/C0REFUNDS/p{ts.replace('.', '')}"}
    assert len(await sent(slack, "chat.getPermalink")) == 1


async def test_no_link_is_no_error(slack: LocalSlack, messenger: SlackMessenger) -> None:
    assert await messenger.link("C0REFUNDS", "1.000001") is None


async def test_the_official_client_alone_would_post_twice(slack: LocalSlack) -> None:
    """Why ours has no retry handlers: this is what the client does by itself."""
    from slack_sdk.web.async_client import AsyncWebClient

    client = AsyncWebClient(slack.config.bot_token, base_url=slack.api_url)
    client.proxy = None
    await slack.fault("lose_reply", "chat.postMessage")

    try:
        await client.chat_postMessage(channel="C0REFUNDS", text="twice")
    except SlackApiError:
        pytest.fail("the second try should have come through")

    assert len(await sent(slack)) == 2
