"""The server's clock, reckoned between its answers, so that nobody has to ask for the time alone."""

from __future__ import annotations

import time
from collections.abc import Callable

# Seconds. An answer that took longer says too little of the moment it came from; one this old is asked anew.
# Two clocks drift apart by far less in that time than an answer takes.
QUICK, FRESH = 0.05, 10.0


class Moment:
    """What the server's clock says, as its last answers tell: never ahead of it, at most QUICK behind.

    Good enough to write down when something happened. Whatever depends on a moment (a deadline, a lease)
    is compared inside the server, by its own clock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said = 0.0
        self._heard = float("-inf")

    def ask(self) -> float:
        """The mark to hand to `heard` together with the answer."""
        return self._clock()

    def heard(self, now: float, asked: float) -> None:
        """The server said that it is `now`, in answer to a question that was asked at the mark."""
        heard = self._clock()
        if heard - asked <= QUICK:
            self._said, self._heard = now, heard

    def now(self) -> float | None:
        """Seconds since 1970; None: it must be asked."""
        age = self._clock() - self._heard
        return self._said + age if age <= FRESH else None
