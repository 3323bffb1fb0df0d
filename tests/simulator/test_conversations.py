"""conversations.*: channels, members and history, through Slack's own client."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator.local import LocalSlack
from tests.simulator.calls import refused

METADATA = {"event_type": "asked", "event_payload": {"approval_id": "A1", "revision": 2}}


async def test_message_to_a_person_goes_to_their_direct_messages(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    opened = await client.conversations_open(users="U0ANA")
    answer = await client.chat_postMessage(channel="U0ANA", text="psst")

    assert answer["channel"] == opened["channel"]["id"] == "D0ANA"


async def test_bot_outside_the_channel_cannot_post(slack: LocalSlack, client: AsyncWebClient) -> None:
    await slack.remove_bot("C0OPS")

    error = (await refused(client.chat_postMessage(channel="C0OPS", text="x")))["error"]
    joined = await client.conversations_join(channel="C0OPS")
    await client.chat_postMessage(channel="C0OPS", text="x")

    assert error == "not_in_channel"
    assert joined["channel"]["is_member"] is True


async def test_history_is_newest_first_in_pages_and_without_replies(client: AsyncWebClient) -> None:
    posted = [await client.chat_postMessage(channel="C0OPS", text=str(n)) for n in range(5)]
    await client.chat_postMessage(channel="C0OPS", text="child", thread_ts=posted[0]["ts"])

    first = await client.conversations_history(channel="C0OPS", limit=3)
    rest = await client.conversations_history(
        channel="C0OPS", limit=3, cursor=first["response_metadata"]["next_cursor"]
    )

    assert [message["text"] for message in first["messages"]] == ["4", "3", "2"]
    assert [message["text"] for message in rest["messages"]] == ["1", "0"]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert rest["messages"][-1]["reply_count"] == 1


async def test_history_can_be_cut_by_time_and_tells_metadata_when_asked(client: AsyncWebClient) -> None:
    posted = [
        await client.chat_postMessage(channel="C0OPS", text=str(n), metadata=METADATA) for n in range(3)
    ]
    middle = posted[1]["ts"]

    after = await client.conversations_history(channel="C0OPS", oldest=middle)
    since = await client.conversations_history(
        channel="C0OPS", oldest=middle, inclusive=True, include_all_metadata=True
    )

    assert [message["text"] for message in after["messages"]] == ["2"]
    assert [message["text"] for message in since["messages"]] == ["2", "1"]
    assert after["messages"][0]["metadata"] == {"event_type": "asked"}
    assert since["messages"][0]["metadata"] == METADATA


async def test_replies_come_parent_first(client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="C0OPS", text="parent")
    for words in ("one", "two"):
        await client.chat_postMessage(channel="C0OPS", text=words, thread_ts=parent["ts"])

    found = await client.conversations_replies(channel="C0OPS", ts=parent["ts"])
    missing = await refused(client.conversations_replies(channel="C0OPS", ts="1.000001"))

    assert [message["text"] for message in found["messages"]] == ["parent", "one", "two"]
    assert missing["error"] == "thread_not_found"


async def test_channels_and_their_members_are_listed_in_pages(client: AsyncWebClient) -> None:
    listed = await client.conversations_list(limit=2)
    rest = await client.conversations_list(limit=2, cursor=listed["response_metadata"]["next_cursor"])
    members = await client.conversations_members(channel="C0OPS")
    info = await client.conversations_info(channel="C0OPS", include_num_members=True)
    wrong = await refused(client.conversations_list(cursor="what"))

    assert [c["name"] for c in (*listed["channels"], *rest["channels"])] == ["refunds", "plans", "ops"]
    assert members["members"] == ["U0ANA", "U0BEN", "U0CAT", "U0BOT"]
    assert (info["channel"]["name"], info["channel"]["num_members"]) == ("ops", 4)
    assert wrong["error"] == "invalid_cursor"


async def test_private_channel_is_hidden_from_a_bot_outside_it(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    await slack.set_channel("C0BOARD", name="board", is_private=True, members=["U0ANA"])

    answer = await refused(client.conversations_info(channel="C0BOARD"))
    listed = await client.conversations_list(types="private_channel")

    assert answer["error"] == "channel_not_found"
    assert listed["channels"] == []


async def test_archived_channel_takes_no_messages(slack: LocalSlack, client: AsyncWebClient) -> None:
    await slack.set_channel("C0OPS", is_archived=True)

    assert (await refused(client.chat_postMessage(channel="C0OPS", text="x")))["error"] == "is_archived"
