"""Draw what people see for the use cases: `ports.Faces` over the pure functions of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from bot.blocks.batch import batch_card, shows_all
from bot.blocks.card import card
from bot.blocks.home import app_home
from bot.blocks.ids import batch_metadata, metadata, nudge_metadata, result_metadata
from bot.blocks.notice import notice, sentence
from bot.blocks.nudge import nudge as draw_nudge
from bot.blocks.parts import Block
from bot.blocks.result import result
from bot.blocks.summary import SUMMARY_TYPE, daily, waits
from bot.core.absence import Absence
from bot.core.batch import Batch
from bot.core.model import JSON, Approval, Nudge, Run, RunState
from bot.core.needed import Needed
from bot.core.outcome import Outcome
from bot.core.policy import Policies
from bot.ports import NOBODY, Home, Message, Record, Summary
from bot.texts.spoken import Catalogue, speaking, spoken

Given = ParamSpec("Given")
Drawn = TypeVar("Drawn")


def in_their_language(
    draw: Callable[Concatenate[BlockFaces, Given], Drawn],
) -> Callable[Concatenate[BlockFaces, Given], Drawn]:
    """Drawn in the language of the people who see it."""

    @wraps(draw)
    def drawn(faces: BlockFaces, /, *args: Given.args, **kwargs: Given.kwargs) -> Drawn:
        with speaking(faces.language()):
            return draw(faces, *args, **kwargs)

    return drawn


@dataclass(frozen=True, slots=True)
class BlockFaces:
    """Faces as Block Kit. `policies` and `language` are asked each time."""

    policies: Callable[[], Policies]
    elsewhere: bool = False  # there is a page of ours, with a log-in
    language: Callable[[], Catalogue] = spoken

    @in_their_language
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
        """The card as it should look now. It shows moments, not ages, so `now` changes nothing."""
        face = card(
            approval,
            policy=self.policies().of(approval.request.graph).resolved(approval.request.payload),
            elsewhere=self.elsewhere,
            previous=previous,
            previous_link=previous_link,
            next_link=next_link,
            away=away,
        )
        return Message(face.text, face.blocks, key=f"card:{approval.id}", metadata=metadata(approval))

    @in_their_language
    def batch(self, batch: Batch, records: Sequence[Record], links: Mapping[str, str]) -> Message:
        """The card that lists what a run asks at once."""
        face = batch_card(batch, records, links)
        known = batch_metadata(batch.id, batch.thread_id)
        return Message(face.text, face.blocks, key=f"batch:{batch.id}", metadata=known)

    @in_their_language
    def shows_all(self, approval: Approval) -> bool:
        """True if nothing of the request is left out on its card."""
        return shows_all(approval)

    @in_their_language
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
        """A reminder, or what an escalation changed."""
        face = draw_nudge(approval, nudge, needed=needed, away=away, names=names, card_link=link)
        key = f"{nudge.name}:{approval.id}"
        return Message(face.text, face.blocks, key=key, metadata=nudge_metadata(approval))

    @in_their_language
    def result(self, run: Run) -> Message:
        """What a run that is over says of itself."""
        face = result(run)
        # A run that failed may go on and end after all: two messages, that must not be taken for one another.
        kind = "failure" if run.state is RunState.FAILED else "result"
        key = f"{kind}:{run.thread_id}"
        return Message(face.text, face.blocks, key=key, metadata=result_metadata(run.thread_id))

    @in_their_language
    def note(self, outcome: Outcome, user: str | None = None) -> str | None:
        """The private sentence to one person about one attempt; None where the card itself says enough."""
        return notice(outcome, user)

    @in_their_language
    def sentence(self, outcome: Outcome, user: str | None = None) -> str:
        """The same where there is no card to say it."""
        return sentence(outcome, user)

    @in_their_language
    def home(self, shown: Home) -> Block:
        """The view of one person's App Home."""
        return app_home(shown)

    @in_their_language
    def summary(self, told: Summary) -> Message:
        """What a channel is told once a day."""
        face, key = daily(told), f"daily:{told.channel}:{told.day}"
        said: dict[str, JSON] = {"channel": told.channel, "day": told.day}
        return Message(face.text, face.blocks, key, {"event_type": SUMMARY_TYPE, "event_payload": said})

    @in_their_language
    def waits(self, approval: Approval, link: str | None) -> str:
        """The direct message to the one person who may decide."""
        return waits(approval, link)
