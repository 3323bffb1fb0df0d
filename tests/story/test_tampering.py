"""Requests that say something else than the card did: signed, and still refused."""

from __future__ import annotations

import json
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

    *_, entry = await company.trail(card)
    assert (entry.fact, entry.by, entry.data["why"]) == ("refused", "U0ANA", "unknown")


async def test_a_value_that_is_none_of_ours_is_refused(company: Company) -> None:
    card = await company.refund("tamper-2")

    await _send(company, card, _set_value('{"approved": true}'))
    await company.noted(company.slack.person("U0ANA"), "not the current card", card)

    assert await company.facts(card) == ["asked", "refused"]


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
    card = await company.recorded(await company.refund(f"tamper-{change.__name__}"))

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


@pytest.mark.parametrize(
    ("change", "told", "why", "app", "team"),
    [
        (_other_app, "another app", "other_app", "A0OTHER", "T0DEMO"),
        (_other_team, "another workspace", "other_workspace", "A0DEMO", "T0OTHER"),
    ],
)
async def test_what_came_from_elsewhere_is_refused_and_written_beside_the_record(
    company: Company, change: Change, told: str, why: str, app: str, team: str
) -> None:
    """Who acted, and through which app and workspace; the approval stays as it was, to its last bit."""
    card = await company.refund(f"tamper-{change.__name__}")
    before = await company.recorded(card) and await company.approval(card)

    await _send(company, card, change)
    await company.noted(company.slack.person("U0ANA"), told, card)
    *_, entry = await company.trail(card)

    assert (entry.fact, entry.by, entry.data["why"]) == ("refused", "U0ANA", why)
    assert (entry.data["app"], entry.data["team"]) == (app, team)
    assert await company.approval(card) == before
    assert card.buttons == ["Approve", "Reject"]


async def test_who_presses_a_hundred_times_makes_one_entry(company: Company) -> None:
    """A stranger's patience fills no disk, and slows nobody down who may press."""
    card = await company.refund("tamper-often")

    for _ in range(100):
        await _send(company, card, _other_team)
    await company.slack.person("U0ANA").click("Approve", on=card)
    await company.settled(card)

    facts = await company.facts(card)
    assert facts.count("refused") == 1
    assert facts[-4:] == ["voted", "decided", "sent", "applied"]


async def test_a_stranger_learns_nothing_from_the_answer(company: Company) -> None:
    """Whether the approval exists or not, another workspace is told the same."""
    card, ana = await company.refund("tamper-curious"), company.slack.person("U0ANA")

    async def told(change: Change) -> str:
        already = len([note for note in ana.private_notes() if note.channel == card.channel])

        def both(payload: dict[str, Any]) -> None:
            _other_team(payload)
            change(payload)

        await _send(company, card, both)

        def news() -> str:
            notes = [note.text_shown for note in ana.private_notes() if note.channel == card.channel]
            return "".join(notes[already:])

        return await company.slack.until(news, "an answer", 10.0)

    known = await told(lambda payload: None)
    unknown = await told(_set_value("v1.no-such-approval-here.1"))

    assert known == unknown


async def test_a_user_that_is_none_is_refused(company: Company) -> None:
    card = await company.refund("tamper-user")

    await _send(company, card, _no_user)
    *_, entry = await company.trail(card)

    assert (entry.fact, entry.by) == ("refused", None)
    assert (entry.data["why"], entry.data["user"]) == ("malformed", "<script>")


async def test_a_gesture_that_belongs_to_no_approval_is_written_at_the_door(company: Company) -> None:
    """`verify` and `export` cover that trail as well."""
    card = await company.refund("tamper-door")

    def nowhere(payload: dict[str, Any]) -> None:
        _set_value("v1.no-such-approval-here.1")(payload)
        _other_app(payload)
        payload["message"].pop("metadata")

    await _send(company, card, nowhere)
    _, printed = await company.run("audit", "export")
    code, verified = await company.run("audit", "verify")

    entries = [json.loads(line) for line in printed.splitlines()]
    doors = [one for one in entries if one["approval"].startswith("door:T0DEMO:")]
    assert ("refused", "U0ANA", "other_app") in [
        (one["fact"], one["by"], one["data"]["why"]) for one in doors
    ]
    assert code == 0, verified
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
