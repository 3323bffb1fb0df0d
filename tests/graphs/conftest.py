"""Every test of the example graphs writes to ledgers of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def ledgers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYMENTS_DB", str(tmp_path / "payments.db"))
    monkeypatch.setenv("ACTIONS_DB", str(tmp_path / "actions.db"))
    monkeypatch.setenv("OUTBOX_DB", str(tmp_path / "outbox.db"))
