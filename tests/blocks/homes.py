"""App Homes as the tests show them."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks.home import app_home
from bot.blocks.notice import sentence
from bot.blocks.parts import Block
from bot.core.model import JSON, Card, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.ports import Found, Home, Offered, Record
from tests.blocks.samples import AMOUNTS, LINK, NOW, PLAN, REFUND, approval, decided, record

RISKY: JSON = {"title": "Delete the old backups", "risk": "high"}
LONG: JSON = {"title": "Publish the handbook", "body": "word " * 600}


PLAIN = Offered(frozenset({Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE}), risky=False)
TYPED = replace(PLAIN, typed=True, risky=True)


def refused(why: Why) -> Offered:
    """Only No is open to this person."""
    return Offered(frozenset({Verdict.REJECT, Verdict.REVISE}), why=Outcome(Kind.REFUSED, why=why))


def busy() -> Block:
    """Of each kind one, and a note about the last press."""
    waiting = [record(1), record(2, payload=PLAN), record(3, payload=RISKY), record(4, payload=LONG)]
    typed, above, later = record(6, payload=RISKY), record(7), record(8)
    offers = {one.approval.id: PLAIN for one in (waiting[0], waiting[1], waiting[3])}
    offers |= {waiting[2].approval.id: replace(PLAIN, risky=True), typed.approval.id: TYPED}
    offers |= {above.approval.id: refused(Why.CEILING), later.approval.id: refused(Why.OTHER_STAGE)}
    offers |= {record(5).approval.id: refused(Why.REQUESTER)}
    waiting += [typed, above]
    form = Record(approval(schema=AMOUNTS, expires_at=NOW + 3_600), Card("C0REFUNDS"), NOW)
    recent = Record(decided(Verdict.APPROVE, "U0ANA"), Card("C0REFUNDS", "1.2"), NOW + 200)
    shown = Home(
        "U0ANA",
        Found((*waiting, form), "b2xk", None, unsure=True),
        Found((record(5),), "b2xk", 9),
        (recent,),
        {one.approval.id: LINK for one in waiting},
        sentence(Outcome(Kind.DECIDED)),
        offers,
        (later,),
    )
    return app_home(shown)


def full(payload: JSON = REFUND) -> Block:
    """As much as a Home ever shows."""
    ten = Found(tuple(record(n, payload=payload) for n in range(10)), "b2xk", None, unsure=True)
    few = tuple(record(n, payload=payload) for n in range(10, 15))
    links = {f"aprv_{n:016d}": LINK for n in range(15)}
    offers = dict.fromkeys(links, TYPED)
    held = tuple(record(n, payload=payload) for n in range(15, 19))
    shown = Home("U0ANA", ten, Found(few, "b2xk", 9), few, links, "Recorded.", offers, held)
    return app_home(shown)
