"""Working time is what the clock on the wall says, also on the days when it is changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.calendar import Hours, after_working, is_working, next_working

BERLIN = Hours("Europe/Berlin", holidays=("2026-12-25",))
EVERY_DAY = tuple(range(7))


def at(text: str, zone: str = "Europe/Berlin") -> float:
    """A moment by the clock on the wall; a `*` at the end is the second time it shows this."""
    fold = int(text.endswith("*"))
    return datetime.fromisoformat(text.rstrip("*")).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-20 08:59", "2026-11-20 09:00"),
        ("2026-11-20 09:00", "2026-11-20 09:00"),
        ("2026-11-20 17:59", "2026-11-20 17:59"),
        ("2026-11-20 18:00", "2026-11-23 09:00"),  # a Friday evening: the Monday after
        ("2026-11-21 12:00", "2026-11-23 09:00"),
        ("2026-12-24 18:00", "2026-12-28 09:00"),  # the holiday is a Friday
        ("2026-03-28 12:00", "2026-03-30 09:00"),  # the clock is put forward in between
        ("2026-10-24 12:00", "2026-10-26 09:00"),  # and back
    ],
)
def test_the_next_working_minute(now: str, then: str) -> None:
    assert next_working(BERLIN, at(now)) == at(then)


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        ("2026-11-20 10:00", 8, "2026-11-20 18:00"),
        ("2026-11-20 17:00", 8, "2026-11-23 16:00"),
        ("2026-11-20 17:00", 1, "2026-11-20 18:00"),
        ("2026-11-21 03:00", 9, "2026-11-23 18:00"),
        ("2026-12-24 17:00", 2, "2026-12-28 10:00"),
        ("2026-03-27 17:00", 2, "2026-03-30 10:00"),
        ("2026-10-23 17:00", 2, "2026-10-26 10:00"),
    ],
)
def test_hours_of_work_run_only_while_people_work(begin: str, hours: int, end: str) -> None:
    assert after_working(BERLIN, at(begin), hours * 3600) == at(end)


def test_a_day_on_which_the_clock_is_put_forward_has_an_hour_less() -> None:
    around_the_clock = Hours("Europe/Berlin", 0, 24 * 60, EVERY_DAY)

    assert after_working(around_the_clock, at("2026-03-29 00:00"), 23 * 3600) == at("2026-03-30 00:00")
    assert after_working(around_the_clock, at("2026-10-25 00:00"), 25 * 3600) == at("2026-10-26 00:00")


def test_a_boundary_that_the_clock_skips_is_the_moment_of_the_change() -> None:
    night = Hours("Europe/Berlin", 2 * 60 + 30, 5 * 60, EVERY_DAY)

    assert next_working(night, at("2026-03-29 01:00")) == at("2026-03-29 03:00")
    assert after_working(night, at("2026-03-29 01:00"), 2 * 3600) == at("2026-03-29 05:00")


def test_a_boundary_that_the_clock_shows_twice_counts_the_first_time() -> None:
    night = Hours("Europe/Berlin", 60, 2 * 60 + 30, EVERY_DAY)

    assert is_working(night, at("2026-10-25 02:29"))
    assert not is_working(night, at("2026-10-25 02:30"))
    assert not is_working(night, at("2026-10-25 02:10*"))
    assert next_working(night, at("2026-10-25 02:10*")) == at("2026-10-26 01:00")


def test_a_calendar_without_any_working_day_ends() -> None:
    days = [datetime(2026, 1, 1) + timedelta(days=number) for number in range(4000)]  # noqa: DTZ001 (days only)
    never = Hours("UTC", holidays=tuple(day.date().isoformat() for day in days))

    assert next_working(never, at("2026-01-01 00:00", "UTC")) > at("2035-12-31 00:00", "UTC")


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
MOMENTS = st.integers(1_767_225_600, 1_830_297_600).map(float)  # 2026 and 2027


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    start = draw(st.integers(0, 23 * 60))
    end = draw(st.integers(start + 60, 24 * 60))  # an hour a week at least: nobody counts in decades
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    return Hours(draw(ZONES), start, end, tuple(sorted(days)))


@given(calendars(), MOMENTS)
def test_what_is_next_is_working_time_and_nothing_before_it_is(hours: Hours, now: float) -> None:
    then = next_working(hours, now)

    assert then >= now
    assert is_working(hours, then)
    if then > now:
        assert not is_working(hours, now)
        assert not is_working(hours, (now + then) / 2)
        assert not is_working(hours, then - 1)


@given(calendars(), MOMENTS, st.integers(0, 40_000), st.integers(0, 40_000))
def test_working_time_adds_up(hours: Hours, now: float, first: int, then: int) -> None:
    at_once = after_working(hours, now, first + then)

    assert after_working(hours, after_working(hours, now, first), then) == at_once
    assert at_once >= now + first + then


@given(calendars(), MOMENTS, st.integers(1, 40_000))
def test_more_work_is_never_done_earlier(hours: Hours, now: float, seconds: int) -> None:
    assert after_working(hours, now, seconds) > after_working(hours, now, seconds - 1)
    assert after_working(hours, now + 60, seconds) >= after_working(hours, now, seconds)


@given(MOMENTS)
def test_outside_of_the_two_changes_it_is_the_clock_on_the_wall(now: float) -> None:
    local = datetime.fromtimestamp(now, ZoneInfo("Europe/Berlin"))
    open_then = local.weekday() < 5 and 9 <= local.hour < 18 and local.date().isoformat() != "2026-12-25"

    assert is_working(BERLIN, now) == open_then
