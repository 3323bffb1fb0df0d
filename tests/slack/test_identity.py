"""Who we are is asked once, at the start."""

from __future__ import annotations

import aiohttp
import pytest

from bot.core.model import Workspace
from bot.ports import SlackUnavailable
from bot.simulator.local import LocalSlack
from bot.slack.calls import Calls, SlackAsksToWait, SlackSays
from bot.slack.client import web_client
from bot.slack.connection import Connection, connect
from bot.slack.identity import identify_in_the_end
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


async def test_a_limit_of_slacks_at_the_start_is_waited_for(slack: LocalSlack) -> None:
    await slack.fault("rate_limited", "auth.test", times=2, seconds=30)
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock[0] += seconds

    clock = [0.0]
    async with aiohttp.ClientSession() as session:
        client = web_client(slack.config.bot_token, slack.api_url, session)
        calls = Calls(client, sleep=sleep, clock=lambda: clock[0])
        me = await identify_in_the_end(calls, sleep=sleep)

    assert me.bot_user_id == "U0BOT"
    assert [30.0 <= seconds <= 36.0 for seconds in waited] == [True, True]


@pytest.mark.parametrize("kind", ["server_error", "drop"])
async def test_what_is_no_limit_ends_the_start(slack: LocalSlack, kind: str) -> None:
    await slack.fault(kind, "auth.test", times=None)

    with pytest.raises(SlackUnavailable) as refused:
        async with connect(slack.config.bot_token, slack.api_url, NoPace()):
            pytest.fail("it must not come this far")
    assert not isinstance(refused.value, SlackAsksToWait)
