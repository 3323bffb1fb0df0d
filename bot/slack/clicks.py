"""What Slack sends, read once into values: beyond this file nobody looks into a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.blocks.home_ids import read_home_value
from bot.blocks.ids import (
    CHOICES,
    VERDICTS,
    ButtonValue,
    Place,
    Trail,
    read_metadata,
    read_page,
    read_place,
    read_start,
    read_trail,
    read_value,
)
from bot.blocks.modal import read_typed, read_words
from bot.core.model import JSON, Click, MetadataClaim, Source, Verdict
from bot.slack.home import AT_HOME, is_own_home

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a gesture, through which app and workspace. A missing user is an empty id, never nobody."""

    user: str
    user_team: str | None
    app: str | None
    team: str | None

    @classmethod
    def of(cls, body: Body) -> Origin:
        """The same for an interaction, a command and an event."""
        user, event = part(body, "user"), part(body, "event")
        return cls(
            user=word(user, "id") or word(body, "user_id") or word(event, "user") or "",
            user_team=word(user, "team_id") or word(event, "user_team") or word(event, "team"),
            app=word(body, "api_app_id"),
            team=word(part(body, "team"), "id") or word(body, "team_id"),
        )

    def click(
        self,
        gesture: str,
        verdict: Verdict,
        approval_id: str,
        revision: int,
        source: Source,
        *,
        channel: str | None = None,
        message_ts: str | None = None,
        metadata: MetadataClaim | None = None,
        text: str | None = None,
        given: JSON = None,
        choice: int | None = None,
        typed: str | None = None,
        shown: str | None = None,
    ) -> Click:
        """A vote from here; `gesture` is what stays the same when Slack or the person repeats it."""
        return Click(
            id=gesture,
            user=self.user,
            verdict=verdict,
            approval_id=approval_id,
            revision=revision,
            source=source,
            app=self.app,
            team=self.team,
            user_team=self.user_team,
            channel=channel,
            message_ts=message_ts,
            metadata=metadata,
            text=text,
            given=given,
            choice=choice,
            typed=typed,
            shown=shown,
        )


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed on a message or in a window. On a window there is no channel and no message.

    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """

    origin: Origin
    action: str
    value: str | None
    action_ts: str
    channel: str | None
    message_ts: str | None
    metadata: MetadataClaim | None
    trigger_id: str
    view_id: str | None
    response_url: str | None
    home: bool = False  # pressed in the App Home that we drew for this very person

    @classmethod
    def of(cls, body: Body) -> Press:
        """Slack sends one action at a time, in a list."""
        container, message = part(body, "container"), part(body, "message")
        action: Body = body["actions"][0]
        return cls(
            origin=Origin.of(body),
            action=str(action["action_id"]),
            value=word(action, "value") or word(part(action, "selected_option"), "value"),
            action_ts=word(action, "action_ts") or "",
            channel=word(part(body, "channel"), "id") or word(container, "channel_id"),
            message_ts=word(container, "message_ts") or word(message, "ts"),
            metadata=read_metadata(message.get("metadata")),
            trigger_id=word(body, "trigger_id") or "",
            view_id=word(part(body, "view"), "id"),
            response_url=word(body, "response_url"),
            home=is_own_home(body),
        )

    @property
    def card(self) -> ButtonValue | None:
        """Which card the button says it stands on; None: it is no button of a card."""
        return read_value(self.value)

    @property
    def page(self) -> ButtonValue | None:
        """Which page of the full text the button leads to."""
        return read_page(self.value)

    @property
    def trail(self) -> Trail | None:
        """Which page of which list the button leads to."""
        return read_trail(self.value)

    @property
    def click(self) -> Click | None:
        """The vote this press is; None: it is no button of a card, nor one of App Home."""
        if self.home:
            return self._at_home
        card, verdict = self.card, VERDICTS.get(self.action)
        if card is None or verdict is None:
            return None
        return self.origin.click(
            self._gesture,
            verdict,
            card.approval_id,
            card.revision,
            Source.BUTTON,
            channel=self.channel,
            message_ts=self.message_ts,
            metadata=self.metadata,
            choice=self.choice,
        )

    @property
    def withdrawal(self) -> Click | None:
        """The wish to withdraw the card's request; it is no vote, so its verdict says nothing."""
        card = self.card
        if card is None:
            return None
        return self.origin.click(
            f"withdraw/{self.origin.user}/{self.action_ts}",
            Verdict.REJECT,
            card.approval_id,
            card.revision,
            Source.BUTTON,
            channel=self.channel,
            message_ts=self.message_ts,
            metadata=self.metadata,
        )

    @property
    def shown(self) -> str | None:
        """In App Home, the digest of the request as it was shown there."""
        value = read_home_value(self.value) if self.home else None
        return value.shown if value else None

    @property
    def _gesture(self) -> str:
        return "/".join((self.origin.user, self.action_ts, self.action, str(self.value)))

    @property
    def _at_home(self) -> Click | None:
        """The same in App Home: the button itself says what was shown."""
        value, verdict = read_home_value(self.value), AT_HOME.get(self.action)
        if value is None or verdict is None:
            return None
        return self.origin.click(
            self._gesture, verdict, value.approval_id, value.revision, Source.HOME, shown=value.shown
        )

    @property
    def choice(self) -> int | None:
        """Which of a few answers the button stands for, from 0; None: it is no such button."""
        return next((number for number, action in enumerate(CHOICES) if action == self.action), None)


@dataclass(frozen=True, slots=True)
class Submission:
    """A form sent off. It knows no channel: its private metadata does.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """

    origin: Origin
    view_id: str
    private: str | None
    values: Mapping[str, object]
    blocks: tuple[str, ...]
    begun: frozenset[str] = frozenset()  # the questions whose boxes held something from the start

    @classmethod
    def of(cls, body: Body) -> Submission:
        """`blocks` are the ids of the form's questions, in order: errors are shown under one of them."""
        view = part(body, "view")
        values = part(part(view, "state"), "values")
        blocks = view.get("blocks")
        shown = [one for one in blocks if isinstance(one, Mapping)] if isinstance(blocks, list) else []
        known = [word(one, "block_id") for one in shown]
        begun = [
            word(one, "block_id") for one in shown if any("initial" in key for key in part(one, "element"))
        ]
        return cls(
            origin=Origin.of(body),
            view_id=str(view["id"]),
            private=word(view, "private_metadata"),
            values=values,
            blocks=tuple(block for block in known if block is not None and block in values),
            begun=frozenset(block for block in begun if block is not None),
        )

    @property
    def place(self) -> Place | None:
        """Which card the form belongs to; None: it is no form of a card."""
        return read_place(self.private)

    @property
    def click(self) -> Click | None:
        """The vote this form is; None: it is no form of ours. Sent twice, it is the same gesture."""
        is_answer = self.place is not None and self.place.verdict is Verdict.ANSWER
        return None if is_answer else self._vote(read_words(self.values), None)

    def answer(self, given: JSON) -> Click | None:
        """The same for a form whose answer is a value; `given` is all of its pages together."""
        is_answer = self.place is not None and self.place.verdict is Verdict.ANSWER
        return self._vote(None, given, typed=self.typed) if is_answer else None

    @property
    def confirmed(self) -> Click | None:
        """The vote that was confirmed by typing; None: it is no such form."""
        return self._vote(None, None, typed=self.typed or "")

    @property
    def typed(self) -> str | None:
        """What was typed to confirm, here or on an earlier page."""
        here = read_typed(self.values)
        return here if here is not None else (self.place.typed if self.place else None)

    def _vote(self, text: str | None, given: JSON, *, typed: str | None = None) -> Click | None:
        place = self.place
        if place is None:
            return None
        at_home = place.shown is not None
        return self.origin.click(
            f"form/{self.view_id}",
            place.verdict,
            place.approval_id,
            place.revision,
            Source.HOME if at_home else Source.MODAL,
            channel=None if at_home else place.channel,
            message_ts=None if at_home else place.message_ts,
            text=text,
            given=given,
            choice=place.choice,
            typed=typed,
            shown=place.shown,
        )

    @property
    def start(self) -> tuple[str, str] | None:
        """The graph to start and the channel it was asked for in."""
        return read_start(self.private)


def part(body: Body, name: str) -> Body:
    """An object inside an object; empty where there is none."""
    return found if isinstance(found := body.get(name), Mapping) else {}


def word(body: Body, name: str) -> str | None:
    """A text inside an object; None where there is none, or an empty one."""
    found = body.get(name)
    return found if isinstance(found, str) and found else None
