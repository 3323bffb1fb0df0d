"""A small payments service that, like Stripe, runs an operation once however often it is asked.

It stands in for the real service in `refund.py`: an approved refund may be sent again after a crash, and
only a key that the paying side honours keeps that from paying twice.
"""

import os
import secrets
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from graphs import ledger

TABLE = """
CREATE TABLE IF NOT EXISTS refunds (
    id TEXT NOT NULL,
    key TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    currency TEXT NOT NULL,
    customer TEXT NOT NULL
) STRICT
"""

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}

# Currencies whose minor unit has not two digits (ISO 4217, list one), by how many it has.
# https://www.six-group.com/en/products-services/financial-information/data-standards.html
MINOR_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back. `amount_cents` counts the currency's minor unit."""

    id: str
    key: str
    order_id: str
    amount_cents: int
    currency: str
    customer: str


class KeyReused(ValueError):
    """One key came with two different refunds; a new refund needs a new key."""


def refund(key: str, order_id: str, amount_cents: int, currency: str, customer: str) -> Refund:
    """Refund once per `key`: the same call again, from any process, returns the refund that was made.

    Raises KeyReused when the key was used with other parameters; nothing is paid then.
    https://docs.stripe.com/api/idempotent_requests
    """
    asked = Refund(f"re_{secrets.token_hex(12)}", key, order_id, amount_cents, currency, customer)
    with ledger.transaction(path(), TABLE) as db:
        db.execute(
            "INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING", astuple(asked)
        )
        made = Refund(*db.execute("SELECT * FROM refunds WHERE key = ?", (key,)).fetchone())
    if made != replace(asked, id=made.id):
        raise KeyReused(f"The key {key!r} already stands for {made}; use a new key for another refund.")
    return made


def refunds() -> list[Refund]:
    """Every refund made, oldest first."""
    with ledger.transaction(path(), TABLE) as db:
        return [Refund(*row) for row in db.execute("SELECT * FROM refunds ORDER BY rowid")]


def money(amount_cents: int, currency: str) -> str:
    """An amount for people: `$500.00`, `¥500`, `500.00 CHF`."""
    digits = next((digits for digits, codes in MINOR_DIGITS.items() if currency in codes.split()), 2)
    units, rest = divmod(amount_cents, 10**digits)
    text = f"{units:,}.{rest:0{digits}}" if digits else f"{units:,}"
    return f"{SYMBOLS[currency]}{text}" if currency in SYMBOLS else f"{text} {currency}"


def path() -> Path:
    """The ledger's file: `PAYMENTS_DB`, or a file in `.approvals` where the program was started."""
    return Path(os.environ.get("PAYMENTS_DB", ".approvals/payments.db"))
