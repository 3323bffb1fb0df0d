"""The audit trail at a terminal: prove that it is whole, and carry it elsewhere as JSON lines or a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.config import Settings
from bot.core.audit import Entry, faults, with_marks
from bot.core.beside import Trail, beside
from bot.core.model import JSON
from bot.core.problem import Problem
from bot.reading import open_store
from bot.store.approvals import RedisStore


async def verify_audit(settings: Settings, against: Path | None = None) -> bool:
    """Check every chain, and that nothing of an earlier export is gone; True: all is well."""
    exported = _exported(against) if against else {}
    broken, count, known = 0, 0, set[str]()
    async with open_store(settings) as store:
        async for trail in _trails(store):
            count += 1
            known.add(trail.name)
            found = faults(trail.entries, settings.audit_key, head=trail.head, name=trail.name)
            found += _differences(trail.entries, exported.pop(trail.name, {}))
            for fault in found:
                broken += 1
                click.echo(f"{trail.name}: {fault}")
        async for approval_id in store.strays(known):
            broken += 1
            click.echo(f"{approval_id}: its record is gone, and entries of it are left")
    for name in exported:
        broken += 1
        click.echo(f"{name}: was exported and is gone; its retention may be over")
    click.echo(f"{count} trails checked, {broken} faults found.")
    return broken == 0


async def export_audit(settings: Settings, since: str | None, form: str) -> None:
    """Print every entry, each trail's own in order, as one JSON object or one row of a table a line."""
    after, line = _moment(since), FORMS[form]
    if form == "csv":
        click.echo(_row(COLUMNS))
    async with open_store(settings) as store:
        async for trail in _trails(store):
            for entry in trail.entries:
                if entry.at >= after:
                    click.echo(line(_as_mapping(entry)))


def _moment(since: str | None) -> float:
    if since is None:
        return 0.0
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise click.ClickException(f"--since: {since!r} is no ISO 8601 moment, such as 2026-11-21") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _as_mapping(entry: Entry) -> dict[str, JSON]:
    return {
        "approval": entry.approval_id,
        "thread": entry.thread_id,
        "seq": entry.seq,
        "at": datetime.fromtimestamp(entry.at, UTC).isoformat(),
        "fact": entry.fact,
        "by": entry.by,
        "data": with_marks(entry),
        "redacted": dict(entry.redacted),
        "prev": entry.prev,
        "mac": entry.mac,
    }


COLUMNS = ("approval", "thread", "seq", "at", "fact", "by", "data", "redacted", "prev", "mac")


def _as_row(entry: Mapping[str, JSON]) -> str:
    cells = (entry[column] for column in COLUMNS)
    return _row(
        [json.dumps(cell) if isinstance(cell, dict) else "" if cell is None else str(cell) for cell in cells]
    )


def _row(cells: tuple[str, ...] | list[str]) -> str:
    """One line of a table; a cell that a spreadsheet would run as a formula is marked as text.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    line = io.StringIO()
    safe = (f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells)
    csv.writer(line).writerow(safe)
    return line.getvalue().removesuffix("\r\n")


FORMS: Mapping[str, Callable[[Mapping[str, JSON]], str]] = {"jsonl": json.dumps, "csv": _as_row}


def _exported(file: Path) -> dict[str, dict[int, str]]:
    """Of each approval in an export as JSON lines: the mac of each entry."""
    known: dict[str, dict[int, str]] = {}
    try:
        for line in file.read_text().splitlines():
            entry = json.loads(line)
            known.setdefault(entry["approval"], {})[entry["seq"]] = entry["mac"]
    except (OSError, ValueError, KeyError, TypeError) as unreadable:
        raise Problem(f"{file}: is no export of `approvals audit export`: {unreadable!r}") from None
    return known


def _differences(entries: tuple[Entry, ...], exported: Mapping[int, str]) -> Iterator[str]:
    now = {entry.seq: entry.mac for entry in entries}
    for seq, mac in exported.items():
        if now.get(seq) != mac:
            yield f"entry {seq} is not the one that was exported"


async def _trails(store: RedisStore) -> AsyncIterator[Trail]:
    """Each approval's own trail and the one beside it, where there is one; then those that stand apart."""
    cursor: str | None = None
    while True:
        page = await store.search(cursor=cursor, limit=100)
        for approval in (record.approval for record in page.records):
            yield Trail(approval.id, await store.history(approval.id), approval.audit_head)
            around = await store.read_trail(beside(approval.id))
            if around.entries or around.head:
                yield around
        cursor = page.cursor
        if cursor is None:
            break
    async for trail in store.apart():
        yield trail
