"""Whoever pressed a button learns in one sentence what came of it."""

from __future__ import annotations

import itertools

import pytest

from bot.blocks.notice import WHY, notice, sentence
from bot.core.model import Approval, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from tests.blocks.samples import NEXT_ID, NOW, approval, decided, failed

AT = "<!date^1767620640^{time}|2026-01-05 13:44 UTC>"
ANYTHING: list[Approval | None] = [
    None,
    approval(),
    decided(Verdict.APPROVE, "U0ANA"),
    decided(Verdict.REVISE),
    failed(None),
    *(approval(state=state) for state in State),
]


@pytest.mark.parametrize(("kind", "found"), list(itertools.product(Kind, ANYTHING)))
def test_every_outcome_has_a_sentence(kind: Kind, found: Approval | None) -> None:
    said = sentence(Outcome(kind, found))

    assert said.endswith(".")
    assert len(said) < 300


@pytest.mark.parametrize("why", Why)
def test_every_refusal_says_what_to_do_or_that_nothing_was_done(why: Why) -> None:
    said = sentence(Outcome(Kind.REFUSED, approval(), why=why))

    assert said == WHY[why]
    assert "Nothing was recorded" in said or why is Why.REQUESTER


def test_second_click_learns_who_decided() -> None:
    said = notice(Outcome(Kind.TOO_LATE, decided(Verdict.APPROVE, "U0ANA")), "U0BEN")

    assert said == f"You were second: <@U0ANA> approved this at {AT}."


def test_who_decided_is_not_told_to_be_second() -> None:
    said = notice(Outcome(Kind.TOO_LATE, decided(Verdict.REVISE, "U0ANA")), "U0ANA")

    assert said == f"You sent this back at {AT}, and that stands. Nothing more was recorded."


def test_without_a_name_nobody_is_called_second() -> None:
    said = notice(Outcome(Kind.TOO_LATE, decided(Verdict.REJECT, "U0ANA")))

    assert said == f"This was decided before: <@U0ANA> rejected this at {AT}."


def test_a_click_after_a_decision_by_deadline_learns_so() -> None:
    said = notice(Outcome(Kind.TOO_LATE, decided(Verdict.REJECT)), "U0BEN")

    assert said == f"Nobody decided in time, so this was rejected at {AT}. Nothing was recorded."


def test_a_click_on_a_replaced_card_learns_the_new_revision() -> None:
    replaced = approval(state=State.SUPERSEDED, closed_at=NOW, next=NEXT_ID)

    assert (
        notice(Outcome(Kind.TOO_LATE, replaced))
        == "This card was replaced by revision 2; please decide there."
    )


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (approval(), "The time to decide this is over"),
        (approval(state=State.EXPIRED), "The time to decide this is over"),
        (approval(state=State.SUPERSEDED), "withdrawn"),
        (approval(state=State.CANCELLED), "cancelled"),
    ],
)
def test_a_late_click_learns_why_it_is_late(found: Approval, word: str) -> None:
    said = notice(Outcome(Kind.TOO_LATE, found))

    assert said is not None
    assert word in said


@pytest.mark.parametrize("kind", [Kind.DECIDED, Kind.READY])
def test_where_the_card_says_it_there_is_no_notice(kind: Kind) -> None:
    assert notice(Outcome(kind, approval())) is None


def test_words_of_a_person_in_a_notice_are_not_live() -> None:
    said = sentence(
        Outcome(Kind.BAD_ANSWER, approval(), sentence="“<!channel>” could be read as a decision.")
    )

    assert said == "Nothing was recorded. “&lt;!channel&gt;” could be read as a decision."
