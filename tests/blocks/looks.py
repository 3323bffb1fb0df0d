"""What people see when they look for something: histories, and lists with more than pages below them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.blocks import lists
from bot.blocks.history import history
from bot.blocks.parts import Face
from bot.core.audit import Entry, Fact, chained
from bot.core.filters import Filters
from bot.core.model import JSON, Approval, State, Verdict
from bot.ports import Found
from tests.blocks.samples import NOW, approval, decided, page

EDIT: JSON = {
    "name": "send_email",
    "before": {"to": "ann@example.com", "subject": "Hello"},
    "after": {"to": "ben@example.com", "subject": "Hello"},
}
LIFE: tuple[tuple[Fact, str | None, Mapping[str, JSON]], ...] = (
    (Fact.ASKED, None, {"revision": 1}),
    (Fact.REMINDED, None, {"number": 1, "users": ["U0ANA", "U0BEN"], "groups": [], "members": False}),
    (Fact.ESCALATED, None, {"mode": "add", "users": ["U0DAN"], "groups": ["S0FIN"], "members": False}),
    (Fact.REFUSED, "U0CAT", {"why": "requester", "verdict": "approve"}),
    (Fact.COMMENTED, "U0ANA", {"text": "Is there a receipt?"}),
    (Fact.VOTED, "U0BEN", {"verdict": "answer", "answer": {}, "edits": [EDIT], "stands_for": "U0ANA"}),
    (Fact.DECIDED, "U0BEN", {"verdict": "answer", "by": ["U0BEN"], "rules": ["amount_cents > 50000"]}),
    (Fact.SENT, None, {"try": 1}),
    (Fact.APPLIED, None, {}),
)


def trail(made: Approval, *facts: tuple[Fact, str | None, Mapping[str, JSON]]) -> list[Entry]:
    """A chain of these facts, a minute apart."""
    entries = list[Entry]()
    for number, (fact, by, data) in enumerate(facts):
        made, entry = chained(made, b"audit-key", fact, at=NOW + 60 * number, by=by, data=data)
        entries.append(entry)
    return entries


FACES: Mapping[str, Callable[[], Face]] = {
    "list-several": lambda: lists.pending(
        Found(page(range(4), total=14, cursor=None).records, "b2xk", None, Filters(mine=True)),
        links={},
        several=[f"aprv_{number:016d}" for number in (0, 2, 3)],
    ),
    "history": lambda: history(
        decided(Verdict.ANSWER, "U0BEN", state=State.APPLIED), trail(approval(), *LIFE), whole=True
    ),
    "history-page": lambda: history(approval(), trail(approval(), *LIFE, *LIFE, *LIFE), whole=True, page=1),
    "history-changed": lambda: history(approval(), trail(approval(), *LIFE[:1]), whole=False),
}
