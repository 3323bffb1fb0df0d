"""Run coroutines one step at a time in a seeded order, killing processes and losing replies between steps.

Nothing here is asyncio: a coroutine is moved by hand from one `point` to the next, so that the same seed
always gives the same run, and a failure can be replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from random import Random
from types import coroutine
from typing import Any


class Killed(BaseException):
    """The process is dead: nothing it does from now on has an effect."""


class Lost(Exception):
    """The reply of this call, or the call itself, was lost; the caller's port turns it into its own error."""


@dataclass(slots=True, eq=False)
class Process:
    """One operating system process: when it dies, everything it was doing stops at once."""

    name: str
    alive: bool = True
    frozen: bool = False

    @coroutine
    def point(self, where: str) -> Generator[str, None, None]:
        """Give the others a turn: the world may change. Raises Killed if this process is dead by then."""
        if not self.alive:
            raise Killed
        yield where
        if not self.alive:
            raise Killed


Body = Callable[[Process], Coroutine[Any, Any, None]]


@dataclass(slots=True, eq=False)
class Job:
    """One coroutine on one process; `on_death` is told if the process dies under it."""

    process: Process
    coroutine: Coroutine[Any, Any, None]
    label: str
    on_death: Callable[[], None] = lambda: None
    since: int = 0  # which moment of the judge's it goes by


@dataclass(slots=True)
class Scheduler:
    """Chooses who moves next, and what goes wrong. `trace` is what a failure prints."""

    chance: Random
    crashes: int = 0
    losses: int = 0
    freezes: bool = False  # whether some process may be stopped
    lost: int = 0  # how many replies were lost so far
    jobs: list[Job] = field(default_factory=list)
    moving: Job | None = None  # whose turn it is
    trace: list[str] = field(default_factory=list)
    points: set[str] = field(default_factory=set)
    crash_at: Callable[[int, str], bool] | None = None  # for exhaustive runs: exactly here
    lose_at: int | None = None  # the same for replies: exactly this one
    replies: int = 0
    steps: int = 0

    def spawn(
        self, process: Process, body: Body, label: str, on_death: Callable[[], None] = lambda: None
    ) -> None:
        """Begin a job; it moves when it is chosen."""
        self.jobs.append(Job(process, body(process), label, on_death))

    def step(self) -> bool:
        """Move one job to its next point; False when there is none."""
        ready = [job for job in self.jobs if not job.process.frozen] if self.freezes else self.jobs
        if not ready:
            return False
        job = self.moving = ready[self.chance.randrange(len(ready))]
        self.steps += 1
        try:
            where = job.coroutine.send(None)
        except StopIteration:
            self.jobs.remove(job)
            return True
        except Killed:
            self.jobs.remove(job)
            return True
        self.trace.append(f"{job.process.name} {job.label} {where}")
        self.points.add(where)
        if self._dies(where):
            self.kill(job.process)
        return True

    def _dies(self, where: str) -> bool:
        if self.crash_at is not None:
            return self.crash_at(self.steps, where)
        if self.crashes > 0 and self.chance.random() < 0.02:
            self.crashes -= 1
            return True
        return False

    def kill(self, process: Process) -> None:
        """kill -9: every job of this process ends here, and no `finally` of it reaches the world."""
        self.trace.append(f"--- {process.name} is killed")
        process.alive = False
        for job in [job for job in self.jobs if job.process is process]:
            self.jobs.remove(job)
            try:
                job.coroutine.throw(Killed())
            except (Killed, StopIteration):
                job.on_death()
            else:
                raise AssertionError(f"{job.label} went on after its process died")

    def loses(self) -> bool:
        """Whether this call's reply is lost now."""
        self.replies += 1
        if self.lose_at is not None:
            loses = self.replies == self.lose_at
        else:
            loses = self.losses > 0 and self.chance.random() < 0.03
            self.losses -= loses
        if loses:
            self.lost += 1
            self.trace.append("--- a reply is lost")
        return loses
