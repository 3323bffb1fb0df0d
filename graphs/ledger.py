"""A SQLite file that several processes may write to at once, opened for one transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PATIENCE = 30.0  # seconds a writer waits for the writers before it


@contextmanager
def transaction(path: Path, table: str) -> Iterator[sqlite3.Connection]:
    """One write transaction: committed and on disk when the block ends, undone when the block raises.

    `table` is a `CREATE TABLE IF NOT EXISTS` statement. This blocks: async code calls it through
    `asyncio.to_thread`. Raises sqlite3.OperationalError when the file stays locked for `PATIENCE` seconds.
    https://www.sqlite.org/lang_transaction.html
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The default journal, not WAL: turning a new file to WAL does not wait for a lock, so when several
    # processes open it first, some fail with "database is locked".
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as db, db:
        # IMMEDIATE takes the write lock first: a reader that turns writer may not wait, it fails at once.
        db.execute("BEGIN IMMEDIATE")
        db.execute(table)
        yield db
