"""Who may decide, from which card, and when enough people have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.core.model import Click, MetadataClaim, Person, Source, Verdict, Workspace
from bot.core.policy import Policies, Policy, Rule, Why, barred, foreign, misplaced, one_stage, unfit
from tests.blocks.samples import ID, approval

US = Workspace("A0DEMO", frozenset({"T0DEMO"}))
TS = "1767620520.000100"
CLICK = Click(
    "c1", "U0ANA", Verdict.APPROVE, ID, 1, Source.BUTTON, "A0DEMO", "T0DEMO", "T0DEMO", "C0REFUNDS", TS
)
ANA = Person("U0ANA", "Ana", "T0DEMO")
CLAIM = MetadataClaim(ID, "thread-1", "interrupt-1", 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"user_team": None}, None),
        ({"user": "W0GRID"}, None),
        ({"app": "A0OTHER"}, Why.OTHER_APP),
        ({"app": None}, Why.OTHER_APP),
        ({"team": "T0OTHER"}, Why.OTHER_WORKSPACE),
        ({"team": None}, Why.NO_WORKSPACE),
        ({"user": "<!channel>"}, Why.MALFORMED),
        ({"user": "U0ANA\n"}, Why.MALFORMED),
        ({"user": "u0ana"}, Why.MALFORMED),
        ({"user": ""}, Why.MALFORMED),
        ({"user_team": "T0OTHER"}, Why.STRANGER),
    ],
)
def test_only_our_app_our_workspace_and_our_people_are_heard(change: dict[str, Any], why: Why | None) -> None:
    assert foreign(replace(CLICK, **change), US) is why


def test_an_app_that_does_not_know_its_own_id_still_checks_the_workspace() -> None:
    nameless = Workspace(None, US.teams)

    assert foreign(replace(CLICK, app="A0ANY"), nameless) is None
    assert foreign(replace(CLICK, team="T0OTHER"), nameless) is Why.OTHER_WORKSPACE


@pytest.mark.parametrize(
    "change",
    [
        {"revision": 2},
        {"channel": "C0PLANS"},
        {"channel": None},
        {"message_ts": "1.2"},
        {"message_ts": None},
        {"metadata": replace(CLAIM, approval_id="another")},
        {"metadata": replace(CLAIM, thread_id="another")},
        {"metadata": replace(CLAIM, interrupt_id="another")},
        {"metadata": replace(CLAIM, revision=2)},
    ],
)
def test_a_click_must_come_from_the_card_we_posted(change: dict[str, Any]) -> None:
    assert misplaced(replace(CLICK, **change), approval(), "C0REFUNDS", TS) is Why.OTHER_CARD


@pytest.mark.parametrize("claim", [None, CLAIM])
def test_a_click_on_our_card_is_in_place_with_or_without_metadata(claim: MetadataClaim | None) -> None:
    assert misplaced(replace(CLICK, metadata=claim), approval(), "C0REFUNDS", TS) is None


HOME = replace(CLICK, source=Source.HOME, channel=None, message_ts=None, shown=approval().request.digest)


def test_a_press_in_app_home_is_vouched_for_by_the_digest_it_showed() -> None:
    assert misplaced(HOME, approval(), "C0REFUNDS", TS) is None
    assert misplaced(HOME, approval(), "C0REFUNDS", None) is None


@pytest.mark.parametrize(
    "change",
    [
        {"shown": None},
        {"shown": "0" * 64},
        {"shown": ""},
        {"revision": 2},
        {"channel": "C0REFUNDS"},
        {"message_ts": TS},
        {"metadata": CLAIM},
    ],
)
def test_a_press_in_app_home_that_shows_anything_else_is_refused(change: dict[str, Any]) -> None:
    assert misplaced(replace(HOME, **change), approval(), "C0REFUNDS", TS) is Why.OTHER_CARD


def test_a_digest_does_not_help_a_press_elsewhere() -> None:
    for source in (Source.BUTTON, Source.MODAL):
        assert misplaced(replace(HOME, source=source), approval(), "C0REFUNDS", TS) is Why.OTHER_CARD


def test_a_card_whose_place_is_not_known_yet_is_checked_by_channel() -> None:
    assert misplaced(CLICK, approval(), "C0REFUNDS", None) is None
    assert misplaced(CLICK, approval(), "C0PLANS", None) is Why.OTHER_CARD


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"team": None}, None),
        ({"is_bot": True}, Why.NOT_A_PERSON),
        ({"is_deleted": True}, Why.NOT_A_PERSON),
        ({"is_guest": True}, Why.GUEST),
        ({"is_stranger": True}, Why.STRANGER),
        ({"team": "T0OTHER"}, Why.STRANGER),
        ({"is_guest": True, "is_deleted": True}, Why.NOT_A_PERSON),
    ],
)
def test_only_full_active_members_decide(change: dict[str, Any], why: Why | None) -> None:
    assert unfit(replace(ANA, **change), US) is why


@pytest.mark.parametrize(
    ("user", "verdict", "allowed", "why"),
    [
        ("U0CAT", Verdict.APPROVE, False, Why.REQUESTER),
        ("U0CAT", Verdict.APPROVE, True, None),
        ("U0CAT", Verdict.REJECT, False, None),
        ("U0CAT", Verdict.REVISE, False, None),
        ("U0ANA", Verdict.APPROVE, False, None),
    ],
)
def test_who_asked_may_refuse_but_not_approve(
    user: str, verdict: Verdict, allowed: bool, why: Why | None
) -> None:
    assert barred(approval(), Policy(requester_may_approve=allowed), user, verdict) is why


def test_nobody_is_barred_where_nobody_asked() -> None:
    assert barred(approval(requester=None), Policy(), "U0ANA", Verdict.APPROVE) is None


def test_who_asked_may_not_answer() -> None:
    assert barred(approval(), Policy(), "U0CAT", Verdict.ANSWER) is Why.REQUESTER


def test_a_graph_without_rules_of_its_own_has_the_default_ones() -> None:
    strict, loose = Policy(stages=one_stage(quorum=2)), Policy()
    policies = Policies(default=loose, graphs={"refund": strict})

    assert policies.of("refund") is strict
    assert policies.of("other") is loose


def test_a_policy_is_known_by_its_rules() -> None:
    one = Policy(stages=one_stage(users=["U0ANA", "U0BEN"], groups=["S0FIN"]))
    same = Policy(stages=one_stage(users=["U0BEN", "U0ANA"], groups=["S0FIN"]))

    assert one.version == same.version
    assert (
        len(
            {
                one.version,
                Policy().version,
                replace(one, stages=one_stage(quorum=2)).version,
                replace(one, on_expiry="reject").version,
            }
        )
        == 4
    )


def test_what_was_found_for_one_payload_says_nothing_about_the_next() -> None:
    large = Rule(when="amount > 100", quorum=2)
    policy = Policy(stages=one_stage(users=["U0ANA", "U0BEN"]), rules=(large,))

    quorums = [policy.resolved({"amount": amount}).stages[0].quorum for amount in (50, 500, 50, 500)]
    versions = {policy.resolved({"amount": amount}).version for amount in (50, 500, 60, 600)}

    assert quorums == [1, 2, 1, 2]
    assert len(versions) == 2
    assert policy.resolved({"amount": "much"}).blocked is not None
    assert policy.resolved({"amount": 50}).blocked is None


def test_equal_policies_have_one_fingerprint_whatever_was_asked_of_them_before() -> None:
    used, fresh = Policy(requester_may_approve=True), Policy(requester_may_approve=True)
    assert used.resolved({}).version

    assert used == fresh
    assert used.version == fresh.version
    assert replace(used, requester_may_approve=False).version != used.version
