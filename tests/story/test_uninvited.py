"""A channel that the bot is not in: the run waits, an operator can find out why, an invitation mends it."""

from __future__ import annotations

import pytest

from tests.office import PEOPLE, Company


@pytest.mark.processes
async def test_the_card_comes_when_the_bot_is_invited(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    await company.slack.set_channel("C0SECRET", name="secret", members=[*PEOPLE])

    thread = await company.start("show", {"payload": {"title": "Whisper"}}, channel="C0SECRET")
    await company.bot.until_logged("card cannot be posted", "C0SECRET", "invite the bot")
    _, run = await company.get(f"/api/runs/{thread}")
    code, said = await company.run("doctor")
    await company.slack.set_channel("C0SECRET", members=[*PEOPLE, "U0BOT"])
    card = await company.card("Whisper", channel="C0SECRET")
    await ana.click("Approve", on=card)

    assert run["state"] == "waiting"
    assert code == 1
    assert "The bot is not in #secret (C0SECRET): type /invite @approvals there." in said
    assert await company.result(card) == "The graph was given true"


async def test_a_result_for_a_channel_that_the_bot_was_taken_out_of_comes_when_it_is_back(
    company: Company,
) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show", {"payload": {"title": "Say goodbye"}})

    payload = await ana.click_payload("Approve", on=card)
    await company.slack.remove_bot(card.channel)
    await company.deliver(payload, company.bot)
    assert await company.result(card) == "The graph was given true"
    await company.bot.until_logged("result cannot be posted", card.channel)
    await company.slack.set_channel(card.channel, members=[*PEOPLE, "U0BOT"])
    await company.told(card, "The graph was given true")

    assert "Approved by @Ana" in card.text_shown
    assert len(card.replies) == 1
