"""Count votes stage by stage: what is agreed so far, who is still needed, and what it all came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.calls import edits
from bot.core.digest import canonical
from bot.core.model import Approval, Verdict, Vote
from bot.core.policy import CONSENTS, Policy, Why, barred

# Whether this voter (`voter_of`) may vote in this stage (counted from 0), as far as is known now.
May = Callable[[str, int], bool]


def anyone(user: str, stage: int) -> bool:
    """For a card: whoever has voted was an approver then; whether they still are is asked at the click."""
    return True


def voter_of(vote: Vote) -> str:
    """Whose right to vote is asked about: the person's own, or theirs in the place of somebody else."""
    return voter(vote.by, vote.stands_for)


def people_of(vote: Vote) -> frozenset[str]:
    """Whose word this vote is: who stands in and who is away count as one person, and a No binds both."""
    return frozenset({vote.by, vote.stands_for or vote.by})


def voter(user: str, stands_for: str | None) -> str:
    return user if stands_for is None else f"{user} for {stands_for}"


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the votes stand under one policy."""

    live: tuple[Vote, ...]  # consents to what is proposed now, oldest first
    counted: tuple[tuple[Vote, ...], ...]  # those that count, for each stage
    noes: tuple[tuple[Vote, ...], ...]  # rejections, for each stage
    stage: int  # the first stage that needs more people; the number of stages if none does
    editor: str | None  # who wrote what is proposed now, and so does not count as a second pair of eyes
    against: frozenset[str] = frozenset()  # who said No, and whoever it was said for: they approve no more


def tally(approval: Approval, policy: Policy, may: May = anyone) -> Tally:
    """Count the votes of those who may still vote.

    Consent is to one thing: whoever gives another answer makes all consents before it void, and the count
    starts again at the first stage. A rejection stays: who gave one, or in whose place it was given,
    consents to nothing here any more.
    """
    newest = proposed(approval.votes)
    editor = None if policy.editor_may_approve else editor_of(approval, newest)
    noes = _noes(approval, policy, may)
    refused = (vote for vote in approval.votes if vote.verdict is Verdict.REJECT)
    against = frozenset[str]().union(*map(people_of, refused))
    live = tuple(vote for vote in newest if _is_firm(vote, policy) and not people_of(vote) & against)
    counted, served = list[tuple[Vote, ...]](), set[str]()
    for number in range(len(policy.stages)):
        here = [vote for vote in live if vote.stage == number and may(voter_of(vote), number)]
        here = [vote for vote in here if vote.by != editor and not _barred(approval, policy, vote)]
        one_each = _one_each([vote for vote in here if not (policy.distinct and vote.by in served)])
        counted.append(one_each)
        served |= {vote.by for vote in one_each}
    needed = (n for n, stage in enumerate(policy.stages) if len(counted[n]) < stage.quorum)
    return Tally(live, tuple(counted), noes, next(needed, len(policy.stages)), editor, against)


def deciding(approval: Approval, policy: Policy, may: May = anyone) -> tuple[Vote, ...]:
    """The votes that decide, oldest first; none while they do not. A No is looked for first."""
    for vote in approval.votes:
        if vote.verdict is Verdict.REVISE:
            return (vote,)
    now = tally(approval, policy, may)
    for stage, noes in zip(policy.stages, now.noes, strict=True):
        if len(noes) >= stage.reject_quorum:
            return noes
    counted = tuple(vote for stage in now.counted for vote in stage)
    if now.stage < len(policy.stages) or approval.votes[-1].by not in {vote.by for vote in counted}:
        return ()  # enough by rules that changed meanwhile: still, nobody's No, and no vote before, decides
    return counted


def place(vote: Vote, approval: Approval, policy: Policy, may: May) -> Vote | Why | None:
    """The vote with the stage it counts for, or why it may not be given; None: it was given before."""
    own = [number for number in range(len(policy.stages)) if may(voter_of(vote), number)]
    if not own:
        return Why.NOT_AN_APPROVER
    now = tally(approval, policy, may)
    if vote.verdict not in CONSENTS:
        noes = [one for stage in now.noes for one in stage]
        if vote.verdict is Verdict.REJECT and any(people_of(vote) & people_of(one) for one in noes):
            return None
        return replace(vote, stage=now.stage if now.stage in own else own[0])
    if any(people_of(vote) & people_of(one) for one in approval.votes if one.verdict is Verdict.REJECT):
        return Why.SAID_NO
    newest = proposed(approval.votes)
    turn = min(now.stage, len(policy.stages) - 1)  # after the last one, where the rules ask for less since
    if newest and not same(vote, newest[-1]):
        return _another(vote, turn, own)
    return _same(vote, now, turn, policy, own)


def is_missing(
    user: str, stands_for: str | None, stages: frozenset[int], approval: Approval, policy: Policy
) -> bool:
    """Whether this person's consent to what is proposed would count now, and was not given yet."""

    def may(who: str, stage: int) -> bool:
        return stage in stages if who == voter(user, stands_for) else True

    newest = proposed(approval.votes)
    verdict, answer = (newest[-1].verdict, newest[-1].answer) if newest else (Verdict.APPROVE, None)
    wished = Vote(user, verdict, at=0.0, click="", answer=answer, stands_for=stands_for)
    return isinstance(place(wished, approval, policy, may), Vote)


def _another(vote: Vote, stage: int, own: list[int]) -> Vote | Why:
    """Another answer starts again at the first stage; who belongs to the current one only proposes it."""
    if 0 in own:
        return replace(vote, stage=0)
    return replace(vote, stage=None) if stage in own else Why.OTHER_STAGE


def _same(vote: Vote, now: Tally, stage: int, policy: Policy, own: list[int]) -> Vote | Why | None:
    if any(one.by == vote.by and one.stage == stage for one in now.live):
        return None
    if policy.distinct and any(one.by == vote.by for passed in now.counted[:stage] for one in passed):
        return Why.SERVED
    if vote.by == now.editor:
        return Why.EDITOR
    return replace(vote, stage=stage) if stage in own else Why.OTHER_STAGE


def same(one: Vote, other: Vote) -> bool:
    """The very same answer: two people who gave two different answers have agreed on nothing."""
    return one.verdict is other.verdict and canonical(one.answer) == canonical(other.answer)


def editor_of(approval: Approval, newest: tuple[Vote, ...]) -> str | None:
    """Who changed the values that are proposed now; an answer that changes none has no editor."""
    if not newest or newest[0].verdict is not Verdict.ANSWER:
        return None
    return newest[0].by if edits(approval.request, newest[0].answer) else None


def proposed(votes: tuple[Vote, ...]) -> tuple[Vote, ...]:
    """The consents since somebody last gave another answer; those before it are void."""
    found: list[Vote] = []
    for vote in votes:
        if vote.verdict in CONSENTS:
            found = [*found, vote] if found and same(found[-1], vote) else [vote]
    return tuple(found)


def _is_firm(vote: Vote, policy: Policy) -> bool:
    """Whether it was given as the rules in force now ask for: a button from before they did is not enough."""
    if vote.on_page:
        return True
    return not policy.reaches(policy.ceiling) and (vote.typed or not policy.reaches(policy.confirm_from))


def _noes(approval: Approval, policy: Policy, may: May) -> tuple[tuple[Vote, ...], ...]:
    noes = [vote for vote in approval.votes if vote.verdict is Verdict.REJECT]
    return tuple(
        _one_each([vote for vote in noes if vote.stage == number and may(voter_of(vote), number)])
        for number in range(len(policy.stages))
    )


def _one_each(votes: list[Vote]) -> tuple[Vote, ...]:
    """The first vote of each person; somebody who is away and who stands in for them are one."""
    found, counted = list[Vote](), frozenset[str]()
    for vote in votes:
        if not people_of(vote) & counted:
            found.append(vote)
            counted |= people_of(vote)
    return tuple(found)


def _barred(approval: Approval, policy: Policy, vote: Vote) -> bool:
    whose = vote.stands_for
    if whose is not None and barred(approval, policy, whose, vote.verdict) is Why.REQUESTER:
        return True
    return barred(approval, policy, vote.by, vote.verdict) is not None
