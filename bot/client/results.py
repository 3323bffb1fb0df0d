"""What the API tells, as frozen values. Times are aware and in UTC; unknown fields are left out.

States and verdicts are plain text, so that a word of a newer bot is no error here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeAlias

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None

# A failed run goes on only if an operator says so.
OVER = frozenset({"ended", "failed", "lost", "cancelled"})


@dataclass(frozen=True, slots=True)
class Started:
    """A run that is on record. The same key and request again give the same run."""

    thread_id: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stood: starting, running, waiting (for people), ended, failed, lost or cancelled."""

    thread_id: str
    graph: str
    state: str
    channel: str
    requester: str | None
    started_at: datetime
    output: JSON  # the graph's last state, once it has ended
    result: str | None  # the sentence people read in the thread
    failure: str | None
    reference: str | None  # what to quote to the operator
    last_approval: str | None

    @property
    def is_over(self) -> bool:
        """True where nothing more happens by itself."""
        return self.state in OVER

    @property
    def is_waiting(self) -> bool:
        """True while the graph has asked and has not been answered."""
        return self.state == "waiting"


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval in a list: pending, decided, failed, applied, expired, superseded or cancelled."""

    id: str
    state: str
    graph: str
    thread_id: str
    interrupt_id: str
    node: str
    revision: int
    channel: str
    requester: str | None
    asked_at: datetime
    expires_at: datetime | None
    closed_at: datetime | None
    verdict: str | None  # approve, reject, revise or answer; None while nothing is decided


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's say."""

    by: str
    verdict: str
    at: datetime
    text: str | None
    answer: JSON  # only where a form was filled in


@dataclass(frozen=True, slots=True)
class Decision:
    """What the votes came to. `by` is empty where a deadline decided."""

    verdict: str
    by: tuple[str, ...]
    at: datetime
    text: str | None
    answer: JSON  # exactly what the graph gets


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the run raised after the decision; without `retry_at` it waits for an operator."""

    reference: str
    reason: str
    attempts: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApprovalDetails(Approval):
    """Everything about one approval."""

    payload: JSON
    digest: str
    verdicts: tuple[str, ...]  # what its card offers
    votes: tuple[Vote, ...]
    decision: Decision | None
    failure: Failure | None
    closed_why: str | None
    card_link: str | None  # where the card is in Slack
    previous: str | None  # the approval this one revises or replaces
    next: str | None  # the one that took its place


def read_run(told: Any) -> Run:
    """Raises KeyError, TypeError or ValueError for anything but a run of the API."""
    return Run(**_plain(Run, told))


def read_approval(told: Any) -> Approval:
    """One line of a list; raises as `read_run` does."""
    return Approval(**_plain(Approval, told))


def read_details(told: Any) -> ApprovalDetails:
    """One approval; raises as `read_run` does."""
    links = told["links"]
    return ApprovalDetails(
        **_plain(Approval, told),
        payload=told["payload"],
        digest=told["digest"],
        verdicts=tuple(told["verdicts"]),
        votes=tuple(Vote(**_plain(Vote, {"answer": None, **vote})) for vote in told["votes"]),
        decision=_decision(told["decision"]),
        failure=Failure(**_plain(Failure, told["failure"])) if told["failure"] else None,
        closed_why=told["closed_why"],
        card_link=links["card"],
        previous=_last(links["previous"]),
        next=_last(links["next"]),
    )


def _decision(told: Any) -> Decision | None:
    if told is None:
        return None
    plain = _plain(Decision, told)
    return Decision(**plain | {"by": tuple(plain["by"])})


def _plain(kind: type[Any], told: Any) -> dict[str, Any]:
    """The fields of this kind; whatever ends in `at` is a moment."""
    return {field.name: _value(field.name, told[field.name]) for field in fields(kind)}


def _value(name: str, value: Any) -> Any:
    is_time = name == "at" or name.endswith("_at")
    return datetime.fromisoformat(value) if is_time and value is not None else value


def _last(path: str | None) -> str | None:
    return path.rpartition("/")[2] if path else None
