"""Short stories with one good end each, told in a fixed order, so that every step can be a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from bot.core.approvers import Approvers
from bot.core.model import State, Verdict
from bot.core.policy import Escalate, Policy, one_stage
from tests.simulation.office import Office
from tests.simulation.promises import broken
from tests.simulation.scheduler import Scheduler

THREAD = "thread0"
APPROVE, REJECT, REVISE = Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE
PATIENCE = 3  # how often a person presses again who was told nothing
I5 = 30.0
PLAIN = Policy(answer="decision")
NUDGED = Policy(
    answer="decision",
    expires_in=70.0,
    remind_every=10.0,
    remind_at_most=2,
    escalate=Escalate(15.0, Approvers(frozenset({"U0CAT"})), channel="C2"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """Who answers what, in order, and how it must end: so many effects, and these states."""

    votes: tuple[tuple[str, Verdict], ...]
    effects: int
    states: tuple[State, ...]
    policy: Policy = PLAIN
    branches: int = 1
    gate_failures: int = 0
    act_failures: int = 0


A = State.APPLIED

TWO = Policy(answer="decision", stages=one_stage(quorum=2))
STORIES = {
    "approve": Story((("U0ANA", APPROVE),), 1, (A,)),
    "reject": Story((("U0ANA", REJECT),), 0, (A,)),
    "revise twice": Story((("U0ANA", REVISE), ("U0BEN", REVISE), ("U0ANA", APPROVE)), 1, (A, A, A)),
    "quorum": Story(
        (("U0ANA", APPROVE), ("U0BEN", APPROVE)),
        1,
        (A,),
        TWO,
    ),
    "expire, reject": Story((), 0, (A,), Policy(answer="decision", expires_in=20.0, on_expiry="reject")),
    "expire, leave": Story((), 0, (State.EXPIRED,), Policy(answer="decision", expires_in=20.0)),
    "remind, escalate, leave": Story((), 0, (State.EXPIRED,), NUDGED),
    "the gate raises": Story((("U0ANA", APPROVE),), 1, (A,), gate_failures=2),
    "the act raises": Story((("U0ANA", APPROVE),), 1, (A,), act_failures=2),
    "two branches": Story((("U0ANA", APPROVE), ("U0BEN", REJECT)), 1, (A, A), branches=2),
}


class InOrder(Random):
    """Chance that never has a choice: the oldest job moves until it is done."""

    def randrange(self, *args: int, **more: int) -> int:  # type: ignore[override] # all we ask for
        return 0

    def random(self) -> float:
        return 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """One telling of a story: its length, in steps and replies, and what was broken."""

    steps: int
    replies: int
    where: tuple[str, ...]
    broken: list[str]


def tell(story: Story, *, crashes: Sequence[int] = (), lost: int | None = None) -> Told:
    """Tell it with a crash at exactly these steps, or with this reply lost."""
    scheduler = Scheduler(InOrder(0))
    office = Office(scheduler, story.policy, branches=story.branches, redelivers=False)
    last_fault = [office.clock.now]
    scheduler.crash_at = _at(crashes, lambda: last_fault.append(office.clock.now))
    scheduler.lose_at = lost if lost is not None else 0
    office.runner.gate_failures[THREAD] = story.gate_failures
    office.runner.act_failures[THREAD] = story.act_failures
    office.come_to_rest(threads=(THREAD,))
    for number, (user, verdict) in enumerate(story.votes):
        _press(office, f"gesture{number}", user, verdict)
    office.settle(threads=(THREAD,))
    late = office.in_work_until - last_fault[-1]
    found = [*broken(office), *_other_end(office, story)]
    if crashes and late > I5:
        found.append(f"I5: still in work {late:.0f} s after the last fault")
    return Told(scheduler.steps, scheduler.replies, tuple(scheduler.trace), found)


def _at(crashes: Sequence[int], note: Callable[[], None]) -> Callable[[int, str], bool]:
    def crash(step: int, where: str) -> bool:
        if step in crashes:
            note()
        return step in crashes

    return crash


def _press(office: Office, gesture: str, user: str, verdict: Verdict) -> None:
    """Press on the oldest card; again, who was told nothing and still sees it live."""
    card = next((one for one in office.store.approvals if _can_press(office, one, user)), None)
    for attempt in range(PATIENCE):
        name = f"{gesture}.{attempt}"
        if card is None or not _can_press(office, card, user):
            return
        office.someone_clicks(office.somebody(), office.click_on(card, user, verdict, name))
        office.come_to_rest(threads=(THREAD,))
        if any(told.click.id == name for told in office.told):
            return


def _can_press(office: Office, approval_id: str, user: str) -> bool:
    approval, card = office.store.approvals[approval_id], office.store.cards[approval_id]
    voted = any(vote.by == user for vote in approval.votes)
    return approval.state is State.PENDING and card.ts is not None and not voted


def _other_end(office: Office, story: Story) -> list[str]:
    effects = len(set(office.runner.effects))
    states = tuple(one.state for one in office.store.approvals.values())
    if (effects, states) == (story.effects, story.states):
        return []
    return [f"the end is {effects} effects and {states}, it should be {story.effects} and {story.states}"]
