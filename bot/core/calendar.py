"""Count working time: when the next working minute is, and when so many working hours have passed.

A day's hours begin and end by the clock on the wall of their zone. On the two days when that clock is put
forward or back, a boundary that does not exist is the moment of the change, and one that comes twice is the
first of the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Nobody works again within ten years: a calendar of nothing but holidays. Then it is that day.
FARTHEST = 3_660


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work: minutes of the day in a zone, weekdays from 0 (Monday), days off as 2026-12-25."""

    zone: str
    start: int = 9 * 60
    end: int = 18 * 60
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: tuple[str, ...] = ()


def is_working(hours: Hours, at: float) -> bool:
    """True in working time; the first moment belongs to it, the last one does not."""
    return next_working(hours, at) == at


def next_working(hours: Hours, at: float) -> float:
    """The first moment from `at` on (seconds since 1970) that is working time: `at` itself, if it is."""
    return next((max(at, start) for start, _ in _spells(hours, at)), _far(at))


def after_working(hours: Hours, at: float, seconds: float) -> float:
    """The moment when so many seconds of working time have passed since `at`."""
    left = seconds
    for start, end in _spells(hours, at):
        begin = max(at, start)
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return _far(at)


def moment(zone: str, day: date, minutes: int) -> float:
    """When the clock on the wall says so; see above for the days on which it is changed."""
    tz, wanted = ZoneInfo(zone), datetime.combine(day, time()) + timedelta(minutes=minutes)
    after, before = (wanted.replace(tzinfo=tz, fold=fold).timestamp() for fold in (0, 1))
    if after <= before:  # the clock shows it, once or twice
        return after
    return _change(tz, before, after)


def local_date(zone: str, at: float) -> date:
    """The day it is there and then."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).date()


def _change(tz: ZoneInfo, low: float, high: float) -> float:
    """The second between the two at which the clock is put forward."""
    offset = datetime.fromtimestamp(low, tz).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        same = datetime.fromtimestamp(middle, tz).utcoffset() == offset
        low, high = (middle, high) if same else (low, middle)
    return high


def _spells(hours: Hours, at: float) -> Iterator[tuple[float, float]]:
    """The stretches of working time that end after `at`, in order."""
    today = local_date(hours.zone, at)
    for number in range(FARTHEST):
        day = today + timedelta(days=number)
        if day.weekday() in hours.days and day.isoformat() not in hours.holidays:
            start, end = (moment(hours.zone, day, minutes) for minutes in (hours.start, hours.end))
            if start < end and at < end:
                yield start, end


def _far(at: float) -> float:
    return at + FARTHEST * 86_400.0
