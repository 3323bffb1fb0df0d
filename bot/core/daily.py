"""When a channel gets its daily summary: once on each day, at a time on the wall of some zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.policy import Policies, Policy

# Later than this the day's summary is left out: a summary of the morning is no use in the evening.
LATEST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Daily:
    """The appointment of one channel: `at` is like "09:00", `zone` like "Europe/Berlin"."""

    channel: str
    at: str
    zone: str


def appointments(policies: Policies, default_channel: str | None) -> tuple[Daily, ...]:
    """One for each channel that a policy with `digest` posts to; of several the earliest holds."""
    found: dict[str, Daily] = {}
    for policy in (policies.default, *policies.graphs.values()):
        for daily in _of(policy, default_channel):
            known = found.get(daily.channel)
            if known is None or (daily.at, daily.zone) < (known.at, known.zone):
                found[daily.channel] = daily
    return tuple(found[channel] for channel in sorted(found))


def _of(policy: Policy, default_channel: str | None) -> Iterable[Daily]:
    channel = policy.channel or default_channel
    return [Daily(channel, policy.digest, policy.digest_zone)] if policy.digest and channel else []


def due_day(daily: Daily, now: float) -> str | None:
    """The date, in the appointment's zone, whose summary is due at this moment; None: it is not its time."""
    here = datetime.fromtimestamp(now, ZoneInfo(daily.zone)).replace(tzinfo=None)
    for day in (here.date(), here.date() - timedelta(days=1)):
        begins = datetime.combine(day, time.fromisoformat(daily.at))
        if begins <= here < begins + LATEST:
            return day.isoformat()
    return None
