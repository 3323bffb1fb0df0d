"""Who we are is asked once, at the start."""

from __future__ import annotations

import pytest

from bot.core.model import Workspace
from bot.simulator.local import LocalSlack
from bot.slack.calls import SlackSays
from bot.slack.connection import Connection, connect
from tests.slack.conftest import Bot, NoPace


async def test_we_know_ourselves(connection: Connection) -> None:
    me = connection.identity

    assert (me.team_id, me.bot_user_id, me.bot_id, me.app_id) == ("T0DEMO", "U0BOT", "B0BOT", "A0DEMO")
    assert me.workspace == Workspace("A0DEMO", frozenset({"T0DEMO"}))


async def test_without_users_read_the_app_stays_unknown(slack: LocalSlack) -> None:
    await slack.settings(bot_scopes=["chat:write"])

    async with connect(slack.config.bot_token, slack.api_url, NoPace()) as connection:
        assert connection.identity.app_id is None


async def test_a_bad_token_ends_the_start(slack: LocalSlack) -> None:
    with pytest.raises(SlackSays, match="invalid_auth"):
        async with connect("xoxb-wrong", slack.api_url, NoPace()):
            pytest.fail("it must not come this far")


async def test_no_click_asks_slack_who_we_are(bot: Bot) -> None:
    card = await bot.post_card()
    before = len(await bot.slack.log("api"))

    await bot.slack.person("U0ANA").click("Approve", on=card)

    assert len(await bot.slack.log("api")) == before
