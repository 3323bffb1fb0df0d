"""Misbehaviour on purpose: what can go wrong between an app and Slack, switched on by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random


class FaultKind(StrEnum):
    """The first five concern calls to the Web API, the rest what is delivered to the app."""

    RATE_LIMITED = "rate_limited"
    """429 with Retry-After: `seconds`; the work is not done."""
    SERVER_ERROR = "server_error"
    """HTTP `status` (503 unless told); the work is not done."""
    HANG = "hang"
    """The answer comes `seconds` late; the work is done at once."""
    LOSE_REPLY = "lose_reply"
    """The work is done, then the connection drops: the app cannot know."""
    DROP = "drop"
    """The connection drops before any work."""
    DUPLICATE = "duplicate"
    """The same delivery comes twice at the same time."""
    DELAY = "delay"
    """The delivery comes `seconds` late."""
    REORDER = "reorder"
    """The delivery waits until the next one has gone out, for `seconds` at most."""
    DROP_ANSWER = "drop_answer"
    """The app gets the delivery, but its answer is lost: Slack takes it for a failure."""
    NEVER = "never"
    """The delivery never reaches the app."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`target` is a method name or pattern (`chat.*`), or `event`, `interaction`, `command` for deliveries.

    It strikes `times` times (None: for ever), each time with `chance`, after letting `after` chances pass.
    """

    kind: FaultKind
    target: str = "*"
    times: int | None = 1
    chance: float = 1.0
    after: int = 0
    seconds: float = 1.0
    status: int = 503


DELIVERIES = ("event", "interaction", "command")
API_KINDS = (
    FaultKind.RATE_LIMITED,
    FaultKind.SERVER_ERROR,
    FaultKind.HANG,
    FaultKind.LOSE_REPLY,
    FaultKind.DROP,
)


class Faults:
    """The faults in force; the seed makes chance repeatable."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._active: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._active.append(fault)

    def clear(self) -> None:
        self._active.clear()

    def seed(self, seed: int) -> None:
        self._random.seed(seed)

    def active(self) -> list[Fault]:
        return list(self._active)

    def strike(self, target: str) -> Fault | None:
        """The fault that hits this call or delivery, used up by one."""
        for place, fault in enumerate(self._active):
            if not _fits(fault, target):
                continue
            if fault.after:
                self._active[place] = replace(fault, after=fault.after - 1)
            elif self._random.random() < fault.chance:
                self._use_up(place, fault)
                return fault
        return None

    def _use_up(self, place: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times <= 1:
            del self._active[place]
        else:
            self._active[place] = replace(fault, times=fault.times - 1)


def _fits(fault: Fault, target: str) -> bool:
    about_delivery = target in DELIVERIES
    return about_delivery == (fault.kind not in API_KINDS) and fnmatchcase(target, fault.target)
