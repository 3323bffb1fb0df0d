"""Who is turned away before any listener, and what people are told when something breaks."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.ports import StoreUnavailable
from tests.blocks.samples import approval
from tests.slack.conftest import Bot


def with_user(**changed: Any) -> dict[str, Any]:
    return {"user": {"id": "U0ANA", "team_id": "T0DEMO", **changed}}


FOREIGN: dict[str, tuple[dict[str, Any], Why]] = {
    "another app": ({"api_app_id": "A0OTHER"}, Why.OTHER_APP),
    "no app": ({"api_app_id": None}, Why.OTHER_APP),
    "another workspace": ({"team": {"id": "T0OTHER"}}, Why.OTHER_WORKSPACE),
    "an organisation without a workspace": ({"team": None}, Why.NO_WORKSPACE),
    "somebody from a connected workspace": (with_user(team_id="T0OTHER"), Why.STRANGER),
    "an id with markup": (with_user(id="U1\n<!channel>"), Why.MALFORMED),
    "an empty id": (with_user(id=""), Why.MALFORMED),
}


@pytest.mark.parametrize("name", FOREIGN)
async def test_a_foreign_gesture_reaches_no_listener(bot: Bot, name: str) -> None:
    changed, why = FOREIGN[name]
    card = await bot.post_card()
    payload = await bot.slack.person("U0ANA").click_payload("Approve", on=card)

    answer = await bot.slack.deliver("interaction", payload | changed)

    assert answer["status"] == 200
    assert bot.desk.clicks == []
    told = [(outcome.why, user) for outcome, _, user, _ in bot.desk.told]
    assert told in ([(why, "U0ANA")], [])
    assert bool(told) is (why is not Why.MALFORMED)


async def test_a_foreign_command_shows_nothing(bot: Bot) -> None:
    command = {"command": "/approvals", "text": "list", "user_id": "U0ANA", "team_id": "T0OTHER"}

    answer = await bot.slack.deliver("command", {**command, "api_app_id": "A0DEMO", "channel_id": "C0OPS"})

    assert answer["body"] in (None, "")
    assert bot.desk.cursors == []
    assert bot.desk.told == [(Outcome(Kind.REFUSED, why=Why.OTHER_WORKSPACE), "C0OPS", "U0ANA", None)]


async def test_a_press_that_was_not_recorded_says_so_at_once(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.broken = StoreUnavailable("down")

    seen = await ana.click("Approve", on=card)

    assert seen.delivered
    assert ana.was_told("Not recorded")
    assert ana.trouble(on=card) is None


async def test_slack_warns_when_we_could_not(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.broken = StoreUnavailable("down")
    await bot.slack.fault("server_error", "chat.postEphemeral", times=None)

    seen = await ana.click("Approve", on=card)

    assert not seen.delivered
    assert ana.trouble(on=card) is not None


async def test_slack_warns_when_telling_takes_too_long(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.broken = StoreUnavailable("down")
    await bot.slack.fault("hang", "chat.postEphemeral", seconds=2)

    seen = await ana.click("Approve", on=card)

    assert seen.status == 500


async def test_a_fault_of_ours_gives_the_person_a_reference(
    bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.broken = ZeroDivisionError("secret detail")

    seen = await ana.click("Approve", on=card)

    assert seen.delivered
    assert ana.was_told("reference ref-1")
    assert not ana.was_told("secret detail")
    assert "reference=ref-1" in capsys.readouterr().out


async def test_a_fault_in_a_form_keeps_what_was_typed(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, approval())
    await ana.click("Revise", on=card)
    await ana.fill("Feedback", "shorter")
    bot.desk.broken = ZeroDivisionError()

    await ana.submit()

    assert ana.modal is not None
    assert "ref-1" in ana.modal.errors["Feedback"]


async def test_a_fault_in_a_command_is_its_answer(bot: Bot) -> None:
    bot.desk.broken = ZeroDivisionError()

    await bot.slack.person("U0ANA").command("/approvals", "list", channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("reference ref-1")


async def test_a_fault_in_an_event_makes_slack_deliver_it_again(bot: Bot) -> None:
    card = await bot.post_card()
    bot.desk.broken = ZeroDivisionError()
    await bot.slack.person("U0ANA").reply(card, "shorter")
    await bot.slack.settled()

    assert len(bot.desk.replies) == 4


async def test_a_form_from_nowhere_is_answered_in_its_place(bot: Bot) -> None:
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "approvals.form.revise",
        "private_metadata": "{}",
        "state": {"values": {}},
    }
    body = {"type": "view_submission", "view": view, "team": {"id": "T0DEMO"}, "api_app_id": "A0DEMO"}

    answer = await bot.slack.deliver("interaction", body | with_user())

    assert answer["body"]["response_action"] == "update"
    assert bot.desk.clicks == []
