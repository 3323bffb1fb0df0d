"""What approvals.toml says of time: deadlines, reminders, escalation, and when people work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Protocol, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from bot.core import approvers as people
from bot.core.calendar import Hours
from bot.core.policy import Escalate, Policy
from bot.core.slack_ids import CHANNEL_ID
from bot.toml_lines import Where
from bot.who_decides import Approvers, Table, one_of

ChannelId = Annotated[str, one_of(CHANNEL_ID, "channel id like C0123ABCD")]

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = 366 * UNITS["d"]
LONGEST_KEPT = 3660 * UNITS["d"]


def _seconds(value: object, longest: float = LONGEST) -> float:
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('must be a duration like "90m", "24h" or "7d"')
    seconds = int(match[1]) * UNITS[match[2]]
    if not 0 < seconds <= longest:
        raise ValueError(f"must be longer than nothing and at most {longest // UNITS['d']:.0f} days")
    return float(seconds)


Duration = Annotated[float, BeforeValidator(_seconds)]
Retention = Annotated[float, BeforeValidator(lambda value: _seconds(value, LONGEST_KEPT))]


def _clock(value: object) -> int:
    match = re.fullmatch(r"([0-9]{2}):([0-5][0-9])", value) if isinstance(value, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match is not None else -1
    if not 0 <= minutes <= 24 * 60:
        raise ValueError('must be a time of day like "09:00"')
    return minutes


def known_zone(value: str) -> str:
    """A name of the time zone database. Raises ValueError."""
    if value not in available_timezones():
        raise ValueError('must be a time zone like "Europe/Berlin"')
    return value


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError('must be a date like "2026-12-25"') from None


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class WorkingHours(Table):
    """When people work; outside of it nobody is reminded."""

    zone: Annotated[str, AfterValidator(known_zone)]
    start: Annotated[int, BeforeValidator(_clock), Field(alias="from")] = 9 * 60
    end: Annotated[int, BeforeValidator(_clock), Field(alias="to")] = 18 * 60
    days: list[Day] = Field(default=["mon", "tue", "wed", "thu", "fri"], min_length=1)
    holidays: list[Annotated[str, AfterValidator(_date)]] = Field(default=[])

    def made(self) -> Hours:
        """As the core counts them."""
        days = tuple(number for number, day in enumerate(get_args(Day)) if day in self.days)
        return Hours(self.zone, self.start, self.end, days, tuple(sorted(self.holidays)))


class Escalation(Table):
    """Who may answer, too or instead, when nobody decided in time."""

    after: Duration
    approvers: Approvers
    mode: Literal["add", "replace"] = "add"
    channel: ChannelId | None = None

    def made(self) -> Escalate:
        """As the core applies it."""
        named = people.Approvers(frozenset(self.approvers.users), frozenset(self.approvers.groups))
        return Escalate(self.after, named, instead=self.mode == "replace", channel=self.channel)


class Said(Protocol):
    """A table of the file that says something of time."""

    hours: WorkingHours | None
    escalate: Escalation | None

    @property
    def model_fields_set(self) -> set[str]: ...


def out_of_time(where: Where, rules: Said, policy: Policy) -> Iterator[tuple[Where, str]]:
    """Times that do not fit together."""
    said, escalate = rules.model_fields_set, rules.escalate
    if rules.hours is not None and rules.hours.start >= rules.hours.end:
        yield (*where, "hours"), "`from` must be before `to`, on one day"
    if "count" in said and policy.working_time and (policy.hours is None or policy.expires_in is None):
        yield (*where, "count"), "needs `hours`, and `expires_in` to be counted"
    if "remind_at_most" in said and policy.remind_every is None:
        yield (*where, "remind_at_most"), "does nothing without `remind_every`"
    if escalate is None:
        return
    named = escalate.approvers
    if not named.users and not named.groups:
        yield (*where, "escalate", "approvers"), "names nobody"
    elif escalate.mode == "replace" and not named.groups and len(set(named.users)) < _most(policy):
        yield (*where, "escalate", "approvers"), f"{_most(policy)} people must approve, but fewer are named"
    if policy.expires_in is not None and not policy.working_time and escalate.after >= policy.expires_in:
        yield (*where, "escalate", "after"), "comes too late: the deadline is sooner"


def _most(policy: Policy) -> int:
    """How many people it takes where nobody has said anything, by the graph's own stages or by one rule."""
    asked = [(policy.stages, 1), *((rule.stages or policy.stages, rule.quorum) for rule in policy.rules)]
    quorums = [[max(stage.quorum, least) for stage in stages] for stages, least in asked]
    return max(sum(each) if policy.distinct else max(each) for each in quorums)
