"""A small mail service that sends an e-mail once for each key, however often it is asked.

It stands in for the real service in `outreach.py`. What it "sends" can be read in its file.
"""

import os
import secrets
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from graphs import ledger

TABLE = """
CREATE TABLE IF NOT EXISTS mails (
    id TEXT NOT NULL,
    key TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail that was sent."""

    id: str
    key: str
    recipient: str
    subject: str
    body: str


class KeyReused(ValueError):
    """One key came with two different e-mails; a new e-mail needs a new key."""


def send(key: str, recipient: str, subject: str, body: str) -> Mail:
    """Send once per `key`: the same call again, from any process, returns the e-mail that was sent.

    Raises KeyReused when the key was used for another e-mail; nothing is sent then.
    """
    asked = Mail(f"mail_{secrets.token_hex(6)}", key, recipient, subject, body)
    with ledger.transaction(path(), TABLE) as db:
        db.execute("INSERT INTO mails VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING", astuple(asked))
        sent = Mail(*db.execute("SELECT * FROM mails WHERE key = ?", (key,)).fetchone())
    if sent != replace(asked, id=sent.id):
        raise KeyReused(f"The key {key!r} already stands for {sent}; use a new key for another e-mail.")
    return sent


def mails() -> list[Mail]:
    """Every e-mail that was sent, oldest first."""
    with ledger.transaction(path(), TABLE) as db:
        return [Mail(*row) for row in db.execute("SELECT * FROM mails ORDER BY rowid")]


def path() -> Path:
    """The outbox's file: `OUTBOX_DB`, or a file in `.approvals` where the program was started."""
    return Path(os.environ.get("OUTBOX_DB", ".approvals/outbox.db"))
