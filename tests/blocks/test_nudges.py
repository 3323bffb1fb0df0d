"""Reminders call those who are needed and there, by our own mentions, and nobody else."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from bot.blocks.parts import Face
from bot.core.approvers import Approvers
from bot.core.model import Approval, Verdict
from bot.core.needed import needed
from bot.core.policy import Policy, one_stage
from tests.blocks.nudges import ASKED, AWAY, ESCALATED, FINANCE, said
from tests.blocks.samples import NOW, approval, vote

MENTION = re.compile(r"<[@!][^>]*>")


def called(face: Face) -> set[str]:
    """Everything in the message that Slack would call somebody by; dates call nobody."""
    found = MENTION.findall(
        json.dumps([dict(block) for block in face.blocks], ensure_ascii=False) + face.text
    )
    return {one for one in found if not one.startswith("<!date")}


def test_a_reminder_calls_who_is_needed() -> None:
    assert called(said(ASKED, "reminder-1")) == {"<@U0ANA>", "<@U0BEN>", "<@U0CAT>", "<!subteam^S0FIN>"}


def test_who_is_away_is_not_called_and_who_stands_in_is() -> None:
    assert called(said(ASKED, "reminder-1", away=AWAY)) == {"<@U0CAT>", "<@U0DAN>", "<!subteam^S0FIN>"}


def test_a_channel_is_never_called_as_a_whole() -> None:
    face = said(ASKED, "reminder-1", Policy())

    assert called(face) == set()
    assert "the members of this channel" in face.text


def test_a_title_that_calls_everybody_calls_nobody() -> None:
    hostile = replace(approval({"title": "<!channel> <@U0EVE> pay & go"}), requester=None, escalated_at=NOW)
    hostile = replace(hostile, added=Approvers(frozenset({"U0CAT"})))

    assert called(said(hostile, "escalation-told")) == {"<@U0CAT>"}


def test_a_crowd_is_counted_and_not_called() -> None:
    crowd = Policy(stages=one_stage(users=[f"U0X{n:03}" for n in range(30)]))

    assert called(said(ASKED, "reminder-1", crowd)) == set()
    assert "1 of 30 named people" in said(ASKED, "reminder-1", crowd).text


# --- who is still needed -------------------------------------------------------------------------

TWO = Policy(stages=one_stage(users=["U0ANA", "U0BEN", "U0REQ"], quorum=2))


def users(one: Approval, policy: Policy = TWO) -> tuple[int, list[str]]:
    missing = needed(one, policy)
    return (0, []) if missing is None else (missing.people, sorted(missing.approvers.users))


@pytest.mark.parametrize(
    ("voters", "expected"),
    [
        ((), (2, ["U0ANA", "U0BEN"])),
        (("U0ANA",), (1, ["U0BEN"])),
        (("U0ANA", "U0ANA"), (1, ["U0BEN"])),
        (("U0ANA", "U0BEN"), (0, [])),
    ],
)
def test_who_is_needed_after_these_approvals(
    voters: tuple[str, ...], expected: tuple[int, list[str]]
) -> None:
    assert users(replace(ASKED, votes=tuple(vote(user) for user in voters))) == expected


def test_the_requester_is_needed_only_where_the_requester_may_approve() -> None:
    assert users(ASKED, replace(TWO, requester_may_approve=True))[1] == ["U0ANA", "U0BEN", "U0REQ"]


def test_who_was_stood_in_for_is_not_needed_any_more() -> None:
    assert users(replace(ASKED, votes=(replace(vote("U0DAN"), stands_for="U0ANA"),))) == (1, ["U0BEN"])


def test_who_was_added_by_an_escalation_is_needed_too_or_alone() -> None:
    assert users(ESCALATED)[1] == ["U0ANA", "U0BEN", "U0EVE"]
    assert users(replace(ESCALATED, instead=True))[1] == ["U0EVE"]


def test_different_answers_are_no_agreement() -> None:
    ana, ben = vote("U0ANA", Verdict.ANSWER), vote("U0BEN", Verdict.ANSWER)
    split = replace(ASKED, votes=(replace(ana, answer=1), replace(ben, answer=2)))

    assert users(split)[0] == 1


def test_the_names_of_a_card_and_a_reminder_are_the_same() -> None:
    missing = needed(ASKED, FINANCE)

    assert missing is not None
    assert missing.approvers == FINANCE.stages[0].approvers
