"""The outreach agent: it drafts, people edit, reject or say what they want, and one e-mail goes out."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from bot.simulator.card import Card
from graphs import outbox
from tests.office import Company

ROW = "send_email › "
BODY = "Hello,\n\nwe would like to tell you about the price list.\n\nBest regards"


async def draft(agency: Company, to: str, graph: str = "outreach") -> Card:
    wish = {"role": "user", "content": f"Write to {to} about the price list."}
    return await agency.ask(graph, {"messages": [wish]})


def mails(agency: Company, to: str) -> list[tuple[Any, ...]]:
    """Subject and body of every e-mail that was sent to this address."""
    with closing(sqlite3.connect(agency.environ["OUTBOX_DB"])) as db:
        db.execute(outbox.TABLE)
        return db.execute("SELECT subject, body FROM mails WHERE recipient = ?", (to,)).fetchall()


async def test_an_approved_draft_is_sent_as_it_was_shown(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await draft(agency, "ada@example.com")
    assert card.buttons == ["Approve", "Reject", "Edit or respond"]
    assert "we would like to tell you about the price list" in card.text_shown
    assert mails(agency, "ada@example.com") == []

    await ana.click("Approve", on=card)

    assert "was sent to ada@example.com" in await agency.result(card)
    assert mails(agency, "ada@example.com") == [("The price list", BODY)]


async def test_an_edited_draft_is_sent_as_it_was_edited(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await draft(agency, "bob@example.com")

    await ana.click("Edit or respond", on=card)
    await ana.choose(ROW + "Decision", "edit")
    await ana.fill(ROW + "Arguments › Subject", "New prices")
    seen = await ana.submit()
    await agency.settled(card)

    assert seen.errors == {}
    assert mails(agency, "bob@example.com") == [("New prices", BODY)]
    assert "send_email › Subject: The price list → New prices" in card.text_shown


async def test_a_rejected_draft_is_not_sent_and_the_reason_is_the_result(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await draft(agency, "cyd@example.com")

    await ana.click("Reject", on=card)
    await ana.fill("Reason", "She has it already")
    await ana.submit()

    assert "She has it already" in await agency.result(card)
    assert mails(agency, "cyd@example.com") == []


async def test_what_is_said_in_the_tools_place_goes_into_the_next_draft(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await draft(agency, "dan@example.com")

    await ana.click("Edit or respond", on=card)
    await ana.choose(ROW + "Decision", "respond")
    await ana.fill(ROW + "Message", "Nothing changes until March.")
    await ana.submit()
    again = await agency.card("Nothing changes until March.", channel=card.channel)
    assert mails(agency, "dan@example.com") == []
    await ana.click("Approve", on=again)
    await agency.settled(again)

    (sent,) = mails(agency, "dan@example.com")
    assert "Nothing changes until March." in sent[1]


async def test_it_is_started_from_slack_with_a_form(agency: Company) -> None:
    ana, room = agency.slack.person("U0ANA"), await agency.room()
    wish = [{"role": "user", "content": "Write to eve@example.com about the price list."}]

    await ana.command("/approvals", "start outreach", channel=room)
    await ana.fill("Messages", json.dumps(wish))
    seen = await ana.submit()

    assert seen.errors == {}
    assert (await agency.card("eve@example.com", channel=room)).buttons[0] == "Approve"


@pytest.mark.processes
async def test_a_kill_between_sending_and_noting_it_sends_one_mail(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    card = await draft(agency, "mortal@example.com", graph="mortal")
    died = agency.bot.pid

    await ana.click("Approve", on=card)
    await agency.bot.ended()
    sent_before = mails(agency, "mortal@example.com")
    await agency.bot.start()
    result = await agency.result(card)

    assert agency.bot.pid != died
    assert len(sent_before) == 1
    assert mails(agency, "mortal@example.com") == sent_before
    assert "was sent to mortal@example.com" in result
    assert "failed" not in await agency.facts(card)
