"""A small desk: what the API is told, it remembers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.core.model import JSON, Approval, Card, Contract, ContractKind, Request, Run, Verdict
from bot.ports import Census, InvalidInput, Page, Record, StoreUnavailable, UnknownGraph

NOON = 1_800_000_000.0


def an_approval(approval_id: str = "approval-1") -> Approval:
    return Approval(
        id=approval_id,
        request=Request(
            graph="refund",
            thread_id="thread-0123456789",
            interrupt_id="interrupt-1",
            node="gate",
            payload={"title": "Refund $5.00 to Ana"},
            digest="0" * 64,
            contract=Contract(ContractKind.BOOLEAN, (Verdict.APPROVE, Verdict.REJECT)),
        ),
        revision=1,
        channel="C0REFUNDS",
        requester="U0ANA",
        asked_at=NOON,
    )


@dataclass(slots=True)
class SmallDesk:
    """`ApiDesk` for one graph named refund. `down` makes every method fail as a lost Redis does."""

    runs: dict[str, Run] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    asked: list[dict[str, str | None]] = field(default_factory=list)
    down: bool = False
    broken: Exception | None = None

    def add(self, approval: Approval, ts: str | None = "1800000000.000100") -> None:
        self.records[approval.id] = Record(approval, Card(approval.channel, ts), NOON)

    async def start(
        self,
        graph: str,
        input: JSON,  # noqa: A002 (LangGraph's word for it)
        *,
        channel: str | None,
        requester: str | None,
        thread_id: str | None,
    ) -> Run:
        self._reach()
        if graph != "refund":
            raise UnknownGraph(graph, ["refund"])
        if not isinstance(input, dict) or "order_id" not in input:
            raise InvalidInput("input.order_id", "is a required property")
        number = len(self.runs) + 1
        run = Run(thread_id or f"thread-{number:010d}", graph, channel or "C0OPS", requester, input, NOON)
        return self.runs.setdefault(run.thread_id, run)

    async def run(self, thread_id: str) -> Run | None:
        self._reach()
        return self.runs.get(thread_id)

    async def approval(self, approval_id: str) -> Record | None:
        self._reach()
        return self.records.get(approval_id)

    async def search(
        self, *, state: str | None, graph: str | None, channel: str | None, cursor: str | None
    ) -> Page:
        self._reach()
        self.asked.append({"state": state, "graph": graph, "channel": channel, "cursor": cursor})
        if cursor == "strange":
            raise ValueError("unknown cursor")
        return Page(tuple(self.records.values()), "next", len(self.records))

    async def census(self) -> Census:
        self._reach()
        return Census({("refund", "under_1h"): len(self.records)}, {("refund", "decided"): 2}, 7.5)

    async def card_link(self, record: Record) -> str | None:
        ts = record.card.ts
        return f"https://acme.slack.com/archives/{record.card.channel}/p{ts.replace('.', '')}" if ts else None

    def end(self, thread_id: str, result: str) -> None:
        self.runs[thread_id] = replace(self.runs[thread_id], result=result, output={"result": result})

    def _reach(self) -> None:
        if self.broken is not None:
            raise self.broken
        if self.down:
            raise StoreUnavailable("redis is gone")
