"""chat.*: messages posted, changed and deleted, through Slack's own client."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator.local import LocalSlack
from tests.simulator.calls import refused
from tests.simulator.cards import card, mrkdwn

METADATA = {"event_type": "asked", "event_payload": {"approval_id": "A1", "revision": 2}}


async def test_message_is_posted_with_everything_it_was_given(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(
        channel="C0REFUNDS", text="Refund?", blocks=card("Refund"), metadata=METADATA, client_msg_id="one"
    )

    message = answer["message"]
    assert answer["channel"] == "C0REFUNDS"
    assert message["ts"] == answer["ts"]
    assert (message["user"], message["bot_id"], message["app_id"]) == ("U0BOT", "B0BOT", "A0DEMO")
    assert message["metadata"] == METADATA
    assert message["client_msg_id"] == "one"
    assert all(block["block_id"] for block in message["blocks"])
    assert message["blocks"][1]["text"]["verbatim"] is False
    assert message["blocks"][0]["text"]["emoji"] is True


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0OPS"}, "no_text"),
        ({"channel": "C0OPS", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "C0OPS", "text": "x", "blocks": "[not json"}, "invalid_blocks_format"),
        (
            {"channel": "C0OPS", "text": "x", "metadata": {"event_type": "a b", "event_payload": {}}},
            "invalid_metadata_format",
        ),
        ({"channel": "C0OPS", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        (
            {"channel": "C0OPS", "text": "x", "metadata": {"event_type": "a", "event_payload": {"k": None}}},
            "invalid_metadata_schema",
        ),
        (
            {
                "channel": "C0OPS",
                "text": "x",
                "metadata": {"event_type": "a", "event_payload": {"k": "v" * 9000}},
            },
            "metadata_too_large",
        ),
    ],
)
async def test_bad_message_is_refused_in_slacks_words(
    client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    assert (await refused(client.api_call("chat.postMessage", json=arguments)))["error"] == error


async def test_invalid_blocks_are_named_one_by_one(client: AsyncWebClient) -> None:
    blocks = [{"type": "section", "text": mrkdwn("x" * 3001)}]

    answer = await refused(client.chat_postMessage(channel="C0OPS", text="x", blocks=blocks))

    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]


async def test_text_beyond_forty_thousand_characters_is_cut(client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel="C0OPS", text="x" * 40_001)

    assert len(answer["message"]["text"]) == 40_000


async def test_same_client_msg_id_makes_two_messages_unless_told_otherwise(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    first, second = [
        await client.chat_postMessage(channel="C0OPS", text="x", client_msg_id="a") for _ in "12"
    ]
    await slack.settings(dedupe_client_msg_id=True)
    third = await client.chat_postMessage(channel="C0OPS", text="x", client_msg_id="a")

    assert first["ts"] != second["ts"]
    assert (third["ts"], third["is_duplicate"]) == (first["ts"], True)


async def test_update_keeps_replaces_and_clears_metadata(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0OPS", text="x", blocks=card("x"), metadata=METADATA)
    message = slack.message("C0OPS", posted["ts"])
    await client.chat_update(channel="C0OPS", ts=posted["ts"], text="y", blocks=card("y"))
    kept, was_edited = message.metadata, message.edited
    await client.chat_update(channel="C0OPS", ts=posted["ts"], text="z", metadata={})

    assert (kept, was_edited) == (METADATA, False)
    assert (message.metadata, message.edited) == ({}, True)
    assert (message.text_shown, message.buttons) == ("z", [])


async def test_update_without_text_keeps_the_text(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0OPS", text="x", blocks=card("x"))

    await client.api_call("chat.update", json={"channel": "C0OPS", "ts": posted["ts"], "blocks": card("y")})

    message = slack.message("C0OPS", posted["ts"])
    assert (message.text, message.text_shown.splitlines()[0]) == ("x", "y")


async def test_update_refuses_what_slack_refuses(slack: LocalSlack, client: AsyncWebClient) -> None:
    said = await slack.person("U0ANA").says("mine", channel="C0OPS")
    posted = await client.chat_postMessage(channel="C0OPS", text="x")

    foreign = await refused(client.chat_update(channel="C0OPS", ts=said.ts, text="y"))
    unknown = await refused(client.chat_update(channel="C0OPS", ts="1.000001", text="y"))
    long = await refused(client.chat_update(channel="C0OPS", ts=posted["ts"], text="y" * 4001))

    errors = [answer["error"] for answer in (foreign, unknown, long)]
    assert errors == ["cant_update_message", "message_not_found", "msg_too_long"]


async def test_deleted_parent_leaves_a_mark_for_its_thread(slack: LocalSlack, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="C0OPS", text="parent")
    await client.chat_postMessage(channel="C0OPS", text="child", thread_ts=parent["ts"])

    await client.chat_delete(channel="C0OPS", ts=parent["ts"])

    found = await client.conversations_history(channel="C0OPS")
    again = await refused(client.chat_delete(channel="C0OPS", ts=parent["ts"]))
    assert [message["subtype"] for message in found["messages"]] == ["tombstone"]
    assert again["error"] == "message_not_found"


async def test_deleted_message_is_gone(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0OPS", text="x")

    await client.chat_delete(channel="C0OPS", ts=posted["ts"])

    assert slack.messages("C0OPS") == []


async def test_ephemeral_message_is_seen_by_one_person_and_by_no_history(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel="C0OPS", user="U0ANA", text="psst", metadata=METADATA)
    found = await client.conversations_history(channel="C0OPS")
    await slack.person("U0CAT").leave("C0OPS")
    outside = await refused(client.chat_postEphemeral(channel="C0OPS", user="U0CAT", text="psst"))

    [note] = slack.person("U0ANA").private_notes()
    assert (note.text_shown, note.metadata) == ("psst", {})
    assert slack.person("U0BEN").private_notes() == []
    assert found["messages"] == []
    assert outside["error"] == "user_not_in_channel"


async def test_permalink_of_a_reply_names_its_thread(client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="C0OPS", text="parent")
    reply = await client.chat_postMessage(channel="C0OPS", text="child", thread_ts=parent["ts"])

    answer = await client.chat_getPermalink(channel="C0OPS", message_ts=reply["ts"])

    assert answer["permalink"].endswith(
        f"/p{reply['ts'].replace('.', '')}?thread_ts={parent['ts']}&cid=C0OPS"
    )
