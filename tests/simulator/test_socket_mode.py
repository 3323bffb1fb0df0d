"""Socket Mode, through Bolt's own handler."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator.local import LocalSlack
from tests.simulator.app import socket_app
from tests.simulator.cards import FORM, card


async def test_click_command_and_message_arrive_over_the_socket(slack: LocalSlack) -> None:
    async with socket_app(slack) as app:
        ana = slack.person("U0ANA")
        posted = await app.post(text="Refund?", blocks=card("Refund"))

        clicked = await ana.click("Approve", on=posted)
        commanded = await ana.command("/approvals", "list", channel="C0OPS")
        await ana.says("hello", channel="C0OPS")
        await slack.settled()

        assert clicked.delivered
        assert commanded.text == "listed"
        assert len(app.interactions()) == 1
        assert "hello" in [event["text"] for event in app.events()]


async def test_submission_is_answered_through_the_ack(slack: LocalSlack) -> None:
    async with socket_app(slack) as app:
        ana, posted = slack.person("U0ANA"), await app.post(text="Refund?", blocks=card("Refund"))
        app.modal, app.submit_answer = FORM, {"response_action": "errors", "errors": {"feedback": "Say more"}}
        await ana.click("Approve", on=posted)
        await ana.fill("Feedback", "x")

        seen = await ana.submit()

        assert seen.errors == {"feedback": "Say more"}


async def test_app_reconnects_when_asked(slack: LocalSlack) -> None:
    async with socket_app(slack) as app:
        await slack.disconnect()
        await slack.until(lambda: slack.document.get("connections") == 1, "the new connection")

        await slack.person("U0ANA").says("still there?", channel="C0OPS")
        await slack.settled()

        assert [event["text"] for event in app.events()] == ["still there?"]


async def test_click_with_no_connection_is_not_delivered(slack: LocalSlack) -> None:
    async with socket_app(slack) as app:
        posted = await app.post(text="Refund?", blocks=card("Refund"))
    await slack.until(lambda: not slack.document.get("connections"), "the connection to be gone")

    seen = await slack.person("U0ANA").click("Approve", on=posted)

    assert (seen.delivered, seen.trouble) == (False, "not delivered")


async def test_bot_token_opens_no_connection(slack: LocalSlack) -> None:
    client = AsyncWebClient(slack.config.bot_token, base_url=slack.api_url)

    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=slack.config.bot_token)
