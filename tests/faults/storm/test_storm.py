"""Thirty kills while six people work: nothing is paid twice, nothing decided is lost or left over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.storm.run import SMALL, run


@pytest.mark.processes
@pytest.mark.timeout(400)
async def test_every_promise_survives_a_storm(tmp_path: Path) -> None:
    report = await run(tmp_path, SMALL, seed=1)
    print(report)

    assert report.broken == []
    assert report.happened["kill"] == SMALL.kills
    assert report.runs == SMALL.runs
    assert report.approvals > SMALL.runs
