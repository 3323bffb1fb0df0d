"""What is wrong with a Slack app's settings is named with the step that mends it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.finding import Finding, Level
from bot.simulator.local import LocalSlack
from bot.slack.client import web_client
from bot.slack.doctor import diagnose
from bot.slack.scopes import needed


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def findings(
    slack: LocalSlack, session: aiohttp.ClientSession, *channels: str, token: str | None = None
) -> list[Finding]:
    client = web_client(slack.config.bot_token if token is None else token, slack.api_url, session)
    return await diagnose(client, channels)


async def test_all_is_well(slack: LocalSlack, session: aiohttp.ClientSession) -> None:
    found = await findings(slack, session, "C0REFUNDS", "C0OPS")

    assert {finding.level for finding in found} == {Level.OK}
    assert [finding.code for finding in found] == [
        "slack_token",
        "slack_scopes",
        "slack_channel",
        "slack_channel",
    ]


async def test_no_token_is_named_alone(slack: LocalSlack, session: aiohttp.ClientSession) -> None:
    (found,) = await findings(slack, session, "C0REFUNDS", token="")

    assert (found.level, found.code) == (Level.ERROR, "slack_token_missing")
    assert "SLACK_BOT_TOKEN" in found.sentence


async def test_a_wrong_token_is_named_and_never_shown(
    slack: LocalSlack, session: aiohttp.ClientSession
) -> None:
    (found,) = await findings(slack, session, "C0REFUNDS", token="xoxb-wrong")

    assert (found.level, found.code) == (Level.ERROR, "slack_token_wrong")
    assert "invalid_auth" in found.sentence
    assert "xoxb-wrong" not in found.sentence


async def test_missing_scopes_are_listed(slack: LocalSlack, session: aiohttp.ClientSession) -> None:
    await slack.settings(bot_scopes=sorted(needed() - {"im:write", "users:read"}))

    found = await findings(slack, session)

    assert found[1].code == "slack_scopes_missing"
    assert "lacks im:write, users:read" in found[1].sentence


@pytest.mark.parametrize(
    ("channel", "code", "step"),
    [
        ("C0OPS", "slack_channel_closed", "type /invite @approvals there"),
        ("C0NOWHERE", "slack_channel_unknown", "check the id"),
    ],
)
async def test_a_channel_the_bot_cannot_use_is_named(
    slack: LocalSlack, session: aiohttp.ClientSession, channel: str, code: str, step: str
) -> None:
    await slack.remove_bot("C0OPS")

    *_, found = await findings(slack, session, channel)

    assert (found.level, found.code) == (Level.ERROR, code)
    assert step in found.sentence


async def test_an_archived_channel_is_named(slack: LocalSlack, session: aiohttp.ClientSession) -> None:
    await slack.set_channel("C0OPS", is_archived=True)

    *_, found = await findings(slack, session, "C0OPS")

    assert found.code == "slack_channel_archived"


async def test_a_slack_that_does_not_answer_is_named(session: aiohttp.ClientSession) -> None:
    (found,) = await diagnose(web_client("xoxb-1", "http://127.0.0.1:9/api/", session), ["C0REFUNDS"])

    assert found.code == "slack_unreachable"
    assert "http://127.0.0.1:9/api/" in found.sentence


async def test_an_app_of_a_whole_organization_is_named(session: aiohttp.ClientSession) -> None:
    async def knows_us(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "bot_id": "B0BOT", "is_enterprise_install": True})

    app = web.Application()
    app.router.add_post("/api/auth.test", knows_us)
    async with TestServer(app) as slack:
        found = await diagnose(web_client("xoxb-org", str(slack.make_url("/api/")), session), ["C0OPS"])

    assert [(one.level, one.code) for one in found] == [(Level.ERROR, "slack_org_wide")]
