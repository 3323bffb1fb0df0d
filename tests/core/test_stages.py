"""Votes counted stage by stage: what is agreed, who is still needed, what it came to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.approvers import Approvers
from bot.core.model import JSON, Verdict, Vote
from bot.core.needed import needed
from bot.core.policy import Policy, Stage, Why, one_stage
from bot.core.stages import anyone, deciding, place, tally
from tests.blocks.samples import BATCH, approval, vote

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


TEAM, FINANCE = Approvers(frozenset({"U0ANA", "U0BEN"})), Approvers(frozenset({"U0BEN", "U0DAN"}))
STAGED = Policy(stages=(Stage("team", TEAM), Stage("finance", FINANCE, quorum=1)))
EDITED: JSON = {
    "decisions": [
        {"type": "edit", "edited_action": {"name": "send_email", "args": {"to": "ben@example.com"}}},
        {"type": "approve"},
    ]
}


def may(user: str, stage: int) -> bool:
    return user in STAGED.stages[stage].approvers.users


def placed(votes: tuple[Vote, ...], one: Vote, policy: Policy = STAGED, **more: Any) -> Vote | Why | None:
    return place(one, approval(votes=votes, **more), policy, may)


def at(stage: int | None, by: str, verdict: Verdict = Verdict.APPROVE) -> Vote:
    return replace(vote(by, verdict), stage=stage)


@pytest.mark.parametrize(
    ("votes", "one", "expected"),
    [
        ((), vote("U0ANA"), at(0, "U0ANA")),
        ((), vote("U0DAN"), Why.OTHER_STAGE),
        ((), vote("U0EVE"), Why.NOT_AN_APPROVER),
        ((), vote("U0EVE", Verdict.REJECT), Why.NOT_AN_APPROVER),
        ((), vote("U0DAN", Verdict.REJECT), at(1, "U0DAN", Verdict.REJECT)),
        ((at(0, "U0ANA"),), vote("U0DAN"), at(1, "U0DAN")),
        ((at(0, "U0ANA"),), vote("U0BEN"), at(1, "U0BEN")),
        ((at(0, "U0BEN"),), vote("U0BEN"), Why.SERVED),
        ((at(0, "U0ANA"),), vote("U0ANA", Verdict.REVISE), at(0, "U0ANA", Verdict.REVISE)),
        ((at(1, "U0DAN", Verdict.REJECT),), vote("U0DAN"), Why.SAID_NO),
        ((at(1, "U0DAN", Verdict.REJECT),), vote("U0DAN", Verdict.REJECT), None),
    ],
)
def test_a_vote_counts_in_the_stage_whose_turn_it_is(
    votes: tuple[Vote, ...], one: Vote, expected: Vote | Why | None
) -> None:
    assert placed(votes, one) == expected


def test_where_it_is_allowed_one_person_serves_two_stages() -> None:
    allowed = replace(STAGED, distinct=False)

    assert placed((at(0, "U0BEN"),), vote("U0BEN"), allowed) == at(1, "U0BEN")
    both = approval(votes=(at(0, "U0BEN"), at(1, "U0BEN")))
    assert [one.by for one in deciding(both, allowed, may)] == ["U0BEN", "U0BEN"]
    assert deciding(both, STAGED, may) == ()


def test_who_is_no_approver_any_more_does_not_count_and_the_stage_is_open_again() -> None:
    votes = (at(0, "U0EVE"), at(1, "U0DAN"))

    assert [one.by for one in deciding(approval(votes=votes), STAGED, anyone)] == ["U0EVE", "U0DAN"]
    assert deciding(approval(votes=votes), STAGED, may) == ()
    assert tally(approval(votes=votes), STAGED, may).stage == 0


def test_a_no_in_any_stage_ends_it_and_where_two_are_needed_they_are_of_one_stage() -> None:
    lenient = replace(STAGED, stages=tuple(replace(one, reject_quorum=2) for one in STAGED.stages))
    one_each = (at(0, "U0ANA", Verdict.REJECT), at(1, "U0DAN", Verdict.REJECT))

    assert deciding(approval(votes=one_each), STAGED, may) == one_each[:1]
    assert deciding(approval(votes=one_each), lenient, may) == ()
    assert len(deciding(approval(votes=(*one_each, at(1, "U0BEN", Verdict.REJECT))), lenient, may)) == 2


def test_nobodys_no_makes_it_a_yes_even_if_the_rules_have_changed_meanwhile() -> None:
    """Two were needed when Ana approved; now one is, and two to reject; Ben rejects."""
    now = Policy(stages=one_stage(quorum=1, reject_quorum=2))

    assert deciding(approval(votes=(at(0, "U0ANA"), at(0, "U0BEN", Verdict.REJECT))), now) == ()
    assert deciding(approval(votes=(at(0, "U0ANA"),)), now) == (at(0, "U0ANA"),)


def edited(by: str, stage: int | None = 0) -> Vote:
    return replace(at(stage, by, Verdict.ANSWER), answer=EDITED)


def test_an_edit_voids_what_was_approved_before_and_its_author_does_not_count() -> None:
    votes = (at(0, "U0ANA"), edited("U0BEN"))
    now = tally(approval(BATCH, votes=votes), TWO)

    assert (now.editor, now.counted, [one.by for one in now.live]) == ("U0BEN", ((),), ["U0BEN"])
    assert placed((edited("U0ANA"),), edited("U0ANA"), payload=BATCH) is None
    agreed = (*votes, edited("U0ANA"), edited("U0CAT"))
    asked = approval(BATCH, votes=agreed, requester=None)
    assert [one.by for one in deciding(asked, TWO)] == ["U0ANA", "U0CAT"]


def test_where_it_is_allowed_who_edits_is_enough() -> None:
    alone = Policy(editor_may_approve=True)

    assert deciding(approval(BATCH, votes=(edited("U0BEN"),)), alone) == (edited("U0BEN"),)
    assert deciding(approval(BATCH, votes=(edited("U0BEN"),)), Policy()) == ()


def test_another_answer_at_a_later_stage_starts_again_at_the_first() -> None:
    proposed = placed((at(0, "U0ANA"),), edited("U0DAN"), payload=BATCH)
    assert proposed == edited("U0DAN", None)
    asked = approval(BATCH, votes=(at(0, "U0ANA"), edited("U0DAN", None)))

    assert tally(asked, STAGED, may).stage == 0
    assert placed(asked.votes, edited("U0BEN"), payload=BATCH) == edited("U0BEN", 0)


def test_the_void_stays_void_when_its_author_then_says_no() -> None:
    lenient = Policy(stages=one_stage(quorum=1, reject_quorum=2))
    votes = (at(0, "U0ANA"), edited("U0BEN"), at(0, "U0BEN", Verdict.REJECT))

    assert tally(approval(BATCH, votes=votes), lenient).counted == ((),)


people = st.sampled_from(["U0ANA", "U0BEN", "U0CAT", "U0DAN"])


@given(st.lists(st.tuples(people, st.sampled_from(BUTTONS[:2]), st.booleans()), max_size=12), people)
def test_no_approval_without_a_full_count_of_different_eligible_people(
    gestures: list[tuple[str, Verdict, bool]], leaver: str
) -> None:
    """Gestures are placed as at a click; then one person leaves, and all is counted again."""
    now = approval(BATCH, requester="U0CAT", previous=None)
    policy = replace(STAGED, stages=tuple(replace(one, reject_quorum=2) for one in STAGED.stages))
    for by, verdict, edits in gestures:
        one = edited(by) if edits and verdict is Verdict.APPROVE else vote(by, verdict)
        found = place(one, now, policy, may)
        now = replace(now, votes=(*now.votes, found)) if isinstance(found, Vote) else now
    left = deciding(now, policy, lambda user, stage: user != leaver and may(user, stage))

    if left and left[-1].verdict is not Verdict.REJECT:
        names = [one.by for one in left]
        assert len(set(names)) == len(names) == 2
        assert (leaver not in names, may(names[0], 0), may(names[1], 1)) == (True, True, True)
        assert not any(one.by in names for one in now.votes if one.verdict is Verdict.REJECT)


def test_where_the_quorum_was_lowered_the_newest_vote_decides_and_not_an_older_one() -> None:
    first, second = answered("U0ANA", 100), answered("U0BEN", 200)
    asked = approval(votes=(first, second), requester=None)

    assert deciding(asked, TWO) == ()
    assert deciding(asked, Policy()) == (second,)


def test_where_a_vote_counts_nowhere_the_votes_before_it_decide_nothing() -> None:
    asked = approval(votes=(vote("U0ANA"), replace(vote("U0BEN"), stage=None)), requester=None)

    assert deciding(asked, Policy()) == ()


def in_place_of(whose: str, one: Vote) -> Vote:
    return replace(one, stands_for=whose)


LENIENT = Policy(stages=one_stage(quorum=2, reject_quorum=2))


def test_a_no_of_who_was_away_takes_back_the_yes_that_was_given_in_their_place() -> None:
    """Zoe approved for Tom; Tom says No; Ana approves: in Tom's place nobody has agreed."""
    votes = (in_place_of("U0TOM", vote("U0ZOE")), vote("U0TOM", Verdict.REJECT), vote("U0ANA"))

    assert deciding(approval(votes=votes, requester=None), LENIENT) == ()
    assert [one.by for one in tally(approval(votes=votes), LENIENT).live] == ["U0ANA"]


def test_a_no_of_who_stands_in_and_of_who_is_away_is_one_no() -> None:
    zoe = in_place_of("U0TOM", at(0, "U0ZOE", Verdict.REJECT))
    asked = approval(votes=(zoe,), requester=None)

    assert place(vote("U0TOM", Verdict.REJECT), asked, LENIENT, anyone) is None
    assert place(vote("U0TOM"), asked, LENIENT, anyone) is Why.SAID_NO
    both = replace(asked, votes=(zoe, at(0, "U0TOM", Verdict.REJECT)))
    assert deciding(both, LENIENT) == ()


def test_where_the_rules_ask_for_less_since_the_last_stage_may_still_propose_an_edit() -> None:
    agreed = approval(BATCH, votes=(at(0, "U0ANA"), at(1, "U0BEN")))

    assert place(edited("U0DAN"), agreed, STAGED, may) == edited("U0DAN", None)


def test_who_has_said_no_is_not_called_to_approve() -> None:
    policy = Policy(stages=one_stage(users=["U0ANA", "U0BEN", "U0TOM"], reject_quorum=2))
    no = in_place_of("U0TOM", vote("U0ZOE", Verdict.REJECT))

    missing = needed(approval(votes=(no, vote("U0BEN", Verdict.REJECT)), requester=None), policy)

    assert missing is not None
    assert missing.approvers.users == {"U0ANA"}
