"""Approvals that wait, put on record without a graph and without Slack: for rows that look at neither."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bench.graph.plan import TEXT
from bench.slack import Seen
from bot.blocks.faces import BlockFaces
from bot.core.answer import contract_for
from bot.core.audit import Fact, chained
from bot.core.digest import digest
from bot.core.model import JSON, Approval, Card, Request
from bot.core.policy import Policies
from bot.store.approvals import RedisStore

KEY = b"the audit key of the benchmark"
PAYLOAD: Mapping[str, JSON] = {"title": "Carry out the move", "fields": {"Version": 1}, "body": TEXT}
AT_ONCE = 50


def waiting(number: int, channel: str = "C0BENCH000000") -> Approval:
    """The same approval but for its ids."""
    request = Request(
        graph="bench",
        thread_id=f"3f2b8c1e-7d44-4a51-9c0e-{number:012d}",
        interrupt_id=f"{number:032x}",
        node="ask",
        payload=PAYLOAD,
        digest=digest(PAYLOAD),
        contract=contract_for(PAYLOAD, None, "decision"),
    )
    return Approval(
        id=f"Zk3v9Qw8Lm2Xy7Rt5{number:07d}",
        request=request,
        revision=1,
        channel=channel,
        requester="U0CAT",
        asked_at=1_700_000_000.0 + number / 1000,
    )


async def cards(store: RedisStore, numbers: Sequence[int]) -> list[Seen]:
    """Record these approvals with their cards, as the bot would; returns what Slack would show."""
    seen: list[Seen] = []
    for start in range(0, len(numbers), AT_ONCE):
        some = [_card(store, number) for number in numbers[start : start + AT_ONCE]]
        seen += await asyncio.gather(*some)
    return seen


async def _card(store: RedisStore, number: int) -> Seen:
    approval, entry = chained(waiting(number), KEY, Fact.ASKED, at=1_700_000_000.0)
    await store.create(approval, [entry], instead_of=None)
    ts = f"{1_700_000_000 + number}.000100"
    await store.save_card(approval.id, Card(approval.channel, ts, shown=0, face="f" * 64))
    return Seen(0.0, ts, approval.channel, face(approval))


def face(approval: Approval) -> dict[str, Any]:
    """The card as it is posted."""
    faces = BlockFaces(Policies)
    said = faces.card(approval, previous=None, previous_link=None, next_link=None, now=approval.asked_at)
    return {"text": said.text, "blocks": list(said.blocks), "metadata": dict(said.metadata or {})}
