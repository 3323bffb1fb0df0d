"""Which values go with a field, and what is left of the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.audit import Fact, chained, faults, with_marks
from bot.core.model import JSON, Decision, Verdict, Vote
from bot.core.problem import Problem
from bot.core.redaction import redacted_approval, redacted_entry, redaction, scrubbed
from tests.blocks.samples import NOW, approval

KEY = b"audit-key"
PAYLOAD: JSON = {
    "title": "Refund $5.00 to ada@example.com",
    "customer": {"email": "ada@example.com", "name": "Ada"},
    "lines": [{"sku": "A", "note": "for ada@example.com"}],
    "amount_cents": 500,
}


def test_a_field_goes_with_every_text_that_quotes_it() -> None:
    what = redaction(PAYLOAD, ("payload.customer.email",))

    assert scrubbed(PAYLOAD, what) == {
        "title": "Refund $5.00 to [redacted]",
        "customer": {"email": "[redacted]", "name": "Ada"},
        "lines": [{"sku": "A", "note": "for [redacted]"}],
        "amount_cents": 500,
    }


@pytest.mark.parametrize("field", ["payload.customer.iban", "payload.lines.1", "payload.customer.email.x"])
def test_a_field_that_is_not_there_is_a_problem(field: str) -> None:
    with pytest.raises(Problem, match="no such field"):
        redaction(PAYLOAD, (field,))


@pytest.mark.parametrize("field", ["customer", "payload", "payload.", "answer.email", "payload.a b"])
def test_a_field_is_named_by_its_way_through_the_payload(field: str) -> None:
    with pytest.raises(Problem, match="by its way through the payload"):
        redaction(PAYLOAD, (field,))


def test_a_short_value_goes_only_where_its_field_is_named() -> None:
    what = redaction({"name": "Ada", "title": "Adapt it", "also": {"name": "Bob"}}, ("payload.name",))

    assert scrubbed({"name": "Ada", "title": "Adapt it", "also": {"name": "Bob"}}, what) == {
        "name": "[redacted]",
        "title": "Adapt it",
        "also": {"name": "[redacted]"},
    }


def test_the_record_and_its_votes_lose_it_and_the_digest_stays() -> None:
    vote = Vote("U0ANA", Verdict.REJECT, NOW, "c", text="not for ada@example.com", answer={"email": "x@y.z"})
    decision = Decision(Verdict.REJECT, ("U0ANA",), NOW, {"feedback": "not for ada@example.com"}, vote.text)
    made = approval()
    made = replace(
        made, request=replace(made.request, payload=PAYLOAD), votes=(vote,), decision=decision, version=3
    )

    what = redaction(PAYLOAD, ("payload.customer.email",))
    after, entry = redacted_approval(made, what, KEY, at=NOW, operator="Cat")

    assert "ada@example.com" not in str(after)
    assert after.votes[0].answer == {"email": "[redacted]"}
    assert (after.version, after.request.digest) == (4, made.request.digest)
    assert (entry.fact, entry.data) == (
        Fact.REDACTED,
        {"fields": ["payload.customer.email"], "operator": "Cat"},
    )


def test_an_entry_loses_it_and_its_chain_holds() -> None:
    data: dict[str, JSON] = {
        "text": "ask ada@example.com",
        "answer": {"email": "ada@example.com", "cents": 5},
        "edits": [{"name": "email", "before": "ada@example.com", "after": "eve@example.com"}],
    }
    made, entry = chained(approval(), KEY, Fact.VOTED, at=NOW, by="U0ANA", data=data)

    cut = redacted_entry(entry, redaction(PAYLOAD, ("payload.customer.email",)), KEY)

    assert "example.com" not in str(cut)
    assert faults([cut], KEY, head=made.audit_head, name=made.id) == []
    assert with_marks(cut) == {
        "text": "[redacted]",
        "answer": {"email": "[redacted]", "cents": 5},
        "edits": [{"name": "email", "before": "[redacted]", "after": "[redacted]"}],
    }
