"""Ada wants her address out of the record: it goes from everywhere we keep it, and the chains still hold."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from bot.core.beside import beside
from bot.store.approvals import RedisStore
from bot.store.connection import connect
from tests.office import Company

ADA = "ada-lovelace@example.com"


async def _kept(company: Company, approval_id: str, thread_id: str) -> str:
    """All that our record holds of this approval, as text."""
    async with connect(company.redis.url) as client:
        store = RedisStore(client)
        record, run = await store.read(approval_id), await store.read_run(thread_id)
        entries = (*await store.history(approval_id), *(await store.read_trail(beside(approval_id))).entries)
    assert record is not None
    assert run is not None
    return json.dumps([asdict(record.approval), asdict(run), [asdict(entry) for entry in entries]])


async def test_a_value_is_taken_out_of_everything_and_the_chain_holds(
    company: Company, tmp_path: Path
) -> None:
    ana, cat = company.slack.person("U0ANA"), company.slack.person("U0CAT")
    given = {"order_id": "redact-1", "amount_cents": 700, "customer": ADA, "reason": f"Paid twice by {ADA}."}
    card = await company.ask("refund", given)
    await cat.click("Approve", on=card)  # who asked may not: an entry beside the record
    await ana.click("Approve", on=card)
    approval = await company.settled(card)
    name, thread = str(approval["id"]), str(approval["thread_id"])
    await company.result(card)
    before = tmp_path / "before.jsonl"
    before.write_text((await company.run("audit", "export"))[1])
    held = await _kept(company, name, thread)

    code, said = await company.run("audit", "redact", name, "--field", "payload.customer", "--by", "Cat")
    gone = await _kept(company, name, thread)
    await company.slack.until(lambda: ADA not in card.text_shown, "the card to be drawn anew", 20.0)
    verified = await company.run("audit", "verify", "--against", str(before))
    *_, last = await company.trail(card)

    assert (code, "payload.customer redacted" in said) == (0, True), said
    assert (ADA in held, ADA in gone) == (True, False)
    assert "Refund $7.00 to [redacted]" in card.text_shown
    assert verified[0] == 0, verified[1]
    assert (last.fact, dict(last.data)) == ("redacted", {"fields": ["payload.customer"], "operator": "Cat"})


async def test_what_waits_for_people_is_not_touched(company: Company) -> None:
    """They decide on what they were shown, and that is what runs."""
    card = await company.refund("redact-2")
    approval = await company.approval(await company.recorded(card))

    code, said = await company.run("audit", "redact", str(approval["id"]), "--field", "payload.customer")

    assert code == 1
    assert "is pending: what people decide on stays as it was shown to them" in said
    assert await company.approval(card) == approval


async def test_a_field_that_is_not_there_is_named(company: Company) -> None:
    card = await company.refund("redact-3")
    await company.slack.person("U0ANA").click("Approve", on=card)
    approval = await company.settled(card)

    code, said = await company.run("audit", "redact", str(approval["id"]), "--field", "payload.iban")

    assert code == 1
    assert "payload.iban: the payload of this approval has no such field" in said
