"""Count what people and graphs do; the numbers are named in `telemetry.py`."""

from __future__ import annotations

from bot.core.model import Approval, Click, Verdict
from bot.core.outcome import Kind, Outcome
from bot.ports import Leftovers, Record
from bot.telemetry import (
    ASKED,
    DECISIONS,
    EXPIRED,
    FINDINGS,
    REFUSALS,
    RESUMES,
    TIME_TO_DECISION,
    TIME_TO_FIRST_VIEW,
    VOTES,
)

# The kinds of leftovers that are findings; threads that merely wait are none.
FOUND = ("in_work", "unshown", "overdue", "unannounced", "batches")

# A counter that begins with its first event hides that event from whoever asks by how much it grew:
# https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics
for _verdict in Verdict:
    VOTES.labels(_verdict, Kind.NOT_RECORDED)
for _kind in FOUND:
    FINDINGS.labels(_kind)


def asked_counted(approval: Approval) -> None:
    """Count one question."""
    ASKED.labels(approval.request.graph).inc()


def vote_counted(click: Click, outcome: Outcome) -> Outcome:
    """Count one gesture and hand its outcome on."""
    VOTES.labels(click.verdict, outcome.kind).inc()
    refusal_counted(outcome)
    approval = outcome.approval
    if outcome.kind is Kind.DECIDED and approval is not None and approval.decision is not None:
        graph = approval.request.graph
        DECISIONS.labels(graph, approval.decision.verdict).inc()
        TIME_TO_DECISION.labels(graph).observe(approval.decision.at - approval.asked_at)
    return outcome


def refusal_counted(outcome: Outcome) -> Outcome:
    """Count a gesture that was turned away, and hand its outcome on."""
    if outcome.why is not None:
        REFUSALS.labels(outcome.why).inc()
    return outcome


def is_unseen(record: Record) -> bool:
    """True while nobody is known to have looked at it: who voted has."""
    return record.viewed_at is None and not record.approval.votes


def first_view_counted(approval: Approval, at: float) -> None:
    """Note how long the question waited for the first person who looked at it."""
    TIME_TO_FIRST_VIEW.labels(approval.request.graph).observe(max(at - approval.asked_at, 0.0))


def expiry_counted(approval: Approval) -> None:
    """Count a deadline that nobody met, by what it did."""
    outcome = "left" if approval.decision is None else "rejected"
    EXPIRED.labels(approval.request.graph, outcome).inc()


def resume_counted(approval: Approval) -> None:
    """Count how one answer ended: the state that its approval came to."""
    RESUMES.labels(approval.request.graph, approval.state).inc()


def findings_counted(left: Leftovers) -> None:
    """Count what a crash had left half done."""
    for kind in FOUND:
        FINDINGS.labels(kind).inc(len(getattr(left, kind)))
