"""`approvals audit redact`: take named values out of an approval that is over, and say so in its trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import click

from bot.config import Settings
from bot.core.beside import beside
from bot.core.lifecycle import ENDS
from bot.core.model import Approval, Run
from bot.core.problem import Problem
from bot.core.redaction import redacted_approval, redacted_entry, redacted_run, redaction
from bot.ports import StoreUnavailable, Swapped
from bot.reading import open_store
from bot.store.approvals import RedisStore

TRIES = 20


async def redact_approval(
    settings: Settings, approval_id: str, fields: tuple[str, ...], operator: str
) -> None:
    """Take the values of these fields out of the record and its trails. Raises Problem, StoreUnavailable."""
    async with open_store(settings) as store:
        for _ in range(TRIES):
            approval, run = await _over(store, approval_id)
            if await _redacted(store, settings, approval, run, fields, operator) is Swapped.DONE:
                break
        else:
            raise StoreUnavailable("this approval changes all the time; try again")
        with suppress(StoreUnavailable):  # its card may compare itself with this request
            await store.intend_card(approval.next or "")
    click.echo(f"{approval_id}: {', '.join(fields)} redacted; a worker draws its card anew.")
    for left in _left(approval, run):
        click.echo(left)


async def _over(store: RedisStore, approval_id: str) -> tuple[Approval, Run | None]:
    """What is waited for must stay what was shown; so must what the graph is being answered."""
    record = await store.read(approval_id)
    if record is None:
        raise Problem(f"{approval_id}: there is no such approval on record.")
    approval = record.approval
    if approval.state not in ENDS:
        raise Problem(
            f"{approval_id} is {approval.state}: what people decide on stays as it was shown to them. "
            f"Decide it or `approvals cancel {approval_id}`, then redact."
        )
    return approval, await store.read_run(approval.request.thread_id)


async def _redacted(
    store: RedisStore,
    settings: Settings,
    approval: Approval,
    run: Run | None,
    fields: tuple[str, ...],
    operator: str,
) -> Swapped:
    key, what = settings.audit_key, redaction(approval.request.payload, fields)
    own = [redacted_entry(entry, what, key) for entry in await store.history(approval.id)]
    around = await store.read_trail(beside(approval.id))
    after, entry = redacted_approval(approval, what, key, at=await store.now(), operator=operator)
    runs = (run, redacted_run(run, what)) if run is not None else None
    others = [redacted_entry(one, what, key) for one in around.entries]
    return await store.redact((approval, after), own, others, entry, runs)


def _left(approval: Approval, run: Run | None) -> Iterator[str]:
    """Where the values may still stand: not ours to change, or another approval's."""
    for other, which in ((approval.previous, "before"), (approval.next, "after")):
        if other is not None:
            yield f"The revision {which} it, approval {other}, is not redacted with it."
    if run is not None and run.announced is not None:
        yield f"In Slack, the result of the run and what people wrote stay: message {run.announced}."
    yield "The graph's own checkpoints, earlier exports and backups are not changed."
