"""Votes counted stage by stage: what is agreed, who is still needed, what it came to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import JSON, Verdict, Vote
from bot.core.policy import Policy, one_stage
from bot.core.stages import deciding
from tests.blocks.samples import approval, vote

TWO = Policy(stages=one_stage(quorum=2))


def came_to(votes: tuple[Vote, ...], policy: Policy) -> Verdict | None:
    decided = deciding(approval(votes=votes, requester=None), policy)
    return decided[-1].verdict if decided else None


def test_one_approval_is_enough_by_default() -> None:
    assert came_to((vote("U0ANA"),), Policy()) is Verdict.APPROVE


def test_two_votes_of_one_person_count_once() -> None:
    assert came_to((vote("U0ANA"), vote("U0ANA")), TWO) is None


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.REVISE])
def test_one_refusal_is_enough_whatever_the_quorum(verdict: Verdict) -> None:
    assert came_to((vote("U0ANA"), vote("U0BEN", verdict)), Policy(stages=one_stage(quorum=3))) is verdict


BUTTONS = (Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE)
votes = st.lists(
    st.builds(vote, st.sampled_from(["U0ANA", "U0BEN", "U0CAT"]), st.sampled_from(BUTTONS)), max_size=6
)


@given(votes.map(tuple), st.integers(1, 4))
def test_approval_needs_distinct_people_and_no_refusal(cast: tuple[Vote, ...], quorum: int) -> None:
    people = {one.by for one in cast}
    refusals = [one.verdict for one in cast if one.verdict is not Verdict.APPROVE]
    enough = Verdict.APPROVE if len(people) >= quorum else None
    # Sent back comes before rejected: both stop it, and the first says how to go on.
    expected = max(refusals, default=enough, key=lambda one: one is Verdict.REVISE)

    assert came_to(cast, Policy(stages=one_stage(quorum=quorum))) is expected


@given(votes.map(tuple), st.integers(1, 4))
def test_more_votes_never_take_a_decision_back(cast: tuple[Vote, ...], quorum: int) -> None:
    policy = Policy(stages=one_stage(quorum=quorum))
    decided = [came_to(cast[:number], policy) for number in range(len(cast) + 1)]
    first = next((number for number, verdict in enumerate(decided) if verdict is not None), None)

    assert first is None or None not in decided[first:]


def answered(by: str, answer: JSON) -> Vote:
    return replace(vote(by, Verdict.ANSWER), answer=answer)


@pytest.mark.parametrize(
    ("cast", "agreed"),
    [
        ([("U0ANA", 1), ("U0BEN", 1)], ("U0ANA", "U0BEN")),
        ([("U0ANA", {"a": 1, "b": 2}), ("U0BEN", {"b": 2, "a": 1})], ("U0ANA", "U0BEN")),
        ([("U0ANA", 1), ("U0BEN", 2)], ()),
        ([("U0ANA", 1), ("U0BEN", True)], ()),
        ([("U0ANA", 1), ("U0BEN", "1")], ()),
        ([("U0ANA", 1), ("U0ANA", 1)], ()),
        ([("U0ANA", 1), ("U0ANA", 2), ("U0BEN", 1)], ()),
        ([("U0ANA", 1), ("U0BEN", 2), ("U0CAT", 1)], ()),
        ([("U0ANA", 1), ("U0BEN", 2), ("U0ANA", 2)], ("U0BEN", "U0ANA")),
    ],
)
def test_only_the_very_same_answer_of_two_people_is_agreement(
    cast: list[tuple[str, JSON]], agreed: tuple[str, ...]
) -> None:
    votes_cast = tuple(answered(by, value) for by, value in cast)

    assert tuple(one.by for one in deciding(approval(votes=votes_cast), TWO)) == agreed


def test_an_answer_and_an_approval_do_not_add_up() -> None:
    assert came_to((vote("U0ANA"), answered("U0BEN", True)), TWO) is None
