"""Read the filters of `/approvals`, such as `mine graph:refund older:2h photo`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.core.model import Approval, State
from bot.core.payload import content
from bot.core.policy import USER_ID
from bot.core.slack_ids import CHANNEL_ID
from bot.texts.marks import recorded

LONGEST = 400  # bytes of all filters together: they travel in a button's value, up to three letters each

POSSIBLE = recorded(
    "Possible are mine, waiting, overdue, due:2h, graph:refund, channel:#refunds, from:@ana, older:2h, "
    "and words of the title or the summary."
)

UNHEARD = recorded("I do not understand “{}”. {}")
TOO_LONG = recorded("That is too long to be searched for. {}")

_UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"([1-9][0-9]{0,3})([mhdw])", re.ASCII)

# With `should_escape` Slack sends `<#C123|refunds>` and `<@U123|ana>`.
# https://docs.slack.dev/interactivity/implementing-slash-commands#escaping
_ESCAPED = re.compile(r"<[#@]([A-Z0-9]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which pending approvals are wanted; all that is said must hold. Durations are seconds."""

    mine: bool = False
    graph: str | None = None
    channel: str | None = None
    requester: str | None = None
    older: float | None = None
    due: float | None = None  # the deadline comes within this; 0: it has passed
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The same filters as somebody would type them; reading that gives these again."""
        named = (
            ("graph", self.graph),
            ("channel", self.channel),
            ("from", self.requester),
            ("older", _duration(self.older)),
            ("due", _duration(self.due)),
        )
        given = [f"{name}:{value}" for name, value in named if value]
        flags = [word for word, said in (("mine", self.mine), ("overdue", self.due == 0)) if said]
        return " ".join([*flags, *given, *self.words])


@dataclass(frozen=True, slots=True)
class WrongFilter:
    """A filter nobody understands, in a sentence for who typed it."""

    sentence: str


def read_filters(words: Sequence[str], me: str) -> Filters | WrongFilter:
    """What the words ask for; `me` is who asks, for `from:me`."""
    found = Filters()
    for word in words:
        read = _read(word, found, me)
        if read is None:
            return WrongFilter(UNHEARD.format(word, POSSIBLE))
        found = read
    if len(str(found).encode()) > LONGEST:
        return WrongFilter(TOO_LONG.format(POSSIBLE))
    return found


def fits(filters: Filters, approval: Approval, now: float) -> bool:
    """Whether a pending approval is wanted; who may decide it (`mine`) is not asked here."""
    return (
        approval.state is State.PENDING
        and filters.graph in (None, approval.request.graph)
        and filters.channel in (None, approval.channel)
        and filters.requester in (None, approval.requester)
        and (filters.older is None or approval.asked_at < now - filters.older)
        and (filters.due is None or is_due(approval, now + filters.due))
        and (not filters.words or _says(approval, filters.words))
    )


def is_due(approval: Approval, by: float) -> bool:
    """Whether its deadline comes no later than that moment."""
    return approval.expires_at is not None and approval.expires_at <= by


def _says(approval: Approval, words: tuple[str, ...]) -> bool:
    told = content(approval.request)
    text = f"{told.title}\n{told.summary}".casefold()
    return all(word in text for word in words)


def _read(word: str, so_far: Filters, me: str) -> Filters | None:
    """The filters with one more; None where the word is none."""
    match word.lower():
        case "mine":
            return replace(so_far, mine=True)
        case "waiting":
            return so_far
        case "overdue":
            return replace(so_far, due=0.0)
    name, colon, value = word.partition(":")
    if not colon:
        return replace(so_far, words=(*so_far.words, word.casefold()))
    reader = _NAMED.get(name.lower())
    return reader(so_far, value, me) if reader and value else None


def _graph(so_far: Filters, value: str, me: str) -> Filters | None:
    return replace(so_far, graph=value)


def _channel(so_far: Filters, value: str, me: str) -> Filters | None:
    found = _id(value, CHANNEL_ID)
    return replace(so_far, channel=found) if found else None


def _from(so_far: Filters, value: str, me: str) -> Filters | None:
    found = me if value.lower() == "me" else _id(value, USER_ID)
    return replace(so_far, requester=found) if found else None


def _older(so_far: Filters, value: str, me: str) -> Filters | None:
    seconds = _seconds(value)
    return replace(so_far, older=seconds) if seconds else None


def _due(so_far: Filters, value: str, me: str) -> Filters | None:
    seconds = _seconds(value)
    return replace(so_far, due=seconds) if seconds else None


_NAMED: Mapping[str, Callable[[Filters, str, str], Filters | None]] = MappingProxyType(
    {"graph": _graph, "channel": _channel, "from": _from, "older": _older, "due": _due}
)


def _id(value: str, kind: re.Pattern[str]) -> str | None:
    """The id in what Slack made of a name, or an id as it is."""
    escaped = _ESCAPED.fullmatch(value)
    found = escaped[1] if escaped else value
    return found if kind.fullmatch(found) else None


def _seconds(value: str) -> float | None:
    match = _DURATION.fullmatch(value.lower())
    return float(int(match[1]) * _UNITS[match[2]]) if match else None


def _duration(seconds: float | None) -> str | None:
    """`2h`, in minutes where no larger unit fits; None for none, and for the nothing of `overdue`."""
    if not seconds:
        return None
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{int(seconds // _UNITS[unit])}{unit}"
