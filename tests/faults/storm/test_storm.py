"""Thirty kills while six people work: nothing is paid twice, nothing decided is lost or left over."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.storm.findings import I5
from tests.faults.storm.run import SMALL, Report, kept_in, run
from tests.faults.storm.site import Json, Screens


@pytest.mark.processes
@pytest.mark.timeout(400)
async def test_every_promise_survives_a_storm(tmp_path: Path) -> None:
    with kept_in(found := tmp_path / "storm.txt") as keep:
        report = await run(tmp_path, SMALL, seed=1)
        keep(report, tmp_path)
    print(report)

    assert report.broken == [], f"the logs are in {found}"
    assert report.delivered > report.approvals
    assert report.settled <= I5
    assert report.happened["kill"] == SMALL.kills
    assert report.runs == SMALL.runs
    assert report.approvals > SMALL.runs


@pytest.mark.parametrize("error", [RuntimeError("lost"), KeyboardInterrupt()], ids=["error", "Ctrl-C"])
def test_a_storm_that_breaks_off_says_why_in_its_file(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), kept_in(tmp_path / "storm.txt"):
        raise error

    assert type(error).__name__ in (tmp_path / "storm.txt").read_text()


def test_what_a_storm_broke_is_kept_with_the_logs(tmp_path: Path) -> None:
    (tmp_path / "web0.log").write_text("what the process said")
    with kept_in(tmp_path / "found" / "storm.txt") as keep:
        keep(Report(1, 2.0, 3, 4, 5, 6, 0, 7.0, Counter(), ["I1: paid twice"]), tmp_path)

    found = (tmp_path / "found" / "storm.txt").read_text()
    assert "I1: paid twice" in found
    assert "what the process said" in found


def test_a_copy_that_was_taken_back_is_counted_and_not_seen_any_more() -> None:
    screens = Screens()
    for ts in ("1.0", "2.0"):
        screens.see(_change(ts, {"metadata": {"event_payload": {"key": "result:t1"}}}))

    assert screens.results["result:t1"] == {("C1", "1.0"), ("C1", "2.0")}

    screens.see(_change("2.0", None))

    assert screens.results["result:t1"] == {("C1", "1.0")}
    assert screens.taken_back == 1


def _change(ts: str, message: Json | None) -> Json:
    return {"path": ["messages", "C1", ts], "value": message}
