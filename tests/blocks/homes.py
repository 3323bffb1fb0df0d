"""App Homes as the tests show them."""

from __future__ import annotations

from bot.blocks.home import app_home
from bot.blocks.notice import sentence
from bot.blocks.parts import Block
from bot.core.model import JSON, Card, Verdict
from bot.core.outcome import Kind, Outcome
from bot.ports import Found, Home, Record
from tests.blocks.samples import AMOUNTS, LINK, NOW, PLAN, REFUND, approval, decided, record

RISKY: JSON = {"title": "Delete the old backups", "risk": "high"}
LONG: JSON = {"title": "Publish the handbook", "body": "word " * 600}


def busy() -> Block:
    """Of each kind one, and a note about the last press."""
    waiting = [record(1), record(2, payload=PLAN), record(3, payload=RISKY), record(4, payload=LONG)]
    form = Record(approval(schema=AMOUNTS, expires_at=NOW + 3_600), Card("C0REFUNDS"), NOW)
    recent = Record(decided(Verdict.APPROVE, "U0ANA"), Card("C0REFUNDS", "1.2"), NOW + 200)
    shown = Home(
        "U0ANA",
        Found((*waiting, form), "b2xk", None, unsure=True),
        Found((record(5),), "b2xk", 9),
        (recent,),
        {one.approval.id: LINK for one in waiting},
        sentence(Outcome(Kind.DECIDED)),
    )
    return app_home(shown)


def full(payload: JSON = REFUND) -> Block:
    """As much as a Home ever shows."""
    ten = Found(tuple(record(n, payload=payload) for n in range(10)), "b2xk", None, unsure=True)
    few = tuple(record(n, payload=payload) for n in range(10, 15))
    links = {f"aprv_{n:016d}": LINK for n in range(15)}
    return app_home(Home("U0ANA", ten, Found(few, "b2xk", 9), few, links, "Recorded."))
