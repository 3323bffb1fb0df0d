"""manifest.json asks for exactly what the code uses."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Message
from bot.simulator.card import Card
from bot.slack.scopes import COMMANDS, EVENTS, METHODS, needed
from tests.slack.conftest import Bot

MESSAGE = Message("x", [], key="x")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text())
    return found


METHOD = re.compile(r"(apps|auth|bots|chat|conversations|reactions|usergroups|users|views)\.[a-zA-Z.]+")


def named_methods() -> set[str]:
    """Every text in bot/slack that is the name of a method, but for the table itself."""
    paths = [path for path in (ROOT / "bot" / "slack").rglob("*.py") if path.name != "scopes.py"]
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text()))]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {text for text in texts if METHOD.fullmatch(text)}


def test_every_method_called_is_in_the_table_and_the_other_way_round() -> None:
    assert named_methods() == set(METHODS)


def test_the_scopes_are_those_the_code_needs(manifest: dict[str, Any]) -> None:
    assert manifest["oauth_config"]["scopes"] == {"bot": sorted(needed())}


def test_the_events_are_those_listened_to(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == sorted(EVENTS)


def test_the_commands_are_those_answered(manifest: dict[str, Any]) -> None:
    assert [row["command"] for row in manifest["features"]["slash_commands"]] == list(COMMANDS)


def test_every_request_comes_to_the_one_door(manifest: dict[str, Any]) -> None:
    urls = [
        manifest["settings"]["event_subscriptions"]["request_url"],
        manifest["settings"]["interactivity"]["request_url"],
        *(row["url"] for row in manifest["features"]["slash_commands"]),
    ]

    assert {url.partition("/slack/")[2] for url in urls} == {"events"}


def test_the_bot_has_the_name_people_are_told_to_invite(manifest: dict[str, Any]) -> None:
    assert manifest["features"]["bot_user"]["display_name"] == "approvals"


async def test_these_scopes_and_no_more_are_enough_for_everything(bot: Bot) -> None:
    await bot.slack.settings(bot_scopes=sorted(needed()))
    ana, messenger = bot.slack.person("U0ANA"), bot.connection.messenger

    card: Card = await bot.post_card()
    await messenger.update("C0REFUNDS", card.ts, MESSAGE)
    await messenger.find("C0REFUNDS", MESSAGE, since=0)
    await messenger.find("C0REFUNDS", MESSAGE, since=0, thread_ts=card.ts)
    await messenger.tell("C0REFUNDS", "U0ANA", "in the channel")
    await messenger.tell("U0ANA", "U0ANA", "directly")
    await bot.connection.directory.person("U0ANA")
    await bot.connection.directory.is_member("C0REFUNDS", "U0ANA")
    await bot.connection.directory.group("S0FIN")
    await ana.command("/approvals", "start refund", channel="C0REFUNDS")
    await ana.reply(card, "shorter")
    await bot.slack.settled()

    assert await messenger.link("C0REFUNDS", card.ts) is not None
    assert ana.modal is not None
    assert len(bot.desk.replies) == 1
    assert [line["error"] for line in await bot.slack.log("api") if line["error"]] == []
