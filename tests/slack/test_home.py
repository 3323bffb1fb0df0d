"""App Home: only the Home we drew for the very person who pressed vouches for a button in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.blocks.home_ids import write_home_value, write_owner
from bot.blocks.ids import Action
from bot.core.model import Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.slack.clicks import Press
from bot.slack.home import is_own_home, opened
from tests.blocks.samples import approval
from tests.slack.conftest import Bot

DIGEST = approval().request.digest


def press(**changed: Any) -> dict[str, Any]:
    """A press of Approve in Ana's Home."""
    return {
        "type": "block_actions",
        "api_app_id": "A0DEMO",
        "team": {"id": "T0DEMO"},
        "user": {"id": "U0ANA", "team_id": "T0DEMO"},
        "container": {"type": "view", "view_id": "V1"},
        "view": {
            "id": "V1",
            "type": "home",
            "app_id": "A0DEMO",
            "team_id": "T0DEMO",
            "private_metadata": write_owner("U0ANA"),
        },
        "actions": [{"action_id": Action.APPROVE, "value": write_home_value(approval()), "action_ts": "1.2"}],
        **changed,
    }


def with_view(**changed: Any) -> dict[str, Any]:
    return press(view={**press()["view"], **changed})


def test_a_press_in_ones_own_home_is_a_vote_with_the_digest_it_showed() -> None:
    click = Press.of(press()).click

    assert click is not None
    assert (click.source, click.verdict, click.shown) == (Source.HOME, Verdict.APPROVE, DIGEST)
    assert (click.channel, click.message_ts, click.metadata) == (None, None, None)


FORGED = [
    press(user={"id": "U0BEN"}),
    press(api_app_id="A0OTHER"),
    press(team={"id": "T0OTHER"}),
    press(channel={"id": "C0REFUNDS"}),
    press(message={"ts": "1.2"}),
    press(container={"type": "message", "channel_id": "C0REFUNDS", "message_ts": "1.2"}),
    press(container={}),
    with_view(type="modal"),
    with_view(app_id="A0OTHER"),
    with_view(app_id=None),
    with_view(team_id="T0OTHER"),
    with_view(private_metadata=""),
    with_view(private_metadata=write_owner("U0BEN")),
]


@pytest.mark.parametrize("body", FORGED)
def test_a_press_from_anywhere_else_is_no_press_in_app_home(body: Mapping[str, Any]) -> None:
    assert not is_own_home(body)
    assert Press.of(body).click is None


@pytest.mark.parametrize("action", [Action.ANSWER, Action.CHOOSE_1, Action.VIEW, Action.LIST_ON])
def test_only_plain_buttons_decide_in_app_home(action: Action) -> None:
    body = press(actions=[{"action_id": action, "value": write_home_value(approval()), "action_ts": "1.2"}])

    assert Press.of(body).click is None


def test_the_value_of_a_card_decides_nothing_in_app_home() -> None:
    body = press(actions=[{"action_id": Action.APPROVE, "value": f"v1.{approval().id}.1", "action_ts": "1"}])

    assert Press.of(body).click is None


@pytest.mark.parametrize(
    ("event", "told"), [({"tab": "home"}, True), ({"tab": "messages"}, False), ({}, False), (None, False)]
)
def test_only_the_home_tab_is_drawn(event: object, told: bool) -> None:
    assert opened({"event": event}) is told


async def test_an_opened_home_reaches_the_desk(bot: Bot) -> None:
    await bot.slack.person("U0ANA").open_home()
    await bot.slack.settled()

    assert [(click.user, click.app, click.team) for click in bot.desk.homes_opened] == [
        ("U0ANA", "A0DEMO", "T0DEMO")
    ]


async def test_a_button_without_a_proof_is_refused_on_the_home_itself(bot: Bot) -> None:
    await bot.connection.messenger.publish(
        "U0ANA",
        {
            "type": "home",
            "private_metadata": write_owner("U0ANA"),
            "blocks": [
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "button",
                            "text": {"type": "plain_text", "text": "Approve"},
                            "action_id": Action.APPROVE.value,
                            "value": f"v1.{approval().id}.1",
                        }
                    ],
                }
            ],
        },
    )
    ana = bot.slack.person("U0ANA")

    await ana.click("Approve", on=ana.home)

    assert bot.desk.clicks == []
    assert bot.desk.told_at_home == [(Outcome(Kind.REFUSED, why=Why.OTHER_CARD), "U0ANA")]
