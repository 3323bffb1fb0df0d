"""Tokens, scopes, arguments, people and groups, through Slack's own client."""

from __future__ import annotations

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator.config import SCOPES
from bot.simulator.local import LocalSlack
from tests.simulator.calls import refused
from tests.simulator.cards import card


async def test_token_is_told_who_it_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0DEMO", "U0BOT", "B0BOT")
    assert answer.headers["X-OAuth-Scopes"] == ",".join(SCOPES)


async def test_missing_and_wrong_tokens_are_told_apart(slack: LocalSlack, client: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{slack.api_url}auth.test") as response:
        without = await response.json()

    assert without == {"ok": False, "error": "not_authed"}
    assert (await refused(client.auth_test(token="xoxb-wrong")))["error"] == "invalid_auth"


async def test_missing_scope_names_what_is_needed(slack: LocalSlack, client: AsyncWebClient) -> None:
    await slack.settings(bot_scopes=["chat:write"])

    answer = await refused(client.users_info(user="U0ANA"))
    history = await refused(client.conversations_history(channel="C0OPS"))

    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "users:read",
        "chat:write",
    )
    assert history["needed"] == "channels:history"


async def test_unknown_method_is_refused(client: AsyncWebClient) -> None:
    assert (await refused(client.api_call("chat.shout")))["error"] == "unknown_method"


async def test_arguments_may_come_as_form_json_or_query(slack: LocalSlack, client: AsyncWebClient) -> None:
    await client.api_call("chat.postMessage", json={"channel": "C0OPS", "text": "json", "blocks": card("j")})
    await client.api_call(
        "chat.postMessage", data={"channel": "#ops", "text": "form", "blocks": '[{"type":"divider"}]'}
    )
    found = await client.api_call("conversations.history", http_verb="GET", params={"channel": "C0OPS"})

    assert [message["text"] for message in found["messages"]] == ["form", "json"]


async def test_people_carry_the_flags_that_decide_who_may_approve(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    await slack.set_person("U0ANA", deleted=True, is_restricted=True, is_stranger=True, team_id="T0OTHER")

    person = (await client.users_info(user="U0ANA"))["user"]
    listed = (await client.users_list())["members"]
    unknown = await refused(client.users_info(user="U0NOBODY"))

    assert (person["deleted"], person["is_restricted"], person["is_stranger"]) == (True, True, True)
    assert (person["team_id"], person["is_bot"], person["tz"]) == ("T0OTHER", False, "Europe/Berlin")
    assert [each["id"] for each in listed] == ["U0ANA", "U0BEN", "U0CAT", "U0BOT"]
    assert unknown["error"] == "user_not_found"


async def test_people_are_found_by_their_address(slack: LocalSlack, client: AsyncWebClient) -> None:
    found = (await client.users_lookupByEmail(email="Ana@example.com"))["user"]
    unknown = await refused(client.users_lookupByEmail(email="nobody@example.com"))
    await slack.set_person("U0ANA", deleted=True)
    gone = await refused(client.users_lookupByEmail(email="ana@example.com"))

    assert (found["id"], unknown["error"], gone["error"]) == ("U0ANA", "users_not_found", "users_not_found")


async def test_user_group_is_read_as_it_is_now(slack: LocalSlack, client: AsyncWebClient) -> None:
    before = (await client.usergroups_users_list(usergroup="S0FIN"))["users"]
    await slack.set_group("S0FIN", users=["U0CAT"])
    after = (await client.usergroups_users_list(usergroup="S0FIN"))["users"]
    [group] = (await client.usergroups_list(include_users=True))["usergroups"]
    unknown = await refused(client.usergroups_users_list(usergroup="S0NONE"))

    assert (before, after, group["users"]) == (["U0ANA", "U0BEN"], ["U0CAT"], ["U0CAT"])
    assert unknown["error"] == "no_such_subteam"


async def test_bot_describes_itself(client: AsyncWebClient) -> None:
    answer = await client.bots_info(bot="B0BOT")

    assert (answer["bot"]["app_id"], answer["bot"]["user_id"]) == ("A0DEMO", "U0BOT")


async def test_blocks_can_be_validated_without_posting(client: AsyncWebClient) -> None:
    fine = await client.api_call("blocks.validate", json={"blocks": card("x")})
    wrong = await refused(
        client.api_call("blocks.validate", json={"message": {"blocks": [{"type": "header"}]}})
    )

    assert fine["ok"]
    assert wrong["errors"] == ["missing required field: text [json-pointer:/blocks/0]"]
