"""What the listeners hand over to: the use cases, seen from Slack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.approvals.together import Offer, Result
from bot.approvals.trails import History
from bot.core.absence import Absence, NotDone
from bot.core.batch import Item
from bot.core.filters import Filters
from bot.core.model import JSON, Approval, Click, Run
from bot.core.outcome import Outcome
from bot.core.policy import Why
from bot.ports import CardAt, Found, Message, Record


class Desk(Protocol):
    """Every method may raise StoreUnavailable: then nothing was recorded, and the person is told so."""

    async def vote(self, click: Click) -> Outcome:
        """Record a vote; durable when it returns."""
        ...

    async def ready(self, click: Click) -> Outcome:
        """Whether this person may open the form for this verdict: READY, or a refusal."""
        ...

    async def refused(self, click: Click, why: Why) -> None:
        """Note that a gesture was refused before any use case saw it; never raises for the record."""
        ...

    async def withdraw(self, click: Click) -> Outcome:
        """End the run of this card, for who asked for it."""
        ...

    async def link(self, click: Click) -> Outcome:
        """READY with the address of our own page, for this person alone, in `sentence`; or why not."""
        ...

    async def reply(self, click: Click) -> Outcome | None:
        """Take a thread reply; `message_ts` is the thread's and the approval id is empty.

        None: the thread is not under a card of ours.
        """
        ...

    async def view(self, approval_id: str, *, by: str | None = None) -> Approval | None:
        """An approval as it stands; `by` is who opens its full text, and that is noted."""
        ...

    async def find(self, user: str, filters: Filters, cursor: str | None) -> Found:
        """A page of what this person asks to see of what is waiting, ten at a time."""
        ...

    async def show(self, user: str, wanted: str | CardAt) -> tuple[Record, Message] | None:
        """One approval, by id or by where its card is, with its card; None: this person may not see one."""
        ...

    async def history(self, user: str, wanted: str | CardAt) -> History | None:
        """What happened to one approval, named in the same ways; None: this person may not see one."""
        ...

    async def start(self, graph: str, input: JSON, *, channel: str, requester: str, key: str) -> Run:  # noqa: A002 (LangGraph's word)
        """Start a run; the same `key` again is the same run. Raises UnknownGraph, InvalidInput.

        `channel` is where the person was: it serves where the graph has no channel of its own.
        """
        ...

    def graphs(self) -> tuple[str, ...]:
        """The names that `start` takes."""
        ...

    def description(self, graph: str) -> str:
        """One line about a graph, or an empty string."""
        ...

    def input_schema(self, graph: str) -> Mapping[str, JSON]:
        """The JSON Schema of a graph's input. Raises UnknownGraph."""
        ...

    async def leave(self, user: str, delegate: str | None, until: Sequence[str]) -> Absence | NotDone:
        """Record that somebody is away from now on. Raises UnclearTime."""
        ...

    async def come_back(self, user: str) -> Absence | NotDone:
        """End their absence."""
        ...

    async def standing(self, user: str) -> tuple[Absence | None, Mapping[str, Absence]]:
        """Their absence, and those in which they stand in, by whose they are."""
        ...

    async def joined(self, channel: str) -> None:
        """The bot was invited: cards that waited for that can be posted now."""
        ...

    async def offer(self, click: Click, batch_id: str) -> Offer | Outcome:
        """What of a batch this person may approve with one press; an outcome where the press is no good."""
        ...

    async def approve(self, click: Click, items: Sequence[Item]) -> Sequence[Result]:
        """Vote on each of what was confirmed; each is durable when it returns as recorded."""
        ...

    async def several(self, user: str, records: Sequence[Record]) -> Sequence[str]:
        """Which of a page of a list this person may approve together, by id; none where fewer than two."""
        ...

    async def offer_several(self, click: Click, approval_ids: Sequence[str]) -> Offer | Outcome:
        """What of these this person may approve with one press."""
        ...

    async def approve_several(self, click: Click, items: Sequence[Item]) -> Sequence[Result]:
        """As `approve`, for what was confirmed below a list."""
        ...

    async def home_opened(self, click: Click) -> None:
        """Somebody looks at App Home: it is drawn anew. The click says who and where from, it is no vote."""
        ...

    async def tell_at_home(self, outcome: Outcome, user: str) -> None:
        """Tell in App Home what became of a gesture there, and draw what is left."""
        ...

    async def tell(self, outcome: Outcome, channel: str, user: str, *, thread_ts: str | None = None) -> None:
        """Tell one person what became of a gesture, where the card does not say it itself.

        `channel` is a user id where there is none: then it is a direct message.
        """
        ...
