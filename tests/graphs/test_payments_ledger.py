"""The payments ledger makes one refund per key, whoever asks and however often."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from graphs import ledger, payments

RACER = """
from graphs import payments
print("ready", flush=True)
input()
print(payments.refund("key-1", "A-17", 500, "USD", "ada@example.com").id)
"""


def test_same_key_and_parameters_return_the_first_refund() -> None:
    first = payments.refund("key-1", "A-17", 500, "USD", "ada@example.com")

    assert payments.refund("key-1", "A-17", 500, "USD", "ada@example.com") == first
    assert payments.refunds() == [first]
    assert first.id.startswith("re_")


@pytest.mark.parametrize(
    ("order_id", "amount_cents", "currency", "customer"),
    [
        ("A-18", 500, "USD", "ada@example.com"),
        ("A-17", 501, "USD", "ada@example.com"),
        ("A-17", 500, "EUR", "ada@example.com"),
        ("A-17", 500, "USD", "bob@example.com"),
    ],
)
def test_same_key_with_other_parameters_pays_nothing(
    order_id: str, amount_cents: int, currency: str, customer: str
) -> None:
    first = payments.refund("key-1", "A-17", 500, "USD", "ada@example.com")

    with pytest.raises(payments.KeyReused, match="use a new key"):
        payments.refund("key-1", order_id, amount_cents, currency, customer)
    assert payments.refunds() == [first]


def test_refunds_are_listed_oldest_first() -> None:
    made = [payments.refund(key, "A-17", 500, "USD", "ada@example.com") for key in ("c", "a", "b")]

    assert payments.refunds() == made
    assert len({refund.id for refund in made}) == 3


@pytest.mark.processes
def test_processes_racing_one_key_make_one_refund() -> None:
    racers = [racer() for _ in range(4)]
    for process in racers:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()  # all are told before any is heard
    told = {process.communicate(timeout=60)[0].strip() for process in racers}

    (paid,) = payments.refunds()
    assert told == {paid.id}
    assert [process.returncode for process in racers] == [0] * 4


def racer() -> subprocess.Popen[str]:
    """A process that has imported everything and waits for a line to start."""
    process = subprocess.Popen(  # noqa: S603 - this interpreter, with the text above
        [sys.executable, "-c", RACER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    path, table = tmp_path / "new" / "a.db", "CREATE TABLE IF NOT EXISTS notes (text TEXT)"
    with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
        write_and_fail(path, table)

    with ledger.transaction(path, table) as db:
        assert db.execute("SELECT * FROM notes").fetchall() == []


def write_and_fail(path: Path, table: str) -> None:
    with ledger.transaction(path, table) as db:
        db.execute("INSERT INTO notes VALUES ('half done')")
        db.execute("INSERT INTO nowhere VALUES (1)")


def test_finished_transaction_is_on_disk_and_unlocked(tmp_path: Path) -> None:
    path, table = tmp_path / "a.db", "CREATE TABLE IF NOT EXISTS notes (text TEXT)"
    with ledger.transaction(path, table) as db:
        db.execute("INSERT INTO notes VALUES ('done')")

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        db.execute("SELECT 1")
    with ledger.transaction(path, table) as again:
        assert again.execute("SELECT * FROM notes").fetchall() == [("done",)]


@pytest.mark.parametrize(
    ("amount_cents", "currency", "text"),
    [
        (50000, "USD", "$500.00"),
        (1, "USD", "$0.01"),
        (123456789, "EUR", "€1,234,567.89"),
        (500, "JPY", "¥500"),
        (1005, "KWD", "1.005 KWD"),
        (50000, "CHF", "500.00 CHF"),
        (12345, "CLF", "1.2345 CLF"),
    ],
)
def test_money_is_written_for_people(amount_cents: int, currency: str, text: str) -> None:
    assert payments.money(amount_cents, currency) == text
