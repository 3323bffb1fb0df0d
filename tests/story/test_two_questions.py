"""A graph that asks two questions at the same time: each has its card, its people and its end."""

from __future__ import annotations

import asyncio

from bot.simulator.card import Card
from tests.office import Company


async def both_cards(company: Company, service: str) -> tuple[Card, Card]:
    room = await company.room()
    await company.start("risky_action", {"service": service, "risk": "high"}, channel=room)
    return (
        await company.card("Rotate the API keys", channel=room),
        await company.card("Drop the database index", channel=room),
    )


async def test_answering_one_question_leaves_the_other_one_live(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    keys, index = await both_cards(company, "billing")

    await ana.click("Approve", on=keys)
    await company.settled(keys)
    assert index.buttons == ["Approve", "Reject"]
    await ben.click("Reject", on=index)
    await ben.submit()
    told = await company.told(index, "The run has ended")

    assert "Rotate the API keys of billing: done" in told.text_shown
    assert "Drop the database index of billing: not done" in told.text_shown
    assert "Approved by @Ana" in keys.text_shown
    assert "Rejected by @Ben" in index.text_shown
    assert keys.replies == []
    assert await company.facts(keys) == ["asked", "voted", "decided", "sent", "applied"]
    assert await company.facts(index) == ["asked", "voted", "decided", "sent", "applied"]


async def test_both_questions_answered_at_the_same_instant(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    keys, index = await both_cards(company, "search")

    payloads = [await ana.click_payload("Approve", on=card) for card in (keys, index)]
    answers = await asyncio.gather(*(company.deliver(payload, company.bot) for payload in payloads))
    await company.settled(keys)
    await company.settled(index)
    await company.slack.until(lambda: keys.replies or index.replies, "the result")
    told = [*keys.replies, *index.replies]

    assert answers == [200, 200]
    assert "Rotate the API keys of search: done" in told[0].text_shown
    assert "Drop the database index of search: done" in told[0].text_shown
    assert len(told) == 1


async def test_nobody_is_asked_where_the_risk_is_low(company: Company) -> None:
    room = await company.room()

    await company.start("risky_action", {"service": "blog", "risk": "low"}, channel=room)
    told = await company.slack.until_message(lambda m: "The run has ended" in m.text_shown, channel=room)

    assert "Rotate the API keys of blog: done" in told.text_shown
    assert len(company.slack.messages(room)) == 1
