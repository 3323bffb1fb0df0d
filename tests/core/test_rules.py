"""Rules on the payload: what an expression may say, and that doubt never lets anybody through."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.approvers import Approvers
from bot.core.model import JSON, Verdict
from bot.core.policy import Policy, Rule, Stage, Why, barred, one_stage
from bot.core.risk import Risk
from bot.core.rules import LONGEST, Unclear, fault, holds
from tests.blocks.samples import approval

AMOUNT: JSON = {"amount": 60_000, "country": "DE", "who": {"age": 17}, "tags": ["late"], "x-y": 1}


@pytest.mark.parametrize(
    ("when", "held"),
    [
        ("amount > 50000", True),
        ("amount > 60000", False),
        ("amount >= 60000 and country != 'DE'", False),
        ("country in ['DE', 'FR']", True),
        ("who['age'] < 18", True),
        ("'late' in tags", True),
        ('payload["x-y"] == 1', True),
        ('"tip" in payload and tip > 5', False),
        ("not (amount - 1 > 60000)", True),
    ],
)
def test_an_expression_is_true_or_false_of_a_payload(when: str, held: bool) -> None:
    assert fault(when) is None
    assert holds(when, AMOUNT) is held


@pytest.mark.parametrize(
    ("when", "payload"),
    [
        ("tip > 5", {}),
        ("tip > 5", {"tip": None}),
        ("tip > 5", {"tip": "6"}),
        ("tip > 5", {"tip": True}),
        ("tip > 5", {"tip": float("nan")}),
        ("tip > 5", {"tip": [6]}),
        ("tip > 5", [6]),
        ("tip > 5", "tip"),
        ("'tip' in payload", "tip"),
        ("tip", {"tip": 6}),
        ("tip['amount'] > 5", {"tip": {}}),
        ("tip / 0 > 5", {"tip": 6}),
    ],
)
def test_what_is_neither_true_nor_false_is_said_to_be_unclear(when: str, payload: JSON) -> None:
    with pytest.raises(Unclear):
        holds(when, payload)


@pytest.mark.parametrize(
    "when",
    [
        *("a =~ '(x+)+y'", "[a =~ 'x'] == b", "b[a !~ 'x'] == 1", "a ** b > 1", "a << 9 > 1"),
        *("$now > a", "$random(5) > a", "f(1)", "[x for x in a] == a", "a[1:2] == c", "who.age < 18"),
        *("a >", "", "a > 1; b > 1", "__import__('os')", "a" * (LONGEST + 1)),
    ],
)
def test_what_could_take_long_or_depend_on_more_than_the_payload_is_refused(when: str) -> None:
    assert fault(when) is not None


def test_a_payload_as_deep_or_large_as_it_likes_costs_no_time() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = {"tip": deep}
    begun = time.monotonic()
    for payload in (deep, {"tip": 9**4_000}, {"tip": "x" * 1_000_000}):
        with pytest.raises(Unclear):
            holds("tip * tip * tip > 5 and tip['a'] > 1", payload)

    assert time.monotonic() - begun < 5


FINANCE = one_stage(groups=["S0FIN"], quorum=2)
LEGAL = one_stage(groups=["S0LAW"])


def rules(*several: Rule, **more: Any) -> Policy:
    return Policy(rules=several, **more).resolved(AMOUNT)


def test_every_rule_that_holds_counts_and_the_strictest_word_wins() -> None:
    policy = rules(
        Rule("amount > 1", quorum=3, expires_in=60.0, risk=Risk.HIGH),
        Rule("amount > 2", quorum=2, expires_in=90.0, risk=Risk.MEDIUM, requester_may_approve=False),
        Rule("amount > 99999", quorum=9, risk=Risk.CRITICAL),
        expires_in=3600.0,
        requester_may_approve=True,
    )

    assert [stage.quorum for stage in policy.stages] == [3]
    assert (policy.expires_in, policy.risk, policy.requester_may_approve) == (60.0, Risk.HIGH, False)
    assert policy.held == ("amount > 1", "amount > 2")


def test_people_of_several_rules_are_asked_one_after_the_other() -> None:
    policy = rules(Rule("amount > 1", stages=FINANCE), Rule("country == 'DE'", stages=LEGAL))

    assert policy.stages == (*FINANCE, *LEGAL)


def test_people_named_by_a_rule_are_no_fewer_than_the_graph_asks_for() -> None:
    own = one_stage(quorum=2, reject_quorum=1)
    named = Rule("amount > 1", stages=(Stage("boss", LEGAL[0].approvers, quorum=1, reject_quorum=2),))

    [stage] = rules(named, stages=own).stages

    assert (stage.approvers, stage.quorum, stage.reject_quorum) == (LEGAL[0].approvers, 2, 1)


def test_stages_of_the_graph_lend_no_numbers_to_the_people_of_a_rule() -> None:
    policy = rules(Rule("amount > 1", stages=LEGAL), stages=(*FINANCE, *FINANCE))

    assert policy.stages == LEGAL


def test_a_rule_never_lowers_what_the_payload_says_of_its_risk() -> None:
    policy = Policy(rules=(Rule("amount > 1", risk=Risk.LOW),)).resolved({"amount": 2, "risk": "critical"})

    assert policy.risk is Risk.CRITICAL


@pytest.mark.parametrize("verdict", Verdict)
def test_a_rule_that_cannot_be_evaluated_lets_nobody_approve_and_everybody_stop_it(verdict: Verdict) -> None:
    policy = rules(Rule("tip > 1", quorum=2), requester_may_approve=True)
    consents = verdict in (Verdict.APPROVE, Verdict.ANSWER)

    assert policy.blocked == "The rule “tip > 1” cannot be evaluated here: the payload has no “tip”."
    assert barred(approval(), policy, "U0ANA", verdict) is (Why.BLOCKED if consents else None)


numbers = st.integers(1, 4)
made = st.builds(
    Rule,
    st.sampled_from(["amount > 1", "amount > 99999", "tip > 1"]),
    quorum=numbers,
    reject_quorum=st.none() | numbers,
    requester_may_approve=st.booleans(),
    risk=st.none() | st.sampled_from(Risk),
    expires_in=st.none() | st.floats(1, 100),
)
own = st.builds(
    Policy,
    stages=st.builds(Stage, st.none(), st.just(Approvers(members=True)), numbers, numbers).map(
        lambda s: (s,)
    ),
    requester_may_approve=st.booleans(),
    expires_in=st.none() | st.floats(1, 100),
)


@given(own, st.lists(made, max_size=3), made)
def test_one_rule_more_never_asks_for_less(policy: Policy, several: list[Rule], more: Rule) -> None:
    few = replace(policy, rules=tuple(several)).resolved(AMOUNT)
    many = replace(policy, rules=(*several, more)).resolved(AMOUNT)

    assert many.stages[0].quorum >= few.stages[0].quorum
    assert many.stages[0].reject_quorum <= few.stages[0].reject_quorum
    assert (many.risk or 0) >= (few.risk or 0)
    assert few.requester_may_approve or not many.requester_may_approve
    assert (many.expires_in or 1e9) <= (few.expires_in or 1e9)
    assert few.blocked is None or many.blocked is not None
