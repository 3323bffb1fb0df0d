"""When a channel gets its daily summary."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.daily import Daily, appointments, due_day
from bot.core.policy import Policies, Policy

BERLIN = Daily("C1", "09:00", "Europe/Berlin")


def at(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-05 08:59:59", None),
        ("2026-01-05 09:00", "2026-01-05"),
        ("2026-01-05 14:59:59", "2026-01-05"),
        ("2026-01-05 15:00", None),
        ("2026-07-05 09:00", "2026-07-05"),
        ("2026-03-29 09:00", "2026-03-29"),
    ],
)
def test_a_summary_is_due_for_six_hours_by_the_clock_on_the_wall(moment: str, day: str | None) -> None:
    assert due_day(BERLIN, at(moment)) == day


def test_the_zone_decides_which_day_it_is() -> None:
    moment = datetime(2026, 1, 5, 20, 30, tzinfo=UTC).timestamp()

    assert due_day(Daily("C1", "09:00", "Pacific/Auckland"), moment) == "2026-01-06"
    assert due_day(Daily("C1", "12:00", "America/Los_Angeles"), moment) == "2026-01-05"
    assert due_day(Daily("C1", "09:00", "UTC"), moment) is None


def test_a_late_summary_belongs_to_the_day_before_midnight() -> None:
    assert due_day(Daily("C1", "23:00", "Europe/Berlin"), at("2026-01-06 01:00")) == "2026-01-05"


def test_an_hour_that_comes_twice_or_never_is_one_day_all_the_same() -> None:
    odd = Daily("C1", "02:30", "Europe/Berlin")

    assert (
        due_day(odd, at("2026-10-25 02:30")) == due_day(odd, at("2026-10-25 02:30", fold=1)) == "2026-10-25"
    )
    assert due_day(odd, at("2026-03-29 03:00")) == "2026-03-29"


def test_each_channel_has_one_appointment_the_earliest() -> None:
    policies = Policies(
        Policy(digest="10:00"),
        {
            "refund": Policy(channel="C1", digest="09:00", digest_zone="Europe/Berlin"),
            "plan": Policy(channel="C1", digest="08:00"),
            "quiet": Policy(channel="C2"),
        },
    )

    assert appointments(policies, "C0OPS") == (Daily("C0OPS", "10:00", "UTC"), Daily("C1", "08:00", "UTC"))
    assert appointments(policies, None) == (Daily("C1", "08:00", "UTC"),)
