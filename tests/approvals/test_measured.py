"""What is counted when people look, vote and are refused, when time decides, and when a graph is answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.approvals.desk import SlackDesk
from bot.approvals.expiring import expire
from bot.approvals.voting import ready, vote
from bot.core.model import Verdict
from bot.core.outcome import Kind
from bot.core.policy import Policy, one_stage
from bot.telemetry import REGISTRY
from tests.approvals.conftest import Scene

Grown = Callable[..., float]

VIEWS = "approvals_time_to_first_view_seconds"
DECISIONS = "approvals_time_to_decision_seconds"


@pytest.fixture
def grown() -> Grown:
    """By how much a sample grew since it was asked for first; the registry is one for all tests."""
    before: dict[tuple[str, ...], float] = {}

    def by(name: str, **labels: str) -> float:
        key = (name, *(f"{label}={value}" for label, value in labels.items()))
        now = REGISTRY.get_sample_value(name, labels) or 0.0
        return now - before.setdefault(key, now)

    return by


async def test_a_question_is_counted_with_its_graph(scene: Scene, grown: Grown) -> None:
    grown("approvals_asked_total", graph="refund")

    await scene.asked()
    await scene.drive()

    assert grown("approvals_asked_total", graph="refund") == 1


async def test_the_first_person_who_opens_a_request_is_timed_and_nobody_after(
    scene: Scene, grown: Grown
) -> None:
    approval = await scene.asked()
    grown(f"{VIEWS}_sum", graph="refund")
    grown(f"{VIEWS}_count", graph="refund")

    for _ in range(3):
        scene.clock.advance(100.0)
        await SlackDesk(scene.world).view(approval.id, by="U0ANA")
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    assert grown(f"{VIEWS}_count", graph="refund") == 1
    assert grown(f"{VIEWS}_sum", graph="refund") == 100.0


async def test_who_votes_without_opening_it_has_looked_at_it(scene: Scene, grown: Grown) -> None:
    approval = await scene.asked()
    grown(f"{VIEWS}_sum", graph="refund")

    scene.clock.advance(30.0)
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    scene.clock.advance(30.0)
    await SlackDesk(scene.world).view(approval.id, by="U0ANA")

    assert grown(f"{VIEWS}_sum", graph="refund") == 30.0


async def test_of_two_who_vote_only_the_first_looked_first(grown: Grown) -> None:
    scene = Scene(Policy(answer="decision", stages=one_stage(quorum=2)))
    approval = await scene.asked()
    grown(f"{VIEWS}_count", graph="refund")
    grown(f"{DECISIONS}_sum", graph="refund")

    scene.clock.advance(30.0)
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    scene.clock.advance(30.0)
    outcome = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0BEN"))

    assert outcome.kind is Kind.DECIDED
    assert grown(f"{VIEWS}_count", graph="refund") == 1
    assert grown(f"{DECISIONS}_sum", graph="refund") == 60.0


async def test_a_look_at_what_is_over_says_nothing(scene: Scene, grown: Grown) -> None:
    scene = Scene(Policy(answer="decision", expires_in=60.0))
    approval = await scene.asked()
    grown(f"{VIEWS}_count", graph="refund")
    scene.clock.advance(61.0)
    await expire(scene.world, approval.id)

    await SlackDesk(scene.world).view(approval.id, by="U0ANA")

    assert grown(f"{VIEWS}_count", graph="refund") == 0


async def test_a_refusal_is_counted_by_its_reason_at_the_button_and_at_the_form(
    scene: Scene, grown: Grown
) -> None:
    approval = await scene.asked()
    grown("approvals_refusals_total", reason="requester")

    pressed = await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0REQ"))
    opened = await ready(scene.world, scene.click(approval, Verdict.APPROVE, by="U0REQ"))

    assert pressed.why == opened.why == "requester"
    assert grown("approvals_refusals_total", reason="requester") == 2


@pytest.mark.parametrize(("on_expiry", "outcome"), [("reject", "rejected"), ("leave", "left")])
async def test_a_deadline_is_counted_by_what_it_did_and_is_no_decision_of_people(
    grown: Grown, on_expiry: str, outcome: str
) -> None:
    scene = Scene(Policy(answer="decision", expires_in=60.0, on_expiry=on_expiry))
    approval = await scene.asked()
    grown("approvals_expired_total", graph="refund", outcome=outcome)
    grown(f"{DECISIONS}_count", graph="refund")
    scene.clock.advance(61.0)

    await expire(scene.world, approval.id)
    await expire(scene.world, approval.id)

    assert grown("approvals_expired_total", graph="refund", outcome=outcome) == 1
    assert grown(f"{DECISIONS}_count", graph="refund") == 0


async def test_an_answer_is_counted_by_how_it_ended(scene: Scene, grown: Grown) -> None:
    approval = await scene.asked()
    grown("approvals_resumes_total", graph="refund", outcome="applied")
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))

    await scene.drive()
    await scene.drive()

    assert grown("approvals_resumes_total", graph="refund", outcome="applied") == 1
