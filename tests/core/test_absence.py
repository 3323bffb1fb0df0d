"""How people say until when they are away, each in their own zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.absence import Absence, Leave, UnclearTime, read_until
from tests.core.test_calendar import at

NOW = at("2026-11-21 12:00")  # a Saturday, in Berlin


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("until monday", "2026-11-23 00:00"),
        ("until Fri", "2026-11-27 00:00"),
        ("until saturday", "2026-11-28 00:00"),  # today is one: the next
        ("until tomorrow", "2026-11-22 00:00"),
        ("until tomorrow 14:00", "2026-11-22 14:00"),
        ("until today 17:30", "2026-11-21 17:30"),
        ("until 17:30", "2026-11-21 17:30"),
        ("until 9:00", "2026-11-22 09:00"),  # has been today
        ("until friday 08:15", "2026-11-27 08:15"),
        ("until 2026-12-24", "2026-12-24 00:00"),
        ("until 2026-12-24 16:00", "2026-12-24 16:00"),
        ("until 2027-03-28 02:30", "2027-03-28 03:00"),  # the clock is put forward over it
        ("for 90m", "2026-11-21 13:30"),
        ("for 3d", "2026-11-24 12:00"),
        ("for 2 weeks", "2026-12-05 12:00"),
        ("FOR 1 DAY", "2026-11-22 12:00"),
    ],
)
def test_until_when(said: str, meant: str) -> None:
    assert read_until(said.split(), NOW, "Europe/Berlin") == at(meant)


def test_a_day_begins_where_the_person_is() -> None:
    said = ("until", "monday")

    assert read_until(said, NOW, "America/New_York") - read_until(said, NOW, "Europe/Berlin") == 6 * 3600


@pytest.mark.parametrize(
    "said",
    [
        *(
            "",
            "until",
            "for",
            "friday",
            "until someday",
            "until friday friday",
            "for ever",
            "for 0d",
            "for -3d",
        ),
        *(
            "until 2026-11-20",
            "until today",
            "until 2026-13-40",
            "until 25:00",
            "for 9999w",
            "until 99999-1-1",
        ),
        *("for 3d please", "until friday 25:00", "until 2030-01-01", "for 3 parsecs", "until ²026-12-24"),
    ],
)
def test_what_is_no_moment_ahead_is_answered_with_what_would_be(said: str) -> None:
    with pytest.raises(UnclearTime, match="Say `until friday`"):
        read_until(said.split(), NOW, "Europe/Berlin")


@given(st.lists(st.text(max_size=12), max_size=4))
def test_whatever_people_type_is_a_moment_ahead_or_a_sentence(words: list[str]) -> None:
    for said in (words, ["until", *words], ["for", *words]):
        try:
            assert read_until(said, NOW, "Europe/Berlin") > NOW
        except UnclearTime:
            continue


@given(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), st.integers(0, 10_000_000))
def test_a_weekday_is_the_next_of_that_name(day: str, later: int) -> None:
    now, zone = NOW + later, ZoneInfo("Europe/Berlin")
    until = datetime.fromtimestamp(read_until(["until", day], now, "Europe/Berlin"), zone)

    assert (until.strftime("%a").lower(), until.hour, until.minute) == (day, 0, 0)
    assert 0 < (until.date() - datetime.fromtimestamp(now, zone).date()).days <= 7


def test_an_absence_is_over_at_its_very_end() -> None:
    leave = Leave("U0ANA", Absence("U0ANA", 10.0, 20.0, "U0BEN"))

    assert leave.at(19.999) is not None
    assert leave.at(20.0) is None
