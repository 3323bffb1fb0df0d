"""Approvals and runs to write down, and the changes that happen to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core.audit import Entry, Fact, chained
from bot.core.digest import digest
from bot.core.model import JSON, Approval, Contract, ContractKind, Request, Run, State, Verdict, Vote
from bot.ports import Store

KEY = b"the audit key of a test"
PAYLOAD: JSON = {"title": "Refund 12.50 EUR to Kim?", "amount_cents": 1250}


def asked(
    approval_id: str = "A1",
    *,
    thread: str = "T1",
    interrupt: str | None = None,
    graph: str = "refund",
    payload: JSON = PAYLOAD,
    **more: Any,
) -> Approval:
    """A pending approval, as it is when the card is about to be made."""
    contract = Contract(ContractKind.BOOLEAN, (Verdict.APPROVE, Verdict.REJECT))
    request = Request(
        graph, thread, interrupt or f"I-{approval_id}", "ask", payload, digest(payload), contract
    )
    given: dict[str, Any] = {
        "revision": 0,
        "channel": "C0REFUNDS",
        "requester": "U0REQ",
        "asked_at": 1_800_000_000.25,
    } | more
    return Approval(id=approval_id, request=request, **given)


def changed(
    approval: Approval, fact: Fact = Fact.VOTED, *, by: str = "U0ANA", **change: Any
) -> tuple[Approval, Entry]:
    """The next version of an approval, and the audit entry that says so."""
    after = replace(approval, version=approval.version + 1, **change)
    return chained(after, KEY, fact, at=1_800_000_001.5, by=by, data={"n": after.version})


def voted(approval: Approval, by: str = "U0ANA") -> tuple[Approval, Entry]:
    vote = Vote(by=by, verdict=Verdict.APPROVE, at=1_800_000_001.5, click=f"click-{by}")
    return changed(approval, by=by, votes=(*approval.votes, vote))


async def created(store: Store, approval_id: str = "A1", **more: Any) -> Approval:
    """An approval that is on record, with its first audit entry."""
    approval, entry = chained(asked(approval_id, **more), KEY, Fact.ASKED, at=1_800_000_000.25)
    assert await store.create(approval, [entry], instead_of=None) == approval.id
    return approval


async def moved(store: Store, approval: Approval, *states: State) -> Approval:
    """Bring an approval to these states, one after the other."""
    for state in states:
        after, entry = changed(
            approval, Fact(state) if state is not State.PENDING else Fact.VOTED, state=state
        )
        assert await store.swap(approval, after, [entry]) == "done"
        approval = after
    return approval


def started(thread: str = "T1", **more: Any) -> Run:
    given: dict[str, Any] = {
        "graph": "refund",
        "channel": "C0REFUNDS",
        "requester": "U0REQ",
        "input": {"order": 7},
    } | more
    return Run(thread_id=thread, started_at=1_800_000_000.0, **given)
