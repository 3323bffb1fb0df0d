"""Approve all, from the button to the votes, over signed HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.blocks.batch_ids import write_items
from bot.blocks.faces import BlockFaces
from bot.blocks.ids import Form
from bot.core.batch import Batch, Item
from bot.core.model import Card as Shown
from bot.core.model import Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policies, Why
from bot.ports import Found, Record
from bot.simulator.card import Card
from bot.simulator.somebody import Person
from tests.blocks.samples import NOW
from tests.slack.conftest import Bot

BATCH = "b" * 32
PAYLOADS = Path(__file__).parents[1] / "payloads"


async def posted(bot: Bot) -> tuple[Card, Person]:
    """The card of a batch with one approval in it."""
    known = bot.desk.known
    batch = Batch(BATCH, "thread-1", "refund", known.channel, "U0CAT", (known.id,))
    record = Record(known, Shown(known.channel, "1767620520.000100"), NOW)
    message = BlockFaces(Policies).batch(batch, [record], {})
    ts = await bot.connection.messenger.post(known.channel, message)
    return bot.slack.message(known.channel, ts), bot.slack.person("U0ANA")


def sent_off(private: str) -> dict[str, Any]:
    """A window of ours as Slack delivers it when it is sent off."""
    payload: dict[str, Any] = json.loads((PAYLOADS / "revise_form.json").read_text())
    view = payload["view"] | {"callback_id": Form.APPROVE_ALL, "private_metadata": private, "blocks": []}
    return payload | {"view": view | {"state": {"values": {}}}}


async def test_the_press_says_who_and_where_and_opens_the_list(bot: Bot) -> None:
    card, ana = await posted(bot)
    bot.desk.answers = Outcome(Kind.READY)

    await ana.click("Approve all (1)", on=card)

    [(click, batch_id)] = bot.desk.offered
    assert batch_id == BATCH
    assert (click.user, click.verdict, click.source) == ("U0ANA", Verdict.APPROVE, Source.BATCH)
    assert (click.channel, click.message_ts) == (card.channel, card.ts)
    assert ana.modal is not None
    assert ana.modal.title == "Approve all"
    assert "Refund $500.00 to ada@example.com" in ana.modal.text_shown


async def test_what_is_sent_off_is_exactly_what_was_listed(bot: Bot) -> None:
    card, ana = await posted(bot)
    bot.desk.answers = Outcome(Kind.READY)
    await ana.click("Approve all (1)", on=card)
    bot.desk.answers = Outcome(Kind.DECIDED)

    await ana.submit()

    [(click, items)] = bot.desk.approved
    assert items == (Item.of(bot.desk.known),)
    assert click.id.startswith("form/")
    assert (click.user, click.source) == ("U0ANA", Source.BATCH)
    assert ana.modal is not None
    assert "1 of 1 recorded" in ana.modal.text_shown


async def test_a_window_sent_twice_is_one_gesture(bot: Bot) -> None:
    card, ana = await posted(bot)
    bot.desk.answers = Outcome(Kind.READY)
    await ana.click("Approve all (1)", on=card)
    payload = sent_off(write_items([Item.of(bot.desk.known)]))

    await bot.slack.deliver("interaction", payload)
    await bot.slack.deliver("interaction", payload)

    [first, second] = bot.desk.approved
    assert first == second


async def test_a_refusal_is_told_and_opens_nothing(bot: Bot) -> None:
    card, ana = await posted(bot)
    bot.desk.answers = Outcome(Kind.REFUSED, why=Why.OTHER_CARD)

    await ana.click("Approve all (1)", on=card)

    assert ana.modal is None
    assert bot.desk.told == [(bot.desk.answers, card.channel, "U0ANA", None)]


async def test_a_button_or_a_window_that_is_not_ours_approves_nothing(bot: Bot) -> None:
    card, ana = await posted(bot)
    bot.desk.answers = Outcome(Kind.READY)
    press = await ana.click_payload("Approve all (1)", on=card)
    press["actions"][0]["value"] = "b1.short"

    await bot.slack.deliver("interaction", press)
    await bot.slack.deliver("interaction", sent_off("i1"))

    assert bot.desk.offered == []
    assert bot.desk.approved == []


async def the_list(bot: Bot) -> tuple[Card, Person]:
    """A private list with a button that approves several of it."""
    ana, known = bot.slack.person("U0ANA"), bot.desk.known
    bot.desk.page = Found((Record(known, Shown(known.channel), NOW),), None, 1)
    bot.desk.together = (known.id,)
    await ana.command("/approvals", "mine", channel="C0OPS")
    [note] = ana.private_notes()
    return note, ana


async def test_a_list_leads_to_a_window_and_the_window_to_votes_on_what_it_listed(bot: Bot) -> None:
    note, ana = await the_list(bot)
    bot.desk.answers = Outcome(Kind.READY)

    await ana.click("Approve several (1)", on=note)
    assert ana.modal is not None
    shown = ana.modal.text_shown
    bot.desk.answers = Outcome(Kind.DECIDED)
    await ana.submit()

    [(press, listed)] = bot.desk.offered
    [(click, items)] = bot.desk.approved
    assert (press.user, press.source, listed) == ("U0ANA", Source.BATCH, bot.desk.known.id)
    assert "Refund $500.00 to ada@example.com" in shown
    assert items == (Item.of(bot.desk.known),)
    assert (click.user, click.source, click.id[:5]) == ("U0ANA", Source.BATCH, "form/")
    assert "1 of 1 recorded" in ana.modal.text_shown


async def test_a_button_of_a_list_that_is_not_ours_offers_nothing(bot: Bot) -> None:
    note, ana = await the_list(bot)
    press = await ana.click_payload("Approve several (1)", on=note)

    for value in ("l1", "l1,short", f"l1,{bot.desk.known.id},{bot.desk.known.id}", "v1.x.1"):
        press["actions"][0]["value"] = value
        await bot.slack.deliver("interaction", press)

    assert bot.desk.offered == []
    assert ana.modal is None


async def test_why_nothing_of_a_list_can_be_approved_is_told(bot: Bot) -> None:
    note, ana = await the_list(bot)
    bot.desk.answers = Outcome(Kind.REFUSED, why=Why.OTHER_WORKSPACE)

    await ana.click("Approve several (1)", on=note)

    assert ana.modal is None
    assert bot.desk.told == [(bot.desk.answers, "C0OPS", "U0ANA", None)]
