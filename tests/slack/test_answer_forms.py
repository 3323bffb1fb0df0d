"""The form that answers a question, from the button to the vote, over signed HTTP."""

from __future__ import annotations

import pytest

from bot.core.model import Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.ports import StoreUnavailable
from bot.simulator.card import Card
from bot.simulator.somebody import Person
from tests.blocks.samples import AMOUNTS, ID, approval
from tests.slack.conftest import Bot


async def opened(bot: Bot) -> tuple[Card, Person]:
    """Ana has the form open, filled in as it must be."""
    bot.desk.known = approval(schema=AMOUNTS)
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, bot.desk.known)
    await ana.click("Answer", on=card)
    await ana.fill("Amount in cents", "5")
    await ana.choose("Pay on", "2026-01-05")
    bot.desk.answers = Outcome(Kind.DECIDED)
    return card, ana


async def test_a_form_becomes_one_vote_with_its_typed_answer(bot: Bot) -> None:
    card, ana = await opened(bot)

    seen = await ana.submit()

    assert seen.delivered
    assert ana.modal is None
    asked, vote = bot.desk.clicks
    assert (asked.verdict, asked.given, asked.choice) == (Verdict.ANSWER, None, None)
    assert (vote.verdict, vote.source, vote.text) == (Verdict.ANSWER, Source.MODAL, None)
    assert vote.given == {"amount_cents": 5, "pay_on": "2026-01-05", "notify": True}
    assert (vote.approval_id, vote.revision, vote.channel, vote.message_ts) == (ID, 1, "C0REFUNDS", card.ts)


async def test_a_wrong_value_never_becomes_a_vote(bot: Bot) -> None:
    _, ana = await opened(bot)
    await ana.fill("Amount in cents", "0")

    await ana.submit()

    assert ana.modal is not None
    assert ana.modal.errors == {"Amount in cents": "0 is less than the minimum of 1"}
    assert len(bot.desk.clicks) == 1


async def test_the_words_of_a_store_that_is_down_leave_the_form_as_it_is(bot: Bot) -> None:
    _, ana = await opened(bot)
    bot.desk.broken = StoreUnavailable("down")

    await ana.submit()

    assert ana.modal is not None
    assert "Not recorded" in ana.modal.errors["Amount in cents"]
    assert ana.modal.value("Amount in cents") == "5"


async def test_a_vote_that_was_refused_meanwhile_says_so_in_place_of_the_form(bot: Bot) -> None:
    _, ana = await opened(bot)
    bot.desk.answers = Outcome(Kind.REFUSED, bot.desk.known, why=Why.NOT_AN_APPROVER)

    await ana.submit()

    assert ana.modal is not None
    assert "not one of the people who may decide" in ana.modal.text_shown


async def test_an_answer_the_graph_cannot_be_given_is_told_in_the_form(bot: Bot) -> None:
    _, ana = await opened(bot)
    bot.desk.answers = Outcome(Kind.BAD_ANSWER, bot.desk.known, sentence="pay_on: not on a holiday")

    await ana.submit()

    assert ana.modal is not None
    assert ana.modal.errors == {"Amount in cents": "pay_on: not on a holiday"}


async def test_a_form_sent_to_a_card_without_one_is_refused(bot: Bot) -> None:
    _, ana = await opened(bot)
    bot.desk.known = approval(answer="boolean")

    await ana.submit()

    assert ana.modal is not None
    assert "no record of this request" in ana.modal.text_shown
    assert len(bot.desk.clicks) == 1


async def test_who_may_not_answer_gets_no_form(bot: Bot) -> None:
    bot.desk.known = approval(schema=AMOUNTS)
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.REFUSED, bot.desk.known, why=Why.NOT_AN_APPROVER)

    await ana.click("Answer", on=card)

    assert ana.modal is None
    assert bot.desk.told[0][0].why is Why.NOT_AN_APPROVER


@pytest.mark.parametrize(("label", "choice"), [("ship", 0), ("hold", 1), ("drop", 2)])
async def test_each_of_a_few_answers_is_a_button_that_says_which_it_is(
    bot: Bot, label: str, choice: int
) -> None:
    bot.desk.known = approval(schema={"enum": ["ship", "hold", "drop"]})
    card = await bot.post_card()

    await bot.slack.person("U0ANA").click(label, on=card)

    (click,) = bot.desk.clicks
    assert (click.verdict, click.choice, click.given, click.source) == (
        Verdict.ANSWER,
        choice,
        None,
        Source.BUTTON,
    )
