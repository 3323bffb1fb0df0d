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
from bot.core.audit import Entry, faults
from bot.core.model import JSON, Approval
from bot.core.problem import Problem
from bot.reading import open_store


async def verify_audit(settings: Settings, against: Path | None = None) -> bool:
    """Check the chain of every approval, and that nothing of an earlier export is gone; True: all is well."""
    exported = _exported(against) if against else {}
    broken, count = 0, 0
    async for approval, entries in _trails(settings):
        count += 1
        found = faults(entries, settings.audit_key, head=approval.audit_head)
        found += _differences(entries, exported.pop(approval.id, {}))
        for fault in found:
            broken += 1
            click.echo(f"{approval.id}: {fault}")
    for approval_id in exported:
        broken += 1
        click.echo(f"{approval_id}: was exported and is gone; its retention may be over")
    click.echo(f"{count} approvals checked, {broken} faults found.")
    return broken == 0


async def export_audit(settings: Settings, since: str | None, form: str) -> None:
    """Print every entry, each approval's own in order, as one JSON object or one row of a table a line."""
    after, line = _moment(since), FORMS[form]
    if form == "csv":
        click.echo(_row(COLUMNS))
    async for _, entries in _trails(settings):
        for entry in entries:
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
        "data": dict(entry.data),
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


async def _trails(settings: Settings) -> AsyncIterator[tuple[Approval, tuple[Entry, ...]]]:
    async with open_store(settings) as store:
        cursor: str | None = None
        while True:
            page = await store.search(cursor=cursor, limit=100)
            for record in page.records:
                yield record.approval, await store.history(record.approval.id)
            cursor = page.cursor
            if cursor is None:
                return
