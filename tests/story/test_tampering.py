"""Requests that say something else than the card did: signed, and still refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.simulator.card import Card
from tests.office import Company

Change = Callable[[dict[str, Any]], None]


async def test_a_value_that_names_no_approval_is_refused(company: Company) -> None:
    card = await company.refund("tamper-1")

    await _send(company, card, _set_value("v1.no-such-approval-here.1"))
    await company.noted(company.slack.person("U0ANA"), "We have no record of this request", card)

    assert await company.facts(card) == ["asked"]


async def test_a_value_that_is_none_of_ours_is_refused(company: Company) -> None:
    card = await company.refund("tamper-2")

    await _send(company, card, _set_value('{"approved": true}'))
    await company.noted(company.slack.person("U0ANA"), "not the current card", card)

    assert await company.facts(card) == ["asked"]


async def test_the_value_of_another_card_is_refused(company: Company) -> None:
    card, other = await company.refund("tamper-3"), await company.refund("tamper-4")
    value = str(other.element("Approve")["value"])

    await _send(company, card, _set_value(value))
    await company.noted(company.slack.person("U0ANA"), "not the current card", card)

    assert await company.facts(card) == ["asked"]
    assert await company.facts(other) == ["asked", "refused"]
    assert other.buttons == ["Approve", "Reject"]


def _set_value(value: str) -> Change:
    def change(payload: dict[str, Any]) -> None:
        payload["actions"][0]["value"] = value

    return change


def _other_revision(payload: dict[str, Any]) -> None:
    payload["actions"][0]["value"] = payload["actions"][0]["value"][:-1] + "7"


def _other_metadata_thread(payload: dict[str, Any]) -> None:
    payload["message"]["metadata"]["event_payload"]["thread_id"] = "another-thread"


def _other_metadata_revision(payload: dict[str, Any]) -> None:
    payload["message"]["metadata"]["event_payload"]["revision"] = 2


def _other_channel(payload: dict[str, Any]) -> None:
    payload["channel"]["id"] = payload["container"]["channel_id"] = "C0OPS"


def _other_message(payload: dict[str, Any]) -> None:
    payload["message"]["ts"] = payload["container"]["message_ts"] = "1700000000.000100"


def _other_button(payload: dict[str, Any]) -> None:
    payload["actions"][0]["action_id"] = "approvals.revise"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_other_revision, "other_card"),
        (_other_metadata_thread, "other_card"),
        (_other_metadata_revision, "other_card"),
        (_other_channel, "other_card"),
        (_other_message, "other_card"),
        (_other_button, "not_offered"),
    ],
)
async def test_what_contradicts_the_record_is_refused_and_written_down(
    company: Company, change: Change, why: str
) -> None:
    card = await company.refund(f"tamper-{change.__name__}")

    await _send(company, card, change)
    trail = await company.trail(card)

    assert [entry.fact for entry in trail] == ["asked", "refused"]
    assert (trail[-1].by, trail[-1].data["why"]) == ("U0ANA", why)
    assert card.buttons == ["Approve", "Reject"]
    assert company.refunds(f"tamper-{change.__name__}") == 0


def _other_app(payload: dict[str, Any]) -> None:
    payload["api_app_id"] = "A0OTHER"


def _other_team(payload: dict[str, Any]) -> None:
    payload["team"]["id"] = "T0OTHER"


def _no_user(payload: dict[str, Any]) -> None:
    payload["user"]["id"] = "<script>"


@pytest.mark.parametrize(("change", "why"), [(_other_app, "another app"), (_other_team, "another workspace")])
async def test_what_came_from_elsewhere_is_refused(company: Company, change: Change, why: str) -> None:
    card = await company.refund(f"tamper-{change.__name__}")

    await _send(company, card, change)
    await company.noted(company.slack.person("U0ANA"), why, card)

    assert await company.facts(card) == ["asked"]
    assert card.buttons == ["Approve", "Reject"]


async def test_a_user_that_is_none_is_refused(company: Company) -> None:
    card = await company.refund("tamper-user")

    await _send(company, card, _no_user)

    assert await company.facts(card) == ["asked"]


async def test_a_card_without_metadata_can_still_be_decided(company: Company) -> None:
    """A workspace may take metadata out of payloads: the button's value and our record are enough."""
    card = await company.refund("tamper-none")

    await _send(company, card, lambda payload: payload["message"].pop("metadata"))
    await company.result(card)

    assert company.refunds("tamper-none") == 1


async def _send(company: Company, card: Card, change: Change) -> None:
    """Ana presses Approve, but what arrives was changed on the way (and signed again)."""
    payload = await company.slack.person("U0ANA").click_payload("Approve", on=card)
    change(payload)
    answer = await company.slack.deliver("interaction", payload)
    assert answer["status"] == 200
