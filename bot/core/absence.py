"""Who is away until when, and who stands in: what that is, and how people say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.core.calendar import local_date, moment
from bot.texts.marks import recorded

LONGEST = 366 * 86_400.0
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}

SPAN = re.compile(r"([0-9]{1,5}) ?(m|h|d|w|minutes?|hours?|days?|weeks?)")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")

HOW = recorded("Say `until friday`, `until 2026-12-24`, `until tomorrow 14:00`, `until 17:30` or `for 3d`.")
AHEAD = recorded("That must lie ahead, and no more than a year. {}")


@dataclass(frozen=True, slots=True)
class Absence:
    """Who is away from when until when, and who stands in; times are seconds since 1970."""

    user: str
    since: float
    until: float
    delegate: str | None = None  # None: nobody


@dataclass(frozen=True, slots=True)
class Leave:
    """What is on record of one person's absences: the one in force, and the trail's last entry."""

    user: str
    absence: Absence | None = None
    version: int = 0
    audit_seq: int = 0
    audit_head: str = ""

    def at(self, now: float) -> Absence | None:
        """The absence in force at this moment. It ends by itself: at `until` it is over."""
        return self.absence if self.absence is not None and now < self.absence.until else None


class NotDone(StrEnum):
    """Why an absence was not recorded; each has its sentence in `blocks/absences.py`."""

    YOU = "you"  # guests, bots and people of other workspaces decide nothing, so nobody stands in for them
    YOURSELF = "yourself"
    NO_MEMBER = "no_member"  # whoever stands in must be a full, active member of the workspace
    NOTHING = "nothing"  # there is no absence to end
    CANNOT_CHECK = "cannot_check"  # Slack does not tell who somebody is


class UnclearTime(ValueError):
    """What somebody said is no moment we understand; the message says what would be."""


def read_until(words: Sequence[str], now: float, zone: str) -> float:
    """The moment that `until friday 14:00` or `for 3d` names, for somebody in this zone.

    A day by itself is its beginning: until Friday, Friday is not included. Raises UnclearTime.
    """
    match [word.lower() for word in words]:
        case ["for", *span]:
            until = now + _span(" ".join(span))
        case ["until", clock] if CLOCK.fullmatch(clock):
            today = moment(zone, local_date(zone, now), _minutes(clock))
            until = today if today > now else moment(zone, _day("tomorrow", now, zone), _minutes(clock))
        case ["until", day]:
            until = moment(zone, _day(day, now, zone), 0)
        case ["until", day, clock] if CLOCK.fullmatch(clock):
            until = moment(zone, _day(day, now, zone), _minutes(clock))
        case _:
            raise UnclearTime(HOW)
    if not now < until <= now + LONGEST:
        raise UnclearTime(AHEAD.format(HOW))
    return until


def _span(said: str) -> float:
    match = SPAN.fullmatch(said)
    if match is None:
        raise UnclearTime(HOW)
    return float(int(match[1]) * UNITS[match[2][0]])


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _day(said: str, now: float, zone: str) -> date:
    today = local_date(zone, now)
    if said in ("today", "tomorrow"):
        return today + timedelta(days=said == "tomorrow")
    named = [number for number, day in enumerate(WEEKDAYS) if said in (day, day[:3])]
    if named:
        return today + timedelta(days=(named[0] - today.weekday() - 1) % 7 + 1)  # today's name: in a week
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise UnclearTime(HOW) from None
