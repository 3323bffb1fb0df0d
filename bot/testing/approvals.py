"""What a test says: start a run, find its card, let somebody decide, read what became of it."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from bot.client import ApprovalDetails
from bot.client import Run as RunNow
from bot.simulator.card import Card as Message
from bot.simulator.local import LocalSlack
from bot.testing.company import TOKEN, Company
from bot.testing.loop import LoopThread
from bot.testing.people import Hand, person

T = TypeVar("T")

# Seconds until something that should happen at once has not happened.
PATIENCE = 15.0


class Approvals:
    """The real bot, a small Slack and people. Everything waits, so it reads the same in every test.

    The graphs run in an event loop of their own, in another thread.
    """

    def __init__(self, company: Company, loop: LoopThread) -> None:
        self._company = company
        self._loop = loop

    @classmethod
    @contextmanager
    def open(cls, redis: str, folder: Path, root: Path, settings: Mapping[str, str]) -> Iterator[Self]:
        """Open inside the block; at its end everything is stopped, whatever happened."""
        loop = LoopThread()
        loop.start()
        try:
            company = loop.look(lambda: Company(redis, folder, root, settings))
            try:
                loop.do(company.open())
                yield cls(company, loop)
            finally:
                loop.do(company.close())
        finally:
            loop.stop()

    @property
    def slack(self) -> LocalSlack:
        """The small Slack itself (docs/simulator.md); its coroutines go through `do`."""
        return self._company.slack

    @property
    def url(self) -> str:
        """The bot's address, for a service under test that starts runs itself; graphs are added before."""
        return self.do(self._company.address())

    @property
    def token(self) -> str:
        """The token of its HTTP API."""
        return TOKEN

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine where the bot and Slack live: `approvals.do(approvals.slack.fault("drop"))`."""
        return self._loop.do(work)

    def add(self, graph: Any, name: str | None = None, **policy: Any) -> str:
        """Name a graph, with what approvals.toml would say of it (`answer="decision"`, `quorum=2`)."""
        return self._loop.look(lambda: self._company.add(graph, name, policy))

    def start(
        self,
        graph: Any,
        input: Any,  # noqa: A002 (LangGraph's word for it)
        *,
        requester: str | None = None,
        channel: str | None = None,
    ) -> Run:
        """Start a run of a graph, or of the graph that has this name, in a channel of its own.

        `requester` is somebody's name or id. Raises what the bot says of a graph or an input that is unfit.
        """
        return Run(self, self.do(self._company.start(graph, input, requester, channel)))

    def card(self, run: Run, words: str = "", *, within: float = PATIENCE) -> Card:
        """The card on which people may decide now, and which says this; the oldest of several."""
        return self.cards(run, 1, words, within=within)[0]

    def cards(self, run: Run, number: int, words: str = "", *, within: float = PATIENCE) -> list[Card]:
        """That many live cards of one run, oldest first: the questions of parallel branches."""
        found = self.do(self._company.cards(run.started, number, words, within))
        return [Card(self, message) for message in found]

    def restart(self) -> None:
        """Stop the bot and start it again, as a deploy does: what waits for people still waits."""
        self.do(self._company.restart())


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a graph."""

    approvals: Approvals
    started: RunNow

    @property
    def thread_id(self) -> str:
        return self.started.thread_id

    @property
    def channel(self) -> str:
        return self.started.channel

    def now(self) -> RunNow:
        """The run as it stands."""
        return self.approvals.do(self.approvals._company.run(self.thread_id))

    def over(self, *, within: float = PATIENCE) -> RunNow:
        """The run once it is over: ended, failed, lost or cancelled. Raises StillRunning."""
        return self.approvals.do(self.approvals._company.over(self.thread_id, within))

    def output(self, *, within: float = PATIENCE) -> Any:
        """The graph's last state, once it has ended. Raises AssertionError where it failed."""
        run = self.over(within=within)
        if run.state != "ended":
            raise AssertionError(f"the run has {run.state}: {run.failure}")
        return run.output


@dataclass(frozen=True, slots=True)
class Card:
    """A card in Slack, as it is now. What people do returns what they were told in private, or `""`.

    A gesture returns when the card has changed, or the person was told why it did not.
    """

    approvals: Approvals
    message: Message

    @property
    def text(self) -> str:
        """Everything a person reads on it, line by line."""
        return self.approvals._loop.look(lambda: self.message.text_shown)

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons; none once it is decided."""
        return self.approvals._loop.look(lambda: self.message.buttons)

    @property
    def replies(self) -> list[str]:
        """What stands in its thread, oldest first."""
        return self.approvals._loop.look(lambda: [reply.text_shown for reply in self.message.replies])

    @property
    def approval(self) -> ApprovalDetails:
        """Its record: payload, votes, decision, and the exact answer the graph gets."""
        return self.approvals.do(self.approvals._company.details(self.message))

    def approve(self, by: str, *, within: float = PATIENCE) -> str:
        """Press Approve, and say yes if it asks once more."""
        return self.press("Approve", by, within=within)

    def reject(self, by: str, why: str = "", *, within: float = PATIENCE) -> str:
        """Press Reject, with a reason or without."""
        return self.approvals.do(self._hand(by, within).press_and_say("Reject", "Reason", why))

    def revise(self, by: str, feedback: str, *, within: float = PATIENCE) -> str:
        """Press Revise and say what should change."""
        return self.approvals.do(self._hand(by, within).press_and_say("Revise", "Feedback", feedback))

    def answer(self, by: str, values: Mapping[str, Any], *, within: float = PATIENCE) -> str:
        """Fill in the form of a `response_schema`: field's label -> value. Raises FormRefused."""
        return self.approvals.do(self._hand(by, within).answer(values))

    def press(self, label: str, by: str, *, within: float = PATIENCE) -> str:
        """Press the button with this label: one of few choices, say."""
        return self.approvals.do(self._hand(by, within).press(label))

    def reply(self, by: str, text: str, *, within: float = PATIENCE) -> str:
        """Write in its thread, which is feedback where `thread_replies = "revise"`."""
        return self.approvals.do(self._hand(by, within).reply(text))

    def _hand(self, by: str, within: float) -> Hand:
        company = self.approvals._company
        who = self.approvals._loop.look(lambda: person(company.slack, by))
        return Hand(company.slack, who, self.message, within)
