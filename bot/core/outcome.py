"""What happened to one attempt: a value, not an exception, with all a sentence needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.core.model import Approval
from bot.core.policy import Why


class Kind(StrEnum):
    """How an attempt ended."""

    DECIDED = "decided"  # this vote decided it
    COUNTED = "counted"  # recorded; more people are needed
    REPEATED = "repeated"  # the same gesture again, or a second vote of the same person
    TOO_LATE = "too_late"  # it was decided, replaced, expired or cancelled before
    REFUSED = "refused"  # not allowed; `why` says the reason
    BAD_ANSWER = "bad_answer"  # the words cannot be given to this graph; `sentence` says why
    UNKNOWN = "unknown"  # no such approval in our record
    COMMENTED = "commented"  # a reply kept as a comment
    NOT_RECORDED = "not_recorded"  # the record is unavailable: press again
    WITHDRAWN = "withdrawn"  # the run goes no further, unless somebody decided first
    CONFIRM = "confirm"  # nothing done yet: `sentence` is what the person must type first
    READY = "ready"  # nothing done yet: the person may go on (open the form)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's end. `approval` is the record as it stands now."""

    kind: Kind
    approval: Approval | None = None
    why: Why | None = None
    sentence: str | None = None

    @property
    def recorded(self) -> bool:
        """True if the gesture counts, whether now or when it came the first time."""
        return self.kind in (Kind.DECIDED, Kind.COUNTED, Kind.REPEATED, Kind.COMMENTED)
