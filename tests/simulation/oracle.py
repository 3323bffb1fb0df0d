"""What an approval may become, written a second time from the design's table, without the product's code."""

from __future__ import annotations

from dataclasses import dataclass, field

APPROVE, REJECT, REVISE = "approve", "reject", "revise"


@dataclass
class Rules:
    """The policy in force, and who is fit to decide."""

    quorum: int = 1
    requester_may_approve: bool = False
    named: frozenset[str] | None = None  # None: the members of the channel
    expires_in: float | None = None
    silence_rejects: bool = False
    not_members: set[str] = field(default_factory=set)
    unfit: set[str] = field(default_factory=set)  # guests, bots, people who left

    def allow(self, user: str) -> bool:
        if user in self.unfit:
            return False
        return user not in self.not_members if self.named is None else user in self.named


@dataclass
class Asked:
    """One approval as it should be."""

    revision: int
    deadline: float | None
    state: str = "pending"
    votes: list[tuple[str, str]] = field(default_factory=list)  # who, by which gesture
    verdict: str | None = None


@dataclass(frozen=True)
class Press:
    """A gesture as the oracle sees it; `true` is False for one that is not what it claims to be."""

    gesture: str
    user: str
    verdict: str
    ours: bool  # our app, our workspace
    true: bool  # the card and the revision we posted


@dataclass
class Oracle:
    """One thread: its approvals in order, and how often its effect may have happened."""

    requester: str
    rules: Rules = field(default_factory=Rules)
    asked: list[Asked] = field(default_factory=list)
    effects: int = 0

    def press(self, one: Asked, press: Press, now: float) -> str:
        """What the person must be told; the approval moves as it must."""
        if not press.ours:
            return "refused"
        if any(press.gesture == gesture for _, gesture in one.votes):
            return "repeated"
        if one.state != "pending" or (one.deadline is not None and now >= one.deadline):
            return "too_late"
        if not press.true or not self.rules.allow(press.user):
            return "refused"
        if press.verdict == APPROVE:
            return self._approve(one, press)
        one.votes.append((press.user, press.gesture))
        one.state, one.verdict = "decided", press.verdict
        return "decided"

    def _counts(self, one: Asked, user: str) -> bool:
        """Now, not when they voted: people leave, and rules change."""
        asked_for_it = user == self.requester and not self.rules.requester_may_approve
        return self.rules.allow(user) and not asked_for_it

    def _approve(self, one: Asked, press: Press) -> str:
        if not self._counts(one, press.user):
            return "refused"
        if any(press.user == user for user, _ in one.votes):
            return "repeated"
        one.votes.append((press.user, press.gesture))
        if len({user for user, _ in one.votes if self._counts(one, user)}) < self.rules.quorum:
            return "counted"
        one.state, one.verdict = "decided", APPROVE
        return "decided"

    def work(self, now: float) -> None:
        """Everything that is due has been done, crashes or not."""
        for one in list(self.asked):
            if one.state == "pending" and one.deadline is not None and now >= one.deadline:
                one.state = "decided" if self.rules.silence_rejects else "expired"
                one.verdict = REJECT if self.rules.silence_rejects else None
            if one.state == "decided":
                one.state = "applied"
                self.effects += one.verdict == APPROVE
                if one.verdict == REVISE:
                    self.ask(one.revision + 1, now)

    def ask(self, revision: int, now: float) -> None:
        expires_in = self.rules.expires_in
        self.asked.append(Asked(revision, None if expires_in is None else now + expires_in))
