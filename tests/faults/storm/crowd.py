"""Services that start runs, and people who press buttons: the right ones, the wrong ones, and twice."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import aiohttp

from bot.simulator.card import Card
from bot.simulator.people import NoSuchThing
from bot.simulator.somebody import Person
from tests.faults.storm.site import APPROVERS, OUTSIDER, REQUESTER, Json, Site

# Runs that nobody answers: their cards must be there at the end.
LEFT_ALONE = "left-alone"
PAUSE = (0.02, 0.3)  # seconds between two gestures of one person


@dataclass
class Crowd:
    """Everybody who wants something of the bot, and a count of what they did."""

    site: Site
    asked: dict[str, Json] = field(default_factory=dict)  # thread id -> what was asked for
    deliveries: int = 0  # until Slack has sent so much, people press on old screens where no card is live
    gestures: int = 0
    stale: deque[Card] = field(default_factory=lambda: deque(maxlen=200))  # screens nobody refreshed
    calm: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def alone(self) -> set[str]:
        """The threads whose cards nobody touches."""
        return {thread for thread, body in self.asked.items() if LEFT_ALONE in str(body["input"])}

    async def start_runs(self, numbers: range, *, every: float) -> None:
        """One run after another; each is asked for until it is taken, some twice, always under one key."""
        chance = Random(numbers.start)
        for number in numbers:
            body = _wish(number, self.site.channels[number % len(self.site.channels)], chance)
            for _ in range(chance.choice((1, 1, 1, 2))):
                thread = await self._start(body, key=f"order-{number}")
                assert self.asked.setdefault(thread, body) == body
            await asyncio.sleep(every)

    async def _start(self, body: Json, *, key: str) -> str:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                headers = {"Idempotency-Key": key}
                status, answer = await self.site.call("POST", "/api/runs", json=body, headers=headers)
                if status == 202:
                    return str(answer["thread_id"])
                assert status in (409, 429, 500, 503), answer
            await asyncio.sleep(0.2)

    async def press(self, user: str) -> None:
        """One person's day: look at some live card, press something on it, until the storm is over."""
        chance = Random(f"{self.site.chance.random()} {user}")
        person = self.site.slack.person(user)
        while not self.calm.is_set():
            await asyncio.sleep(chance.uniform(*PAUSE))
            card = self._some_card(chance)
            with suppress(NoSuchThing, aiohttp.ClientError):  # the button may be gone by now
                if card is not None:
                    await self._gesture(person, card, chance)
                elif self.stale and self.site.delivered < self.deliveries and chance.random() < 0.2:
                    self.gestures += 1
                    await person.click("Approve", on=chance.choice(self.stale))

    def people(self) -> list[str]:
        """Six who may, one who asked for it, one who is not in the channel."""
        return [*APPROVERS, REQUESTER, OUTSIDER]

    def _some_card(self, chance: Random) -> Card | None:
        places = [place for where in self.site.screens.live.values() for place in where]
        if not places:
            return None
        card = self.site.slack.message(*chance.choice(places))
        return None if LEFT_ALONE in card.text_shown else card

    async def _gesture(self, person: Person, card: Card, chance: Random) -> None:
        self.gestures += 1
        draw, old = chance.random(), card.snapshot()
        if "Approve" in old.buttons:
            self.stale.append(old)
        if draw < 0.1:
            await self._forge(person, card, chance)
        elif draw < 0.6 or person.id in (REQUESTER, OUTSIDER):
            await person.click("Approve", on=card)
        else:
            await self._with_words(person, card, chance.choice(["Reject", "Revise", "Revise"]))
        if chance.random() < 0.2 and "Approve" in old.buttons:
            self.gestures += 1
            await person.click("Approve", on=old)  # on a screen that was not refreshed

    async def _with_words(self, person: Person, card: Card, button: str) -> None:
        if button not in card.buttons:
            button = "Reject"
        await person.click(button, on=card)
        if person.modal is None:
            return
        await person.fill(person.modal.fields[0], "make it shorter", on=person.modal)
        await person.submit()
        if person.modal is not None:
            await person.close(everything=True)

    async def _forge(self, person: Person, card: Card, chance: Random) -> None:
        """A signed click that says something else than the card: another card's value, or another channel."""
        payload = await person.click_payload("Approve", on=card)
        other = self._some_card(chance)
        if other is not None and other.ts != card.ts:
            payload["container"]["message_ts"] = payload["message"]["ts"] = other.ts
        else:
            payload["channel"]["id"] = payload["container"]["channel_id"] = "C0ELSEWHERE"
        await self.site.slack.deliver("interaction", payload)


def _wish(number: int, channel: str, chance: Random) -> Json:
    mark = LEFT_ALONE if number % 20 == 7 else "order"
    if chance.random() < 0.3:
        wish: Json = {"graph": "plan_review", "input": {"goal": f"{mark} {number}"}}
    else:
        given = {"order_id": f"o-{number}", "amount_cents": 1000 + number, "customer": f"{mark} {number}"}
        wish = {"graph": "refund", "input": given}
    return {**wish, "channel": channel, "requester": REQUESTER}
