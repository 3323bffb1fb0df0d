"""Turn the clock for one approval of a real record: what was hours ahead is due now."""

from __future__ import annotations

from dataclasses import replace

from bot.ports import Swapped
from bot.store.approvals import RedisStore
from bot.store.connection import connect


async def turn(redis_url: str, approval_id: str, seconds: float) -> None:
    """Move the times of its next reminder and escalation so far back, whoever changes it meanwhile."""
    async with connect(redis_url) as client:
        store = RedisStore(client)
        while True:
            record = await store.read(approval_id)
            assert record is not None

            before = record.approval
            after = replace(
                before,
                remind_at=None if before.remind_at is None else before.remind_at - seconds,
                escalate_at=None if before.escalate_at is None else before.escalate_at - seconds,
                version=before.version + 1,
            )
            if await store.swap(before, after, ()) is Swapped.DONE:
                return
