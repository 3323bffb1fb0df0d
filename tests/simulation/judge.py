"""Somebody beside the record who reads the rules a second time, for every vote and every decision in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any

from bot.core.audit import Entry
from bot.core.model import JSON, Approval, Click, Source, State, Verdict, Vote
from bot.ports import Record, Swapped
from tests.fakes import Clock, FakeStore
from tests.simulation.reading import YES, Moment, Reading, says_yes
from tests.simulation.scheduler import Scheduler


class Judge:
    """What was so when, who pressed what, and everything that was recorded against the rules."""

    def __init__(self, clock: Clock, scheduler: Scheduler) -> None:
        self.clock, self.scheduler = clock, scheduler
        self.moments: list[Moment] = []
        self.clicks: dict[str, Click] = {}
        self.faults: list[str] = []
        self.agreements = 0  # consents of several people, or stages, that came to something

    def note(self, moment: Moment) -> None:
        """From now on this is so."""
        if not self.moments or self.moments[-1] != moment:
            self.moments.append(moment)

    def reads(self) -> None:
        """Whoever reads the record asks for the rules and the people after that."""
        if self.scheduler.moving is not None:
            self.scheduler.moving.since = len(self.moments) - 1

    def recorded(self, before: Approval, after: Approval) -> None:
        """A change was recorded: by what was so since its writer read the record it must have been right."""
        moving = self.scheduler.moving
        window = self.moments[moving.since if moving is not None else -1 :]
        if after.decision is None:  # what only counts may go by what is remembered of a group
            window += [replace(moment, groups=moment.remembered) for moment in window]
        found = [list(self._against(before, after, moment)) for moment in window]
        if all(found) and all(list(self._against(before, after, one)) for one in mixed(window)):
            self.faults += [f"I3: {after.id}: {fault}" for fault in found[-1]]
        if after.decision is not None and len(after.decision.by) > 1:
            self.agreements += 1

    def _against(self, before: Approval, after: Approval, moment: Moment) -> Iterator[str]:
        new, decision, now = after.votes[len(before.votes) :], after.decision, self.clock.now
        late = before.expires_at is not None and now >= before.expires_at
        if before.state is not State.PENDING or after.votes[: len(before.votes)] != before.votes:
            yield f"votes and decisions of what is {before.state} have changed"
        elif not new:
            if not (late and decision and decision.verdict is Verdict.REJECT and not decision.by):
                yield f"nobody voted, and it came to {decision}"
            if moment.policy.on_expiry != "reject":
                yield "silence was taken for a No, which nobody wanted"
        elif late or len(new) > 1:
            yield f"{new} came after its deadline, or not alone"
        else:
            yield from self._vote(new[0], before, after, Reading.of(before, moment, now))
        if decision is not None and decision.verdict not in YES and says_yes(decision.answer):
            yield f"{decision.verdict} became {decision.answer}"

    def _vote(self, vote: Vote, before: Approval, after: Approval, reading: Reading) -> Iterator[str]:
        click = self.clicks.get(vote.click)
        on_page = click is not None and click.source is Source.WEB
        placed = reading.place(before.votes, vote.by, vote.verdict, vote.answer, on_page=on_page)
        if isinstance(placed, str) or _seat(placed) != _seat(vote):
            yield f"{vote} should have been {placed}"
        if any(known.click == vote.click for known in before.votes):
            yield f"{vote.click} counts twice"
        is_bare = reading.is_above or (reading.word and _typed(click) != reading.word)
        if vote.verdict in YES and not on_page and is_bare:
            yield f"{vote} needs {reading.word!r} typed, or another way than Slack"
        if vote.verdict is Verdict.ANSWER and (click is None or vote.answer != meant(click.given)):
            yield f"{vote} is not what was filled in"
        expected, decision = reading.came_to(after.votes), after.decision
        actual = (decision.verdict, frozenset(decision.by)) if decision is not None else None
        if expected != actual:
            yield f"{after.votes} came to {actual}, not to {expected}"
        if (
            decision is not None
            and decision.verdict in YES
            and decision.answer != _agreed(vote, decision.answer)
        ):
            yield f"{vote} was passed on as {decision.answer}"


def mixed(window: Sequence[Moment]) -> Iterator[Moment]:
    """Slack is asked about one person, one channel, one group after the other: each answer may be of another
    moment. The rules are of one."""
    policies = list({id(moment.policy): moment.policy for moment in window}.values())
    groups = [moment.groups for moment in window]
    people = _between([moment.unfit for moment in window]), _between([moment.outsiders for moment in window])
    for policy, unfit, outsiders in product(policies, *people):
        for group, moment in product(groups, window):
            yield replace(moment, policy=policy, unfit=unfit, outsiders=outsiders, groups=group)


def _between(some: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Every set of people that an answer for each of them, at a moment of its own, could come to."""
    always, ever = frozenset.intersection(*some), frozenset.union(*some)
    unsure = sorted(ever - always)
    return [always | set(one) for size in range(len(unsure) + 1) for one in combinations(unsure, size)]


def _seat(vote: Vote) -> tuple[object, ...]:
    """Where it counts, for whom, and how it was given."""
    return vote.stage, vote.stands_for, vote.typed, vote.on_page


def _typed(click: Click | None) -> str | None:
    return click.typed if click is not None else None


def _agreed(vote: Vote, answer: JSON) -> JSON:
    """What the graph must get: the very answer that was given; for a plain yes, any words for yes."""
    if vote.verdict is Verdict.ANSWER:
        return vote.answer
    return answer if says_yes(answer) else None


def meant(given: JSON) -> JSON:
    """The middleware's words for one row that was filled in."""
    row = given.get("1") if isinstance(given, Mapping) else None
    if not isinstance(row, Mapping):
        return None
    if row["decision"] != "edit":
        return {"decisions": [{"type": row["decision"]}]}
    return {"decisions": [{"type": "edit", "edited_action": {"name": "pay", "args": row["args"]}}]}


class JudgedStore(FakeStore):
    """The record; the judge looks at each change of votes or of a decision."""

    judge: Judge

    async def read(self, approval_id: str) -> Record | None:
        self.judge.reads()
        return await FakeStore.read(self, approval_id)

    async def swap(self, before: Approval, after: Approval, entries: Sequence[Entry], **more: Any) -> Swapped:
        stored = self.approvals.get(before.id)
        swapped = await FakeStore.swap(self, before, after, entries, **more)
        if swapped is Swapped.DONE and stored is not None and _is_other(stored, after):
            self.judge.recorded(stored, after)
        return swapped


def _is_other(before: Approval, after: Approval) -> bool:
    return after.votes is not before.votes or after.decision is not before.decision
