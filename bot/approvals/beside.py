"""Write beside the record what changes nothing of it: refusals, and who was shown or opened a request."""

from __future__ import annotations

import structlog

from bot.approvals.measured import first_view_counted, is_unseen
from bot.approvals.world import World
from bot.core.audit import Entry, faults
from bot.core.beside import Note, Noted, beside, door, refusal, viewing, written
from bot.core.model import Approval, Click, State
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.ports import Record, StoreUnavailable

log = structlog.get_logger("approvals.audit")

# So many may write to one trail at the same instant; more than this is no crowd but a fault.
TRIES = 20


async def refused(world: World, click: Click, why: str, *, tried: str | None = None) -> None:
    """Note that this gesture was refused: at the approval that its button names, else at the one that its
    message claims, else at the door. Raises StoreUnavailable.
    """
    named = [click.approval_id, *([click.metadata.approval_id] if click.metadata else [])]
    known = {record.approval.id: record.approval for record in await world.store.read_many(named)}
    found = next((known[name] for name in named if name in known), None)
    await refused_at(world, click, why, found, tried=tried)


async def refused_at(
    world: World, click: Click, why: str, approval: Approval | None, *, tried: str | None = None
) -> None:
    """The same where the approval has been read; None: there is none."""
    about = refusal(click, why, tried)
    if approval is not None and await _write(world, beside(approval.id), about, approval):
        return
    now = await world.store.now()
    await _write(world, door(min(world.us.teams, default=""), now), about)


async def refuse(world: World, click: Click, why: Why) -> Outcome:
    """Refuse what is foreign to us."""
    await try_to_note(world, click, why)
    return Outcome(Kind.REFUSED, why=why)


async def try_to_note(world: World, click: Click, why: str) -> None:
    """Note a refusal that stands in any case: where the record is away, the log knows it."""
    try:
        await refused(world, click, why)
    except StoreUnavailable as away:
        log.warning("refusal is not in the audit trail", reason=str(why), because=str(away))


async def viewed(world: World, user: str, record: Record) -> bool:
    """Note who opened the whole request, the first time. True: nobody had opened it before.

    Raises StoreUnavailable.
    """
    approval = record.approval
    await _write(world, beside(approval.id), viewing(user, approval, record.now), approval)
    if approval.state is State.PENDING and is_unseen(record):
        first_view_counted(approval, record.now)
    return record.viewed_at is None


async def write_beside(world: World, note: Note, approval: Approval) -> None:
    """Note something else of an approval. Raises StoreUnavailable."""
    await _write(world, beside(approval.id), note, approval)


async def whole_trail(world: World, approval: Approval) -> tuple[tuple[Entry, ...], bool]:
    """Everything on record of an approval in the order it happened, and whether both chains are whole."""
    key, around = world.audit_key, await world.store.read_trail(beside(approval.id))
    # What was added since the record was read is not what its head remembers.
    own = (await world.store.history(approval.id))[: approval.audit_seq]
    broken = faults(own, key, head=approval.audit_head, name=approval.id)
    broken += faults(around.entries, key, head=around.head, name=around.name)
    return tuple(sorted((*own, *around.entries), key=lambda entry: entry.at)), not broken


async def _write(world: World, name: str, note: Note, approval: Approval | None = None) -> bool:
    """False: the approval is forgotten. What was said a while ago is only counted."""
    thread_id = approval.request.thread_id if approval else ""
    for _ in range(TRIES):
        stand = await world.store.stand(name, note.mark)
        entry = written(stand, note, world.audit_key, thread_id=thread_id)
        noted = await world.store.note(stand, note, entry)
        if noted is not Noted.CONFLICT:
            return noted is not Noted.GONE
    raise StoreUnavailable("too many write to this trail at the same time; try again")
