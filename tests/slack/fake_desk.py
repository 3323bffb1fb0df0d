"""A desk that records what it is asked and answers as a test tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.approvals.together import Offer, Result
from bot.approvals.trails import History
from bot.blocks.faces import BlockFaces
from bot.core.absence import Absence, NotDone, UnclearTime
from bot.core.audit import Entry
from bot.core.batch import Item
from bot.core.filters import Filters
from bot.core.model import JSON, Approval, Card, Click, Run
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policies, Why
from bot.ports import CardAt, Found, Message, Record, UnknownGraph
from bot.slack.desk import Desk
from tests.blocks.samples import NOW, approval

SCHEMA: Mapping[str, JSON] = {
    "type": "object",
    "properties": {"order": {"type": "string"}, "amount": {"type": "integer", "minimum": 1}},
    "required": ["order", "amount"],
}


@dataclass(slots=True)
class FakeDesk(Desk):
    """`answers` is what the next gestures come to; `broken` is raised instead."""

    known: Approval = field(default_factory=approval)
    answers: Outcome = field(default_factory=lambda: Outcome(Kind.DECIDED))
    broken: Exception | None = None
    page: Found = field(default_factory=lambda: Found((), None, 0))
    card_at: CardAt | None = None
    homes_opened: list[Click] = field(default_factory=list)
    told_at_home: list[tuple[Outcome, str]] = field(default_factory=list)
    asked_for: list[tuple[str, Filters]] = field(default_factory=list)
    looked_up: list[tuple[str, str | CardAt]] = field(default_factory=list)
    turned_away: list[tuple[Click, Why]] = field(default_factory=list)
    together: Sequence[str] = ()  # what of a list may be approved together
    trail: list[Entry] = field(default_factory=list)
    clicks: list[Click] = field(default_factory=list)
    replies: list[Click] = field(default_factory=list)
    started: list[tuple[str, JSON, str, str, str]] = field(default_factory=list)
    unknown_threads: int = 0  # how many replies come to threads that the record does not know
    absence: Absence | NotDone | UnclearTime = field(default_factory=lambda: Absence("U0ANA", NOW, NOW + 60))
    left: list[tuple[str, str | None, str]] = field(default_factory=list)
    channels_joined: list[str] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)
    offered: list[tuple[Click, str]] = field(default_factory=list)
    approved: list[tuple[Click, tuple[Item, ...]]] = field(default_factory=list)
    told: list[tuple[Outcome, str, str, str | None]] = field(default_factory=list)

    async def vote(self, click: Click) -> Outcome:
        self.clicks.append(click)
        return self._answer()

    async def ready(self, click: Click) -> Outcome:
        self.clicks.append(click)
        return self._answer()

    async def withdraw(self, click: Click) -> Outcome:
        self.clicks.append(click)
        return self._answer()

    async def link(self, click: Click) -> Outcome:
        self.clicks.append(click)
        return self._answer()

    async def reply(self, click: Click) -> Outcome | None:
        self.replies.append(click)
        if self.unknown_threads > 0:
            self.unknown_threads -= 1
            return None
        return self._answer()

    async def refused(self, click: Click, why: Why) -> None:
        self.turned_away.append((click, why))

    async def view(self, approval_id: str, *, by: str | None = None) -> Approval | None:
        self._answer()
        return self.known if approval_id == self.known.id else None

    async def find(self, user: str, filters: Filters, cursor: str | None) -> Found:
        self._answer()
        self.cursors.append(cursor)
        self.asked_for.append((user, filters))
        return replace(self.page, filters=filters)

    async def show(self, user: str, wanted: str | CardAt) -> tuple[Record, Message] | None:
        self._answer()
        self.looked_up.append((user, wanted))
        if wanted not in (self.known.id, self.card_at):
            return None
        card = BlockFaces(Policies).card(
            self.known, previous=None, previous_link=None, next_link=None, now=NOW
        )
        at = self.card_at
        return Record(self.known, Card(self.known.channel, at.ts if at else None), NOW), card

    async def history(self, user: str, wanted: str | CardAt) -> History | None:
        self._answer()
        self.looked_up.append((user, wanted))
        found = self.known if wanted in (self.known.id, self.card_at) else None
        return History(found, tuple(self.trail), True) if found is not None else None

    async def start(self, graph: str, input: JSON, *, channel: str, requester: str, key: str) -> Run:  # noqa: A002 (LangGraph's word)
        self._answer()
        self.started.append((graph, input, channel, requester, key))
        return Run("thread-1", graph, channel, requester, input, NOW)

    def graphs(self) -> tuple[str, ...]:
        return ("refund",)

    def description(self, graph: str) -> str:
        return "Refund an order"

    def input_schema(self, graph: str) -> Mapping[str, JSON]:
        if graph != "refund":
            raise UnknownGraph(graph, self.graphs())
        return SCHEMA

    async def leave(self, user: str, delegate: str | None, until: Sequence[str]) -> Absence | NotDone:
        self._answer()
        if isinstance(self.absence, Exception):
            raise self.absence
        self.left.append((user, delegate, " ".join(until)))
        return self.absence

    async def come_back(self, user: str) -> Absence | NotDone:
        self.left.append((user, None, "back"))
        return self.absence if not isinstance(self.absence, Exception) else NotDone.NOTHING

    async def standing(self, user: str) -> tuple[Absence | None, Mapping[str, Absence]]:
        absence = self.absence if isinstance(self.absence, Absence) else None
        return absence, {} if absence is None else {"U0CAT": absence}

    async def joined(self, channel: str) -> None:
        self.channels_joined.append(channel)

    async def offer(self, click: Click, batch_id: str) -> Offer | Outcome:
        self.offered.append((click, batch_id))
        answer = self._answer()
        return Offer((self.known,)) if answer.kind is Kind.READY else answer

    async def approve(self, click: Click, items: Sequence[Item]) -> Sequence[Result]:
        self.approved.append((click, tuple(items)))
        return [Result(item, self.known, self._answer()) for item in items]

    async def several(self, user: str, records: Sequence[Record]) -> Sequence[str]:
        return self.together

    async def offer_several(self, click: Click, approval_ids: Sequence[str]) -> Offer | Outcome:
        self.offered.append((click, ",".join(approval_ids)))
        answer = self._answer()
        return Offer((self.known,)) if answer.kind is Kind.READY else answer

    async def approve_several(self, click: Click, items: Sequence[Item]) -> Sequence[Result]:
        return await self.approve(click, items)

    async def home_opened(self, click: Click) -> None:
        self._answer()
        self.homes_opened.append(click)

    async def tell_at_home(self, outcome: Outcome, user: str) -> None:
        self.told_at_home.append((outcome, user))

    async def tell(self, outcome: Outcome, channel: str, user: str, *, thread_ts: str | None = None) -> None:
        self.told.append((outcome, channel, user, thread_ts))

    def _answer(self) -> Outcome:
        if self.broken is not None:
            raise self.broken
        return self.answers
