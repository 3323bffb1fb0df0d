"""Every face a person can meet, by name: the golden files and the judge go through this table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.blocks import form, lists, modal, together
from bot.blocks.answer_form import answer_form
from bot.blocks.batch import batch_card
from bot.blocks.card import card
from bot.blocks.faces import BlockFaces
from bot.blocks.home import app_home
from bot.blocks.notice import sentence
from bot.blocks.one import one
from bot.blocks.parts import Face
from bot.blocks.result import result
from bot.core.approvers import Approvers
from bot.core.batch import Alone, Batch
from bot.core.filters import Filters
from bot.core.model import JSON, Approval, Card, Decision, RunState, State, Verdict, Vote
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policies, Policy, Rule, Stage, Why, one_stage
from bot.core.risk import Risk
from bot.ports import Found, Home, Record
from tests.blocks import homes, looks, nudges, samples
from tests.blocks.samples import (
    AMOUNTS,
    BATCH,
    LINK,
    NEXT_ID,
    NOW,
    PLAN,
    REFUND,
    SHORTER,
    answered,
    approval,
    decided,
    failed,
    vote,
)

FINANCE = Policy(stages=one_stage(users=["U0ANA"], groups=["S0FIN"]))
STAGES = Policy(
    stages=(
        Stage("team", Approvers(frozenset({"U0ANA", "U0BEN"}))),
        Stage("finance", Approvers(frozenset({"U0DAN"}), frozenset({"S0FIN"})), 2, 2),
    )
)
CEILING = Policy(ceiling=Risk.HIGH, rules=(Rule("amount_cents > 1", risk=Risk.CRITICAL),))
TWO = Policy(stages=one_stage(quorum=2), on_expiry="reject")
LONG: dict[str, Any] = {**dict(REFUND), "body": "\n".join(f"line {n}: " + "x" * 60 for n in range(400))}  # type: ignore[arg-type]
WANTED = Filters(
    mine=True,
    graph="refund",
    channel="C0REFUNDS",
    requester="U0CAT",
    older=7_200.0,
    words=("broken", "<photo>"),
)
CENTS: Mapping[str, JSON] = {
    "amount_cents": 40_000,
    "pay_on": "2026-01-05",
    "tags": ["late", "lost"],
    "notify": False,
    "note": "Sorry <!channel> & *thanks*",
    "address": {"street": "Main Street 1"},
}
DECISIONS: JSON = {
    "decisions": [
        {
            "type": "edit",
            "edited_action": {"name": "send_email", "args": {"to": "ben@example.com", "subject": "Hello"}},
        },
        {"type": "reject", "message": "Not that one."},
    ]
}
PLACE: Mapping[str, Any] = {"channel": "C0REFUNDS", "message_ts": "1767620520.000100"}
REFUND_INPUT: dict[str, Any] = {
    "type": "object",
    "required": ["order_id", "amount_cents"],
    "properties": {
        "order_id": {"type": "string", "title": "Order", "description": "As printed on the receipt."},
        "amount_cents": {"type": "integer", "title": "Amount in cents", "minimum": 1},
        "currency": {"enum": ["USD", "EUR"], "default": "USD", "title": "Currency"},
        "rate": {"type": "number", "title": "Rate", "default": 1.5},
        "notify": {"type": "boolean", "title": "Tell the customer", "default": True},
        "items": {"type": "array", "title": "Items", "items": {"type": "string", "maxLength": 10}},
        "extra": {"type": "object", "title": "Extra", "additionalProperties": {"type": "integer"}},
    },
}


def _show(shown: Approval, policy: Policy = FINANCE, **links: Any) -> Face:
    return card(shown, policy=policy.resolved(shown.request.payload), **links)


def _edited() -> Vote:
    return replace(vote("U0BEN", Verdict.ANSWER), answer=DECISIONS)


def _sent_back() -> Approval:
    return decided(
        Verdict.REVISE, "U0BEN", text="Shorter, please.", state=State.APPLIED, payload=PLAN, next=NEXT_ID
    )


MESSAGES: Mapping[str, Callable[[], Face]] = {
    **nudges.FACES,
    **looks.FACES,
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
    "card-pending-form": lambda: _show(approval(schema=AMOUNTS)),
    "card-pending-choices": lambda: _show(approval(schema={"enum": ["ship", "hold", "drop"]})),
    "card-pending-answers": lambda: _show(approval(schema=AMOUNTS, votes=tuple(_two_answers())), TWO),
    "card-pending-stages": lambda: _show(approval(votes=(vote("U0ANA"),), requester="U0CAT"), STAGES),
    "card-pending-edited": lambda: _show(approval(BATCH, votes=(_edited(),)), TWO),
    "card-pending-blocked": lambda: _show(approval(), Policy(rules=(Rule("tip > 5", quorum=2),))),
    "card-pending-ceiling": lambda: _show(approval(), CEILING, elsewhere=True),
    "card-pending-ceiling-closed": lambda: _show(approval(), CEILING),
    "card-pending-calls": lambda: _show(approval(BATCH)),
    "card-pending-asked-again": lambda: _show(
        approval(schema=AMOUNTS, revision=2), previous=_refused(), previous_link=LINK
    ),
    "card-answered": lambda: _show(answered(CENTS, "U0ANA", schema=AMOUNTS)),
    "card-answered-choice": lambda: _show(answered("hold", "U0ANA", schema={"enum": ["ship", "hold"]})),
    "card-answered-calls": lambda: _show(answered(DECISIONS, "U0ANA", payload=BATCH)),
    "batch-waiting": lambda: batch_card(_batch(), _four(), _links()),
    "batch-decided": lambda: batch_card(_batch(), _three_decided(), _links()),
    "batch-over": lambda: batch_card(_batch(), _all_over(), _links()),
    "list-first": lambda: lists.pending(samples.page(range(10), total=12, cursor="b2xk"), links={}),
    "list-last": lambda: lists.pending(
        samples.page(range(10, 12), total=12, cursor=None),
        links={samples.record(n).approval.id: LINK for n in (10, 11)},
        trail=("b2xk",),
    ),
    "list-empty": lambda: lists.pending(Found((), None, 0), links={}),
    "list-nothing-fits": lambda: lists.pending(Found((), None, 0, WANTED, unsure=True), links={}),
    "list-filtered": lambda: lists.pending(
        Found(samples.page(range(2), total=2, cursor=None).records, "b2xk", None, WANTED, searched=500),
        links={},
    ),
    "list-due": lambda: lists.pending(
        Found(samples.page(range(10), total=2, cursor=None).records, "b2xk", 12, Filters(due=7_200.0)),
        links={},
    ),
    "one-pending": lambda: _one(approval(votes=(samples.vote("U0ANA"),)), Policies(TWO), LINK),
    "one-decided": lambda: _one(
        decided(
            Verdict.REJECT,
            "U0BEN",
            text="too late",
            votes=(samples.vote("U0ANA"), replace(samples.vote("U0BEN", Verdict.REJECT), text="too late")),
        ),
        Policies(),
        None,
    ),
    "list-help": lists.help_text,
    "list-graphs": lambda: lists.graphs([("refund", "Pays money back."), ("plan_review", "")]),
    "result-ended": lambda: result(samples.run(result="Refund re_1A2B issued, $500.00")),
    "result-lines": lambda: result(samples.run(result="Done:\n- rotated keys\n- dropped index")),
    "result-failed": lambda: result(samples.run(RunState.FAILED, reference="K7Q2")),
    "result-lost": lambda: result(samples.run(RunState.LOST, requester=None)),
}


def _batch() -> Batch:
    return Batch(
        "b" * 32, "thread-1", "refund", "C0REFUNDS", "U0CAT", tuple(one.approval.id for one in _four())
    )


def _four() -> list[Record]:
    """One is risky, and one has no card yet."""
    records = [samples.record(n) for n in range(3)]
    records[1] = samples.record(1, payload={**dict(REFUND), "risk": "high"})  # type: ignore[arg-type]
    last = samples.record(3)
    return [*records, replace(last, card=replace(last.card, ts=None))]


def _links() -> dict[str, str]:
    return {one.approval.id: LINK for one in _four()[:3]}


def _decided_as(record: Record, state: State, verdict: Verdict, *by: str) -> Record:
    decision = Decision(verdict, by, NOW, verdict is Verdict.APPROVE)
    return replace(record, approval=replace(record.approval, state=state, decision=decision))


def _three_decided() -> list[Record]:
    four = _four()
    return [
        _decided_as(four[0], State.APPLIED, Verdict.APPROVE, "U0ANA", "U0BEN"),
        _decided_as(four[1], State.DECIDED, Verdict.REJECT, "U0ANA"),
        _decided_as(four[2], State.FAILED, Verdict.APPROVE, "U0BEN"),
        samples.record(3),
    ]


def _all_over() -> list[Record]:
    *three, last = _three_decided()
    return [*three, replace(last, approval=replace(last.approval, state=State.EXPIRED))]


def _others() -> list[tuple[Approval, Alone | Outcome]]:
    four = _four()
    return [
        (four[1].approval, Alone.RISK),
        (four[3].approval, Alone.UNSEEN),
        (approval(), Outcome(Kind.REFUSED, why=Why.REQUESTER)),
    ]


def _one(shown: Approval, policies: Policies, link: str | None) -> Face:
    card = BlockFaces(lambda: policies).card(
        shown, previous=None, previous_link=None, next_link=None, now=NOW
    )
    return one(Record(shown, Card("C0REFUNDS", "1767620520.000100"), NOW), card, link)


def _two_answers() -> Iterator[Vote]:
    for by, cents in (("U0ANA", 40_000), ("U0BEN", 30_000)):
        yield replace(vote(by, Verdict.ANSWER), answer={"amount_cents": cents, "pay_on": "2026-01-05"})


def _refused() -> Approval:
    return answered(
        CENTS,
        "U0ANA",
        schema=AMOUNTS,
        state=State.SUPERSEDED,
        closed_why="The graph refused this answer: pay_on: not on a holiday",
    )


VIEWS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "home-empty": lambda: app_home(Home("U0ANA", Found((), None, 0), Found((), None, 0), (), {})),
    "home": homes.busy,
    "modal-reject": lambda: modal.reason_form(
        approval(), channel="C0REFUNDS", message_ts="1767620520.000100"
    ),
    "modal-reject-boolean": lambda: modal.reason_form(
        approval(answer="boolean"), channel="C0REFUNDS", message_ts="1767620520.000100"
    ),
    "modal-confirm": lambda: modal.confirm_form(approval(), "50000", Verdict.APPROVE, None, **PLACE),
    "modal-answer-confirmed": lambda: modal.with_confirmation(
        answer_form(approval(BATCH, votes=(_edited(),)), **PLACE), "APPROVE 3F9A"
    ),
    "modal-revise": lambda: modal.revise_form(
        approval(), channel="C0REFUNDS", message_ts="1767620520.000100"
    ),
    "modal-full": lambda: modal.view_full(approval(LONG)),
    "modal-told": lambda: modal.told(sentence(Outcome(Kind.TOO_LATE, decided(Verdict.APPROVE, "U0ANA")))),
    "modal-answer": lambda: answer_form(approval(schema=AMOUNTS), **PLACE),
    "modal-answer-again": lambda: answer_form(approval(schema=AMOUNTS), previous=_refused(), **PLACE),
    "modal-answer-calls": lambda: answer_form(approval(BATCH), **PLACE),
    "modal-approve-all": lambda: together.confirmation(
        [_four()[n].approval for n in (0, 2)], _others(), later=3
    ),
    "modal-approve-none": lambda: together.confirmation([], _others(), later=0),
    "modal-approve-several": lambda: together.confirmation(
        [_four()[n].approval for n in (0, 2)],
        [(_four()[1].approval, Alone.SOME_RISK), (_four()[3].approval, Alone.OVER)],
        later=0,
        several=True,
    ),
    "modal-approved": lambda: together.report(
        [
            (_four()[0].approval, Outcome(Kind.DECIDED, approval())),
            (_four()[1].approval, Outcome(Kind.TOO_LATE, decided(Verdict.REJECT, "U0BEN"))),
            (None, Outcome(Kind.NOT_RECORDED)),
        ],
        "U0ANA",
    ),
    "modal-start": lambda: form.start_form(
        "refund", REFUND_INPUT, channel="C0REFUNDS", description="Pays money back."
    ),
    "modal-start-anything": lambda: form.start_form("echo", {}, channel="C0REFUNDS"),
}
