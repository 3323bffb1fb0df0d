"""Who may decide, and what votes come to: a second reading of the documents, without the product's decisions.

Policies, votes and approvals are read as data. What they mean is worked out here, in a shape of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from bot.core.approvers import Approvers
from bot.core.model import JSON, Approval, Verdict, Vote
from bot.core.policy import Policy, Rule

YES = (Verdict.APPROVE, Verdict.ANSWER)
REFUSED, REPEATED = "refused", "repeated"
RISKS = ("low", "medium", "high", "critical")
NOBODY: Mapping[str, Any] = MappingProxyType({})

# What each expression means; the product reads the text. KeyError: the payload does not let it be evaluated.
MEANS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = MappingProxyType(
    {
        "amount > 100": lambda asked: asked["amount"] > 100,
        'risk == "high"': lambda asked: asked["risk"] == "high",
        "tip > 5": lambda asked: asked["tip"] > 5,
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is so at one moment outside of the record: the rules in force, and who is who."""

    policy: Policy
    unfit: frozenset[str] = frozenset()  # guests, bots, people who left
    outsiders: frozenset[str] = frozenset()  # of the card's channel
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    remembered: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # the groups, for what decides nothing
    away: Mapping[str, tuple[str | None, float]] = field(default_factory=dict)  # who stands in, until when


class Reading:
    """One approval under the rules of one moment: `now` is the store's time, votes are handed in."""

    def __init__(
        self,
        moment: Moment,
        payload: JSON,
        requester: str | None,
        now: float,
        added: Approvers | None = None,
        *,
        instead: bool = False,
        called_at: float | None = None,
    ) -> None:
        asked = payload if isinstance(payload, Mapping) else {}
        held, self.is_blocked = _held(moment.policy.rules, asked)
        policy, own = moment.policy, [stage for rule in held for stage in rule.stages]
        self.moment, self.now, self.requester = moment, now, requester
        self.distinct, self.editor_may = policy.distinct, policy.editor_may_approve
        self.four_eyes = not all(
            [policy.requester_may_approve, *(rule.requester_may_approve for rule in held)]
        )
        self.stages = tuple(own or policy.stages)
        single = list(policy.stages) if len(policy.stages) == 1 else []  # nobody asks for less than this one
        least = max([1, *(rule.quorum for rule in held), *(stage.quorum for stage in single)])
        self.yes = [max(stage.quorum, least) for stage in self.stages]
        noes = [rule.reject_quorum for rule in held if rule.reject_quorum is not None]
        noes += [stage.reject_quorum for stage in single]
        self.no = [min([stage.reject_quorum, *noes]) for stage in self.stages]
        self.called, self.instead, self.called_at = added, instead, called_at
        self.word = _word(policy, asked, held)
        self.is_above = _reaches(policy.ceiling, asked, held)

    @classmethod
    def of(cls, approval: Approval, moment: Moment, now: float) -> Reading:
        """The approval as the record has it."""
        payload, requester = approval.request.payload, approval.requester
        instead, called_at = approval.instead, approval.escalated_at
        return cls(moment, payload, requester, now, approval.added, instead=instead, called_at=called_at)

    # --- who ------------------------------------------------------------------------------------------

    def seats(self, user: str) -> set[int]:
        """The stages in which this person is an approver in their own right."""
        if user in self.moment.unfit:
            return set()
        named = range(len(self.stages))
        return {number for number in named if self._is_named(user, number, instead=self.instead)}

    def _is_named(self, user: str, stage: int, *, instead: bool) -> bool:
        lists = [] if self.called is None else [self.called]
        if self.called is None or not instead:
            lists.append(self.stages[stage].approvers)
        for one in lists:
            in_groups = any(user in self.moment.groups.get(group, ()) for group in one.groups)
            if user in one.users or in_groups or (one.members and user not in self.moment.outsiders):
                return True
        return False

    def stands_for(self, user: str, verdict: Verdict, votes: Sequence[Vote]) -> str | None:
        """The first of those who are away and made this person stand in, and whose seat is free."""
        if user in self.moment.unfit:
            return None
        taken = {name for vote in votes for name in (vote.by, vote.stands_for)}
        taken -= {vote.stands_for for vote in votes if vote.by == user}
        for whose, (delegate, until) in sorted(self.moment.away.items()):
            own = whose == self.requester and self.four_eyes and verdict in YES and not self.is_blocked
            if delegate == user and self.now < until and whose not in taken and not own and self.seats(whose):
                return whose
        return None

    def _sits(self, vote: Vote, stage: int) -> bool:
        """Whether the seat of this vote is still one, and so counts.

        Who was replaced by those called in keeps the seat for what was said until then.
        """
        if people(vote) & self.moment.unfit or stage >= len(self.stages):
            return False
        since = self.called_at is None or vote.at >= self.called_at
        return self._is_named(vote.stands_for or vote.by, stage, instead=self.instead and since)

    def _is_firm(self, vote: Vote) -> bool:
        """Whether it was given the way that is asked for now: on our page, or typed, or by any button."""
        enough = [vote.on_page, vote.typed and not self.is_above]
        return any(enough) or (self.word is None and not self.is_above)

    def _is_barred(self, user: str, votes: Sequence[Vote]) -> bool:
        """From saying yes: four eyes, and a seat that somebody else has filled."""
        asked_for_it = self.four_eyes and user == self.requester
        return self.is_blocked or asked_for_it or any(vote.stands_for == user for vote in votes)

    # --- what it came to --------------------------------------------------------------------------------

    def standing(self, votes: Sequence[Vote]) -> list[Vote]:
        """Every yes to what is proposed now that neither a No nor the rules of today have made void."""
        firm = [vote for vote in agreed(votes) if self._is_firm(vote)]
        return [vote for vote in firm if not people(vote) & against(votes)]

    def counted(self, votes: Sequence[Vote]) -> list[list[str]]:
        """Whose yes to what is proposed now counts, for each stage."""
        run, found, served = agreed(votes), list[list[str]](), set[str]()
        author = run[0].by if run and is_edit(run[0].answer) and not self.editor_may else None
        for stage in range(len(self.stages)):
            heard = set[str]()
            here = list[str]()
            for vote in (vote for vote in self.standing(votes) if vote.stage == stage):
                out = vote.by == author or people(vote) & heard or (self.distinct and people(vote) & served)
                barred = self._is_barred(vote.by, votes)
                barred |= self.four_eyes and vote.stands_for is not None and vote.stands_for == self.requester
                if not (out or barred) and self._sits(vote, stage):
                    here.append(vote.by)
                    heard |= people(vote)
            found.append(here)
            served |= heard
        return found

    def open_stage(self, votes: Sequence[Vote]) -> int:
        """The first stage that needs more people; the number of stages where none does."""
        filled = [len(people) >= self.yes[stage] for stage, people in enumerate(self.counted(votes))]
        return filled.index(False) if False in filled else len(filled)

    def came_to(self, votes: Sequence[Vote]) -> tuple[Verdict, frozenset[str]] | None:
        """What the newest vote made of them all, and whose votes those are; None: it goes on."""
        newest = votes[-1]
        if newest.verdict is Verdict.REVISE:
            return Verdict.REVISE, frozenset({newest.by})
        for stage, enough in enumerate(self.no):
            noes = self._noes(votes, stage)
            if len(noes) >= enough:
                return Verdict.REJECT, noes
        yes = frozenset(user for here in self.counted(votes) for user in here)
        is_full = self.open_stage(votes) == len(self.stages)
        return (newest.verdict, yes) if is_full and newest.verdict in YES and newest.by in yes else None

    def _noes(self, votes: Sequence[Vote], stage: int) -> frozenset[str]:
        """Who said No in this stage, each person once."""
        said, heard = list[str](), set[str]()
        for vote in votes:
            here = vote.verdict is Verdict.REJECT and vote.stage == stage and self._sits(vote, stage)
            if here and not people(vote) & heard:
                said.append(vote.by)
                heard |= people(vote)
        return frozenset(said)

    def place(
        self, votes: Sequence[Vote], by: str, verdict: Verdict, answer: JSON = None, *, on_page: bool = False
    ) -> Vote | str:
        """The vote as it must be recorded; or REFUSED, or REPEATED."""
        seats, whose = self.seats(by), None
        if not seats and (whose := self.stands_for(by, verdict, votes)) is not None:
            seats = self.seats(whose)
        if not seats or (verdict in YES and self._is_barred(by, votes)):
            return REFUSED
        open_stage, on_page = self.open_stage(votes), on_page and verdict in YES
        vote = Vote(by, verdict, self.now, "", answer=answer, stands_for=whose, on_page=on_page)
        if verdict in YES and not on_page and self.word is not None:
            vote = replace(vote, typed=True)
        if verdict not in YES:
            return self._no(votes, vote, seats, open_stage)
        if people(vote) & against(votes):
            return REFUSED
        run, stage = agreed(votes), min(open_stage, len(self.stages) - 1)
        if run and _said(run[0]) != _said(vote):
            allowed = 0 in seats or stage in seats
            return at(vote, 0 if 0 in seats else None) if allowed else REFUSED
        if any(one.by == by and one.stage == stage for one in self.standing(votes)):
            return REPEATED
        served = self.distinct and any(by in here for here in self.counted(votes)[:stage])
        wrote = bool(run) and run[0].by == by and is_edit(run[0].answer) and not self.editor_may
        return at(vote, stage) if stage in seats and not served and not wrote else REFUSED

    def _no(self, votes: Sequence[Vote], vote: Vote, seats: set[int], open_stage: int) -> Vote | str:
        said = [one for one in votes if one.verdict is Verdict.REJECT]
        mine = [one for one in said if people(one) & people(vote)]
        known = any(one.stage is not None and self._sits(one, one.stage) for one in mine)
        if known and vote.verdict is Verdict.REJECT:
            return REPEATED
        return at(vote, open_stage if open_stage in seats else min(seats))


def at(vote: Vote, stage: int | None) -> Vote:
    """The same vote, given in this stage."""
    return replace(vote, stage=stage)


def people(vote: Vote) -> set[str]:
    """Who speaks with this vote: whoever stands in and whoever is away are one."""
    return {name for name in (vote.by, vote.stands_for) if name is not None}


def against(votes: Sequence[Vote]) -> set[str]:
    """Everybody who has said No, themselves or through somebody else, wherever and by whatever rules."""
    return {name for vote in votes if vote.verdict is Verdict.REJECT for name in people(vote)}


def agreed(votes: Sequence[Vote]) -> list[Vote]:
    """From the end backwards, every yes to the very same thing; what lies before another yes is void."""
    run: list[Vote] = []
    for vote in reversed([vote for vote in votes if vote.verdict in YES]):
        if run and _said(run[-1]) != _said(vote):
            break
        run.append(vote)
    return run[::-1]


def _said(vote: Vote) -> str:
    return f"{vote.verdict} {json.dumps(vote.answer, sort_keys=True)}"


def is_edit(answer: JSON) -> bool:
    """Whether this answer changes what was asked."""
    return any(kind == "edit" for kind in _kinds(answer))


def says_yes(answer: JSON) -> bool:
    """Whether a graph that gets this goes ahead."""
    if isinstance(answer, Mapping) and "approved" in answer:
        return answer["approved"] is True
    kinds = list(_kinds(answer))
    return bool(kinds) and all(kind in ("approve", "edit") for kind in kinds)


def _kinds(answer: JSON) -> Iterator[str]:
    match answer:
        case {"decisions": [*several]}:
            yield from (str(one.get("type")) for one in several if isinstance(one, Mapping))


def _held(rules: Sequence[Rule], asked: Mapping[str, Any]) -> tuple[list[Rule], bool]:
    held, is_blocked = [], False
    for rule in rules:
        means = MEANS[rule.when]
        try:
            held += [rule] if means(asked) else []
        except KeyError:
            is_blocked = True
    return held, is_blocked


def _reaches(level: Any, asked: Mapping[str, Any], held: Sequence[Rule]) -> bool:
    found = [RISKS.index(rule.risk.word) for rule in held if rule.risk is not None]
    found += [RISKS.index(asked["risk"])] if "risk" in asked else []
    return level is not None and bool(found) and max(found) >= RISKS.index(level.word)


def _word(policy: Policy, asked: Mapping[str, Any], held: Sequence[Rule]) -> str | None:
    """What has to be typed before a yes counts: here always the amount."""
    return str(asked["amount"]) if _reaches(policy.confirm_from, asked, held) else None
