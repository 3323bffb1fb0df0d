"""Processes die at any moment: what was on record stays, and nothing is done twice."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from random import Random

import pytest

from bot.simulator.card import Card
from tests.office import Bot, Company

pytestmark = pytest.mark.processes

# Seconds in which every decided approval reaches its end, counted from the last fault.
PROMISED = 30.0


async def test_cards_wait_while_the_bot_is_dead_and_can_be_decided_after(fragile: Company) -> None:
    ana = fragile.slack.person("U0ANA")
    card = await fragile.refund("dead-1")

    await fragile.bot.kill()
    seen = await ana.click("Approve", on=card)
    await fragile.bot.start()
    await ana.click("Approve", on=card)
    await fragile.told(card, "issued")

    assert not seen.delivered
    assert fragile.refunds("dead-1") == 1
    assert await fragile.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_a_kill_right_after_the_click_loses_nothing_and_repeats_nothing(fragile: Company) -> None:
    seed = int(os.environ.get("STORY_SEED", "1"))
    orders = [f"kill-{number}" for number in range(12)]
    cards = await asyncio.gather(*(fragile.refund(order) for order in orders))

    recorded = await _press_until_killed(fragile, cards, Random(seed))
    await fragile.bot.start()
    async with asyncio.timeout(PROMISED):
        for order, card in zip(orders, cards, strict=True):
            if order in recorded or await _is_decided(fragile, card):
                await fragile.told(card, "issued", within=PROMISED)
                await fragile.closed(card, "Approved by @Ana", within=PROMISED)

    print(f"seed {seed}: {len(recorded)} of {len(orders)} clicks were on record before the kill")
    for order, card in zip(orders, cards, strict=True):
        decided = "decided" in await fragile.facts(card)
        assert decided or order not in recorded
        assert fragile.refunds(order) == decided
        assert len(card.replies) == decided
    await _press_what_is_left(fragile, cards)


async def _press_until_killed(company: Company, cards: list[Card], chance: Random) -> set[str]:
    """Ana presses one card after the other; the bot dies at a moment nobody knows. What was on record?"""
    ana, recorded = company.slack.person("U0ANA"), set()

    async def press() -> None:
        for card in cards:
            if (await ana.click("Approve", on=card)).delivered:
                recorded.add(card.text_shown.split("to ")[1].split("@")[0])

    pressing = asyncio.create_task(press())
    await asyncio.sleep(chance.uniform(0.05, 0.4))
    await company.bot.kill()
    await pressing
    return recorded


async def _is_decided(company: Company, card: Card) -> bool:
    return "decided" in await company.facts(card)


async def _press_what_is_left(company: Company, cards: list[Card]) -> None:
    for card in cards:
        if card.buttons:
            await company.slack.person("U0ANA").click("Approve", on=card)
            await company.closed(card)


async def test_a_stopped_bot_finishes_what_it_has_in_hand(fragile: Company) -> None:
    ana = fragile.slack.person("U0ANA")
    card = await fragile.ask("slow", {"name": "draining"})

    await ana.click("Approve", on=card)
    await fragile.closed(card, "the run goes on")
    stopping = asyncio.create_task(fragile.bot.stop())
    fragile.let_end("draining")
    code = await stopping
    facts = await fragile.facts(card)
    await fragile.bot.start()
    await fragile.told(card, "draining is done", within=PROMISED)

    assert code == 0
    assert facts == ["asked", "voted", "decided", "sent", "applied"]


async def test_redis_is_killed_and_comes_back(fragile: Company) -> None:
    ana = fragile.slack.person("U0ANA")
    card = await fragile.recorded(await fragile.refund("redis-1"))

    fragile.redis.kill()
    await ana.click("Approve", on=card)
    await fragile.noted(ana, "Not recorded", card)
    await fragile.bot.until_ready(503)
    await fragile.redis.restart()
    await fragile.bot.until_ready()
    await ana.click("Approve", on=card)
    await fragile.told(card, "issued", within=PROMISED)

    assert fragile.refunds("redis-1") == 1
    assert await fragile.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_typed_words_stay_in_the_window_while_redis_is_down(fragile: Company) -> None:
    ana = fragile.slack.person("U0ANA")
    card = await fragile.recorded(await fragile.plan("redis words"))
    await ana.click("Revise", on=card)
    await ana.fill("Feedback", "Do not lose this")

    fragile.redis.kill()
    await ana.submit()
    assert ana.modal is not None
    errors, typed = ana.modal.errors, ana.modal.value("Feedback")
    await fragile.redis.restart()
    await fragile.bot.until_ready()
    await ana.submit()
    second = await fragile.card("version 2", channel=card.channel, within=PROMISED)
    await ana.click("Approve", on=second)
    await fragile.closed(second)

    assert "Not recorded" in errors["Feedback"]
    assert typed == "Do not lose this"
    assert "Do not lose this" in second.text_shown


async def test_a_door_without_a_worker_and_two_workers_of_which_one_dies(
    fragile: Company, tmp_path: Path
) -> None:
    ana = fragile.slack.person("U0ANA")
    door = Bot(fragile.environ, tmp_path, "serve", "--no-worker", name="door")
    worker = Bot(fragile.environ, tmp_path, "worker", name="worker")
    orders = [f"workers-{n}" for n in range(6)]
    cards = await asyncio.gather(*(fragile.refund(order) for order in orders))
    try:
        await asyncio.gather(door.start(), worker.start())
        payloads = [await ana.click_payload("Approve", on=card) for card in cards]
        answers = [await fragile.deliver(payload, door) for payload in payloads]
        await fragile.bot.kill()
        for card in cards:
            await fragile.told(card, "issued", within=PROMISED)
    finally:
        await asyncio.gather(door.stop(), worker.stop())

    assert answers == [200] * 6
    assert [fragile.refunds(order) for order in orders] == [1] * 6
    assert [len(card.replies) for card in cards] == [1] * 6
