"""Slack, as the use cases see it: messages out, and how a message can fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from bot.core.absence import Absence
from bot.core.batch import Batch
from bot.core.model import JSON, Approval, Nudge, Run
from bot.core.needed import Needed
from bot.core.outcome import Outcome
from bot.ports.records import Home, Record, Summary


class ChannelClosed(Exception):
    """The bot cannot post there (not a member, archived, unknown); the message says what to do."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__(
            f"Cannot post to channel {channel} ({reason}): invite the bot there, e.g. /invite @approvals"
        )
        self.channel = channel
        self.reason = reason


class MessageGone(Exception):
    """The message to update was deleted."""


class SlackUnavailable(Exception):
    """Slack did not take the call (and says so, or did not answer); `retry_after` is in seconds."""

    def __init__(self, reason: str, *, retry_after: float = 1.0, sent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.sent = sent  # True: it may have been carried out, look before doing it again


class MessageRefused(Exception):
    """Slack refused the message itself (for example invalid_blocks): sending it again will not help."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to Slack; `key` makes it findable and its repeat recognisable."""

    text: str
    blocks: Sequence[Mapping[str, JSON]]
    key: str
    metadata: Mapping[str, JSON] | None = None


NOBODY: Mapping[str, Absence] = MappingProxyType({})


class Faces(Protocol):
    """Draws what people see; pure, written in `blocks/`."""

    def card(
        self,
        approval: Approval,
        *,
        previous: Approval | None,
        previous_link: str | None,
        next_link: str | None,
        now: float,
        away: Mapping[str, Absence] = NOBODY,
    ) -> Message:
        """The card as it should look now; without buttons unless the approval is pending.

        `away`: of those who may decide, who is not there, and until when.
        """
        ...

    def nudge(
        self,
        approval: Approval,
        nudge: Nudge,
        *,
        needed: Needed | None,
        away: Mapping[str, Absence],
        names: Mapping[str, str],
        link: str | None,
    ) -> Message:
        """A reminder, or what an escalation changed. `names` are those of the people who are away."""
        ...

    def batch(self, batch: Batch, records: Sequence[Record], links: Mapping[str, str]) -> Message:
        """The card that lists what a run asks at once; `links` are the cards' permalinks by approval id."""
        ...

    def shows_all(self, approval: Approval) -> bool:
        """True if nothing of the request is left out on its card."""
        ...

    def result(self, run: Run) -> Message:
        """What a run that is over says of itself."""
        ...

    def note(self, outcome: Outcome, user: str | None = None) -> str | None:
        """The private sentence to one person about one attempt; None where the card itself says enough."""
        ...

    def sentence(self, outcome: Outcome, user: str | None = None) -> str:
        """The same where there is no card to say it."""
        ...

    def home(self, shown: Home) -> Mapping[str, JSON]:
        """The view of one person's App Home."""
        ...

    def summary(self, told: Summary) -> Message:
        """What a channel is told once a day."""
        ...

    def waits(self, approval: Approval, link: str | None) -> str:
        """The direct message to the one person who may decide."""
        ...


class Messenger(Protocol):
    """Writes to Slack."""

    async def link(self, channel: str, ts: str) -> str | None:
        """The message's permalink; None where Slack cannot say."""
        ...

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> str:
        """Post and return the ts. Raises ChannelClosed, SlackUnavailable, MessageRefused."""
        ...

    async def find(
        self, channel: str, message: Message, *, since: float, thread_ts: str | None = None
    ) -> tuple[str, ...]:
        """The ts of every message of ours with this key, oldest first."""
        ...

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Raises MessageGone besides what `post` raises."""
        ...

    async def remove(self, channel: str, ts: str) -> None:
        """Take back a message of ours that stands twice. Raises as `post` does."""
        ...

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None:
        """A private sentence to one person; a direct message where they are not in the channel."""
        ...

    async def publish(self, user: str, view: Mapping[str, JSON]) -> None:
        """Show this App Home to one person. Raises SlackUnavailable, MessageRefused."""
        ...
