"""Every face a person can meet, by name: the golden files and the judge go through this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.blocks import form, lists, modal
from bot.blocks.card import card
from bot.blocks.notice import sentence
from bot.blocks.parts import Face
from bot.blocks.result import result
from bot.core.model import Approval, RunState, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policy
from bot.ports import Page
from tests.blocks import samples
from tests.blocks.samples import LINK, NEXT_ID, NOW, PLAN, REFUND, SHORTER, approval, decided, failed, vote

FINANCE = Policy(members=False, users=frozenset({"U0ANA"}), groups=frozenset({"S0FIN"}))
TWO = Policy(quorum=2, on_expiry="reject")
LONG: dict[str, Any] = {**dict(REFUND), "body": "\n".join(f"line {n}: " + "x" * 60 for n in range(400))}  # type: ignore[arg-type]
REFUND_INPUT: dict[str, Any] = {
    "type": "object",
    "required": ["order_id", "amount_cents"],
    "properties": {
        "order_id": {"type": "string", "title": "Order", "description": "As printed on the receipt."},
        "amount_cents": {"type": "integer", "title": "Amount in cents", "minimum": 1},
        "currency": {"enum": ["USD", "EUR"], "default": "USD", "title": "Currency"},
        "rate": {"type": "number", "title": "Rate", "default": 1.5},
        "notify": {"type": "boolean", "title": "Tell the customer", "default": True},
        "items": {"type": "array", "title": "Items", "items": {"type": "string"}},
    },
}


def _show(shown: Approval, policy: Policy = FINANCE, **links: Any) -> Face:
    return card(shown, policy=policy, **links)


def _sent_back() -> Approval:
    return decided(
        Verdict.REVISE, "U0BEN", text="Shorter, please.", state=State.APPLIED, payload=PLAN, next=NEXT_ID
    )


MESSAGES: Mapping[str, Callable[[], Face]] = {
    "card-pending": lambda: _show(approval(expires_at=NOW + 86_400)),
    "card-pending-quorum": lambda: _show(approval(votes=(vote("U0ANA"),), expires_at=NOW + 86_400), TWO),
    "card-pending-boolean": lambda: _show(approval(answer="boolean")),
    "card-pending-guessed": lambda: _show(approval(answer=None)),
    "card-pending-cut": lambda: _show(approval(LONG)),
    "card-pending-revision-2": lambda: _show(
        approval(SHORTER, revision=2), previous=_sent_back(), previous_link=LINK
    ),
    "card-pending-words-only": lambda: _show(
        approval("Deploy release 42 to production?", requester="ci@acme")
    ),
    "card-decided": lambda: _show(decided(Verdict.APPROVE, "U0ANA")),
    "card-decided-two": lambda: _show(decided(Verdict.APPROVE, "U0ANA", "U0BEN"), TWO),
    "card-decided-rejected": lambda: _show(decided(Verdict.REJECT, "U0ANA", text="Not without a receipt.")),
    "card-decided-by-deadline": lambda: _show(decided(Verdict.REJECT)),
    "card-applied": lambda: _show(decided(Verdict.APPROVE, "U0ANA", state=State.APPLIED)),
    "card-applied-sent-back": lambda: _show(_sent_back(), next_link=LINK),
    "card-failed-retrying": lambda: _show(failed(NOW + 300)),
    "card-failed-given-up": lambda: _show(failed(None)),
    "card-expired": lambda: _show(approval(state=State.EXPIRED, closed_at=NOW + 86_400)),
    "card-superseded": lambda: _show(
        approval(
            state=State.SUPERSEDED,
            closed_at=NOW + 60,
            closed_why="The question changed while it waited; the new one is below.",
            next=NEXT_ID,
        ),
        next_link=LINK,
    ),
    "card-withdrawn": lambda: _show(
        decided(
            Verdict.APPROVE,
            "U0ANA",
            state=State.SUPERSEDED,
            closed_at=NOW + 180,
            closed_why="The run went on without this answer.",
        )
    ),
    "card-cancelled": lambda: _show(
        approval(state=State.CANCELLED, closed_at=NOW + 60, closed_why="The run was cancelled.")
    ),
    "list-first": lambda: lists.pending(samples.page(range(10), total=12, cursor="b2xk"), links={}),
    "list-last": lambda: lists.pending(
        samples.page(range(10, 12), total=12, cursor=None),
        links={samples.record(n).approval.id: LINK for n in (10, 11)},
        trail=("b2xk",),
    ),
    "list-empty": lambda: lists.pending(Page((), None, 0), links={}),
    "list-help": lists.help_text,
    "list-graphs": lambda: lists.graphs([("refund", "Pays money back."), ("plan_review", "")]),
    "result-ended": lambda: result(samples.run(result="Refund re_1A2B issued, $500.00")),
    "result-lines": lambda: result(samples.run(result="Done:\n- rotated keys\n- dropped index")),
    "result-failed": lambda: result(samples.run(RunState.FAILED, reference="K7Q2")),
    "result-lost": lambda: result(samples.run(RunState.LOST, requester=None)),
}

VIEWS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "modal-reject": lambda: modal.reason_form(
        approval(), channel="C0REFUNDS", message_ts="1767620520.000100"
    ),
    "modal-reject-boolean": lambda: modal.reason_form(
        approval(answer="boolean"), channel="C0REFUNDS", message_ts="1767620520.000100"
    ),
    "modal-revise": lambda: modal.revise_form(
        approval(), channel="C0REFUNDS", message_ts="1767620520.000100"
    ),
    "modal-full": lambda: modal.view_full(approval(LONG)),
    "modal-told": lambda: modal.told(sentence(Outcome(Kind.TOO_LATE, decided(Verdict.APPROVE, "U0ANA")))),
    "modal-start": lambda: form.start_form(
        "refund", REFUND_INPUT, channel="C0REFUNDS", description="Pays money back."
    ),
    "modal-start-anything": lambda: form.start_form("echo", {}, channel="C0REFUNDS"),
}
