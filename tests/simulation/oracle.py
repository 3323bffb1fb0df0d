"""What an approval may become, written a second time from the design's table, without the product's code.

Who may decide and what the votes come to is `reading.py`; here is everything around it: gestures, deadlines,
escalations, what the graph is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.approvers import Approvers
from bot.core.model import JSON, Verdict, Vote
from bot.core.policy import Policy
from tests.simulation.reading import YES, Moment, Reading, agreed, says_yes


@dataclass
class Asked:
    """One approval as it should be."""

    revision: int
    payload: Mapping[str, Any]
    deadline: float | None
    escalate_at: float | None
    state: str = "pending"
    votes: list[Vote] = field(default_factory=list)
    verdict: Verdict | None = None
    by: frozenset[str] = frozenset()
    answer: JSON = None
    added: Approvers | None = None
    instead: bool = False
    called_at: float | None = None


@dataclass(frozen=True)
class Press:
    """A gesture as the oracle sees it; `true` is False for one that is not what it claims to be."""

    gesture: str
    user: str
    verdict: Verdict
    ours: bool  # our app, our workspace
    true: bool  # the card and the revision we posted
    answer: JSON = None
    typed: str | None = None
    on_page: bool = False  # ours, after a log-in


@dataclass
class Oracle:
    """One thread: its approvals in order, and how often its effect may have happened."""

    requester: str
    people: Sequence[str]
    more: Mapping[str, Any] = field(default_factory=dict)  # of every question
    policy: Policy = field(default_factory=Policy)
    asked: list[Asked] = field(default_factory=list)
    outsiders: set[str] = field(default_factory=set)
    unfit: set[str] = field(default_factory=set)  # guests, bots, people who left
    away: dict[str, tuple[str | None, float]] = field(default_factory=dict)
    effects: int = 0

    def press(self, one: Asked, press: Press, now: float) -> str:
        """What the person must be told; the approval moves as it must."""
        if not press.ours:
            return "refused"
        if any(press.gesture == vote.click for vote in one.votes):
            return "repeated"
        if one.state != "pending" or (one.deadline is not None and now >= one.deadline):
            return "too_late"
        if not press.true or press.verdict is (Verdict.REVISE if self._asks_tools() else Verdict.ANSWER):
            return "refused"
        return self._vote(one, press, self._reading(one, now))

    def whose_turn(self, answer: JSON, now: float) -> tuple[str | None, Verdict]:
        """Somebody whose yes to the newest question would count now, who stands in first; and which yes."""
        one = self.asked[-1]
        run = agreed(one.votes)
        verdict = run[-1].verdict if run else (Verdict.ANSWER if self._asks_tools() else Verdict.APPROVE)
        reading, given = self._reading(one, now), run[-1].answer if run else answer
        delegates = {delegate for delegate, _ in self.away.values()}
        for user in sorted(self.people, key=lambda user: user not in delegates):
            if isinstance(reading.place(one.votes, user, verdict, given), Vote):
                return user, verdict
        return None, verdict

    def _reading(self, one: Asked, now: float) -> Reading:
        moment = Moment(self.policy, frozenset(self.unfit), frozenset(self.outsiders), away=self.away)
        asked, instead, called_at = (one.payload, self.requester), one.instead, one.called_at
        return Reading(moment, *asked, now, one.added, instead=instead, called_at=called_at)

    def _asks_tools(self) -> bool:
        return "action_requests" in self.more

    def _vote(self, one: Asked, press: Press, reading: Reading) -> str:
        in_slack = press.verdict in YES and not press.on_page
        if in_slack and reading.is_above:
            return "refused"
        placed = reading.place(one.votes, press.user, press.verdict, press.answer, on_page=press.on_page)
        if isinstance(placed, str):
            return placed
        if in_slack and reading.word is not None and press.typed != reading.word:
            return "confirm" if press.typed is None else "bad_answer"
        one.votes.append(replace(placed, click=press.gesture))
        came_to = reading.came_to(one.votes)
        if came_to is None:
            return "counted"
        one.state, (one.verdict, one.by) = "decided", came_to
        one.answer = one.votes[-1].answer if one.verdict in YES else None  # an old No may be enough now
        return "decided"

    def work(self, now: float) -> None:
        """Everything that is due has been done, crashes or not."""
        for one in list(self.asked):
            if one.state == "pending":
                self._time_goes_by(one, now)
            if one.state == "decided":
                one.state = "applied"
                self.effects += one.verdict is Verdict.APPROVE or says_yes(one.answer)
                if one.verdict is Verdict.REVISE:
                    self.ask(one.revision + 1, now)

    def _time_goes_by(self, one: Asked, now: float) -> None:
        if one.deadline is not None and now >= one.deadline:
            rejects = self.policy.on_expiry == "reject"
            one.state, one.verdict = ("decided", Verdict.REJECT) if rejects else ("expired", None)
        elif one.escalate_at is not None and now >= one.escalate_at:
            one.escalate_at, calls = None, self.policy.escalate
            if calls is not None:
                one.added, one.instead, one.called_at = calls.approvers, calls.instead, now

    def ask(self, revision: int, now: float) -> None:
        lasts, calls = self.policy.expires_in, self.policy.escalate
        deadline = None if lasts is None else now + lasts
        self.asked.append(Asked(revision, self.more, deadline, None if calls is None else now + calls.after))
