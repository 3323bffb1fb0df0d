"""The counters that Slack's listeners and the HTTP API come to; each wish is handed to its use case."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.approvals import (
    absences,
    beside,
    cancelling,
    elsewhere,
    listing,
    several,
    starting,
    together,
    trails,
    voting,
)
from bot.approvals.measured import vote_counted
from bot.approvals.world import World
from bot.core.absence import Absence, NotDone
from bot.core.batch import Item
from bot.core.filters import Filters
from bot.core.model import JSON, Approval, Click, Run
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why, foreign
from bot.ports import CardAt, Census, Found, Message, Page, Record, StoreUnavailable


@dataclass(frozen=True, slots=True)
class SlackDesk:
    """What people in Slack may ask for. Expected things are values; StoreUnavailable is the exception."""

    world: World

    async def vote(self, click: Click) -> Outcome:
        """Record a vote; durable when it returns. An unavailable record is an outcome too: press again."""
        try:
            return await voting.vote(self.world, click)
        except StoreUnavailable:
            return vote_counted(click, Outcome(Kind.NOT_RECORDED))

    async def ready(self, click: Click) -> Outcome:
        """May this person open the form?"""
        try:
            return await voting.ready(self.world, click)
        except StoreUnavailable:
            return Outcome(Kind.NOT_RECORDED)

    async def refused(self, click: Click, why: Why) -> None:
        """Note that a gesture was refused before any use case saw it."""
        await beside.refuse(self.world, click, why)

    async def withdraw(self, click: Click) -> Outcome:
        """End the run of this card, for who asked for it."""
        try:
            return await cancelling.withdraw(self.world, click)
        except StoreUnavailable:
            return Outcome(Kind.NOT_RECORDED)

    async def link(self, click: Click) -> Outcome:
        """The address of our own page for this person, in `sentence`; or why not."""
        try:
            return await elsewhere.link(self.world, click)
        except StoreUnavailable:
            return Outcome(Kind.NOT_RECORDED)

    async def reply(self, click: Click) -> Outcome | None:
        """A reply in a thread; None where it is not under a card of ours."""
        return await voting.reply(self.world, click)

    async def offer(self, click: Click, batch_id: str) -> together.Offer | Outcome:
        """What of a batch this person may approve with one press."""
        try:
            return await together.offer_batch(self.world, click, batch_id)
        except StoreUnavailable:
            return Outcome(Kind.NOT_RECORDED)

    async def approve(self, click: Click, items: Sequence[Item]) -> tuple[together.Result, ...]:
        """Vote on each of what was confirmed; each is durable when it returns as recorded."""
        return await together.approve(self.world, click, items)

    async def several(self, user: str, records: Sequence[Record]) -> tuple[str, ...]:
        """Which of a page of a list this person may approve together."""
        return await several.offered(self.world, user, records)

    async def offer_several(self, click: Click, approval_ids: Sequence[str]) -> together.Offer | Outcome:
        """What of these this person may approve with one press."""
        try:
            return await several.offer_several(self.world, click, approval_ids)
        except StoreUnavailable:
            return Outcome(Kind.NOT_RECORDED)

    async def approve_several(self, click: Click, items: Sequence[Item]) -> tuple[together.Result, ...]:
        """Vote on each of what was confirmed; each is durable when it returns as recorded."""
        return await several.approve_several(self.world, click, items)

    async def tell(self, outcome: Outcome, channel: str, user: str, *, thread_ts: str | None = None) -> None:
        """Say the outcome to the person in private; straight away where the queue is down."""
        text = self.world.faces.note(outcome, user)
        if text is None:
            return
        try:
            await self.world.queue.tell(channel, user, text, thread_ts=thread_ts)
        except StoreUnavailable:
            await self.world.messenger.tell(channel, user, text, thread_ts=thread_ts)

    async def home_opened(self, click: Click) -> None:
        """Draw App Home for a person of ours."""
        if foreign(click, self.world.us) is None:
            await self.world.queue.home(click.user)

    async def tell_at_home(self, outcome: Outcome, user: str) -> None:
        """Draw App Home anew, with the outcome on top; straight to the person where the queue is down."""
        text = self.world.faces.sentence(outcome, user)
        try:
            await self.world.queue.home(user, note=text)
        except StoreUnavailable:
            await self.world.messenger.tell(user, user, text)

    async def view(self, approval_id: str, *, by: str | None = None) -> Approval | None:
        """The approval as it stands; `by` is who opens its full text, and that is noted."""
        record = await self.world.store.read(approval_id)
        if record is None:
            return None
        if by is not None:
            await beside.viewed(self.world, by, record)
        return record.approval

    async def find(self, user: str, filters: Filters, cursor: str | None) -> Found:
        """Pending approvals as this person asks for them, ten a page."""
        return await listing.find(self.world, user, filters, cursor)

    async def show(self, user: str, wanted: str | CardAt) -> tuple[Record, Message] | None:
        """One approval with its card, if there is one and this person may see it."""
        found = await listing.one(self.world, user, wanted)
        if found is not None:
            await beside.viewed(self.world, user, found[0])
        return found

    async def history(self, user: str, wanted: str | CardAt) -> trails.History | None:
        """What happened to one approval, if there is one and this person may see it."""
        return await trails.history(self.world, user, wanted)

    async def start(
        self,
        graph: str,
        input: JSON,  # noqa: A002 (LangGraph's word for it)
        *,
        channel: str,
        requester: str,
        key: str,
    ) -> Run:
        """Start a run; the same `key` again is the same run. The graph's own channel comes first."""
        where = self.world.policy(graph).channel or channel
        thread_id = hashlib.sha256(f"slack {key}".encode()).hexdigest()[:32]
        return await starting.start(
            self.world, graph, input, channel=where, requester=requester, thread_id=thread_id
        )

    def graphs(self) -> tuple[str, ...]:
        """The names of the graphs."""
        return self.world.runner.graphs()

    def description(self, graph: str) -> str:
        """One line about a graph."""
        return self.world.runner.description(graph)

    def input_schema(self, graph: str) -> Mapping[str, JSON]:
        """The JSON Schema of a graph's input. Raises UnknownGraph."""
        return self.world.runner.input_schema(graph)

    async def leave(self, user: str, delegate: str | None, until: Sequence[str]) -> Absence | NotDone:
        """Record that somebody is away from now on. Raises UnclearTime."""
        return await absences.leave(self.world, user, delegate=delegate, until=until)

    async def come_back(self, user: str) -> Absence | NotDone:
        """End their absence."""
        return await absences.come_back(self.world, user)

    async def standing(self, user: str) -> tuple[Absence | None, Mapping[str, Absence]]:
        """Their absence, and those in which they stand in, by whose they are."""
        found = await absences.standing_of(self.world, user)
        return found.absence, found.for_others

    async def joined(self, channel: str) -> None:
        """The bot was invited: cards and results that waited for it are posted now."""
        left = await self.world.store.leftovers(older_than=0.0, limit=200)
        for record in await self.world.store.read_many(left.unshown):
            if record.card.channel == channel:
                await self.world.queue.show(record.approval.id, version=record.approval.version)
        for thread_id in left.unannounced:
            run = await self.world.store.read_run(thread_id)
            if run is not None and run.channel == channel:
                await self.world.queue.announce(thread_id)


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    """What services ask for through the HTTP API. Every method may raise StoreUnavailable."""

    world: World

    async def start(
        self,
        graph: str,
        input: JSON,  # noqa: A002 (LangGraph's word for it)
        *,
        channel: str | None,
        requester: str | None,
        thread_id: str | None,
    ) -> Run:
        """Record a run. Raises UnknownGraph, InvalidInput."""
        return await starting.start(
            self.world, graph, input, channel=channel, requester=requester, thread_id=thread_id
        )

    async def run(self, thread_id: str) -> Run | None:
        """The run of a thread."""
        return await self.world.store.read_run(thread_id)

    async def approval(self, approval_id: str) -> Record | None:
        """The approval with its card."""
        return await self.world.store.read(approval_id)

    async def search(
        self, *, state: str | None, graph: str | None, channel: str | None, cursor: str | None
    ) -> Page:
        """Approvals newest first, filtered. Raises ValueError for a foreign cursor."""
        return await self.world.store.search(state=state, graph=graph, channel=channel, cursor=cursor)

    async def census(self) -> Census:
        """How much waits, for people and for graphs."""
        return await self.world.store.census()

    async def card_link(self, record: Record) -> str | None:
        """Where the card is."""
        if record.card.ts is None:
            return None
        return await self.world.messenger.link(record.card.channel, record.card.ts)
