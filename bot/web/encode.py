"""Approvals and runs as the JSON that the API promises; times are ISO 8601 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core.model import JSON, Approval, Decision, Failure, Run, Verdict, Vote
from bot.ports import Page, Record


def run(it: Run) -> dict[str, JSON]:
    """A run without its input, which may be large and is known to whoever started it."""
    return {
        "thread_id": it.thread_id,
        "graph": it.graph,
        "state": it.state,
        "channel": it.channel,
        "requester": it.requester,
        "started_at": _time(it.started_at),
        "output": it.output,
        "result": it.result,
        "failure": it.failure,
        "reference": it.reference,
        "last_approval": it.last_approval,
        "links": {"self": f"/api/runs/{it.thread_id}", "last_approval": _approval_path(it.last_approval)},
    }


def page(it: Page) -> dict[str, JSON]:
    """One page of summaries; `cursor` asks for the next one."""
    return {
        "approvals": [summary(record.approval) for record in it.records],
        "cursor": it.cursor,
        "total": it.total,
    }


def summary(it: Approval) -> dict[str, JSON]:
    """What a list shows: everything but the payload and the words."""
    return {
        "id": it.id,
        "state": it.state,
        "graph": it.request.graph,
        "thread_id": it.request.thread_id,
        "interrupt_id": it.request.interrupt_id,
        "node": it.request.node,
        "revision": it.revision,
        "channel": it.channel,
        "requester": it.requester,
        "asked_at": _time(it.asked_at),
        "expires_at": _time(it.expires_at),
        "closed_at": _time(it.closed_at),
        "verdict": it.decision.verdict if it.decision else None,
    }


def detail(record: Record, card_link: str | None) -> dict[str, JSON]:
    """Everything about one approval, with links to its neighbours."""
    it = record.approval
    return {
        **summary(it),
        "payload": it.request.payload,
        "digest": it.request.digest,
        "answered_by": it.request.contract.kind,
        "verdicts": list(it.request.contract.verdicts),
        "votes": [_vote(vote) for vote in it.votes],
        "decision": _decision(it.decision),
        "failure": _failure(it.failure),
        "closed_why": it.closed_why,
        "card": {"channel": record.card.channel, "ts": record.card.ts},
        "links": {
            "self": _approval_path(it.id),
            "run": f"/api/runs/{it.request.thread_id}",
            "previous": _approval_path(it.previous),
            "next": _approval_path(it.next),
            "card": card_link,
        },
    }


def _vote(it: Vote) -> JSON:
    said: dict[str, JSON] = {"by": it.by, "verdict": it.verdict, "at": _time(it.at), "text": it.text}
    return said | {"answer": it.answer} if it.verdict is Verdict.ANSWER else said


def _decision(it: Decision | None) -> JSON:
    if it is None:
        return None
    return {
        "verdict": it.verdict,
        "by": list(it.by),
        "at": _time(it.at),
        "text": it.text,
        "answer": it.answer,
        "policy": it.policy,
    }


def _failure(it: Failure | None) -> JSON:
    if it is None:
        return None
    return {
        "reference": it.reference,
        "reason": it.reason,
        "attempts": it.attempts,
        "retry_at": _time(it.retry_at),
    }


def _approval_path(approval_id: str | None) -> str | None:
    return f"/api/approvals/{approval_id}" if approval_id else None


def _time(at: float | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds") if at is not None else None
