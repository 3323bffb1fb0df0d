"""Count what people and graphs do; the numbers are named in `telemetry.py`."""

from __future__ import annotations

from bot.core.model import Approval, Click
from bot.core.outcome import Kind, Outcome
from bot.ports import Leftovers
from bot.telemetry import DECISIONS, FINDINGS, REFUSALS, RESUMES, TIME_TO_DECISION, VOTES


def vote_counted(click: Click, outcome: Outcome) -> Outcome:
    """Count one gesture and hand its outcome on."""
    VOTES.labels(click.verdict, outcome.kind).inc()
    if outcome.why is not None:
        REFUSALS.labels(outcome.why).inc()
    approval = outcome.approval
    if outcome.kind is Kind.DECIDED and approval is not None and approval.decision is not None:
        DECISIONS.labels(approval.decision.verdict).inc()
        TIME_TO_DECISION.observe(approval.decision.at - approval.asked_at)
    return outcome


def resume_counted(approval: Approval) -> None:
    """Count how one answer ended: the state that its approval came to."""
    RESUMES.labels(approval.state).inc()


def findings_counted(left: Leftovers) -> None:
    """Count what a crash had left half done; threads that merely wait are no findings."""
    for kind in ("in_work", "unshown", "overdue", "unannounced"):
        FINDINGS.labels(kind).inc(len(getattr(left, kind)))
