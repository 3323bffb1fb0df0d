"""Short stories with one good end each, told in a fixed order, so that every step can be a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from bot.core.approvers import Approvers
from bot.core.model import JSON, State, Verdict
from bot.core.policy import Escalate, Policy, Stage, Why, one_stage
from tests.simulation.office import Office
from tests.simulation.promises import broken
from tests.simulation.scheduler import Scheduler

THREAD = "thread0"
APPROVE, REJECT, REVISE, ANSWER = Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE, Verdict.ANSWER
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
    more: Mapping[str, JSON] = field(default_factory=dict)  # of the question
    given: JSON = None  # what every form is filled in with
    away: tuple[str, str] | None = None  # who is away, and who stands in
    withdrawn: bool = False  # by who asked, after the votes


A = State.APPLIED

TWO = Policy(answer="decision", stages=one_stage(quorum=2))
NOES = Policy(answer="decision", stages=one_stage(quorum=2, reject_quorum=2))
ANA = Policy(answer="decision", stages=one_stage(users={"U0ANA"}))
CALLED = replace(ANA, escalate=Escalate(15.0, Approvers(frozenset({"U0CAT"})), instead=True))
STAGES = replace(
    ANA, stages=(Stage("finance", Approvers(frozenset({"U0ANA"}))), Stage("boss", Approvers(members=True)))
)
TOOL: Mapping[str, JSON] = {
    "action_requests": [{"name": "pay", "args": {"amount": 500}}],
    "review_configs": [{"action_name": "pay", "allowed_decisions": ["approve", "edit", "reject"]}],
}
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
    "three branches and their list": Story(
        (("U0ANA", APPROVE), ("U0BEN", REJECT), ("U0CAT", APPROVE)), 2, (A, A, A), branches=3
    ),
    "two stages": Story((("U0ANA", APPROVE), ("U0CAT", APPROVE)), 1, (A,), STAGES),
    "edit, then agree": Story(
        (("U0CAT", APPROVE), ("U0ANA", ANSWER), ("U0BEN", ANSWER), ("U0CAT", ANSWER)),
        1,
        (A,),
        TWO,
        more=TOOL,
        given={"1": {"decision": "edit", "args": {"amount": 7}}},
    ),
    "two say no": Story((("U0ANA", REJECT), ("U0BEN", APPROVE), ("U0CAT", REJECT)), 0, (A,), NOES),
    "escalate, then approve": Story((("U0CAT", APPROVE),), 1, (A,), CALLED),
    "stand in": Story((("U0BEN", APPROVE),), 1, (A,), ANA, away=("U0ANA", "U0BEN")),
    "withdraw": Story((), 0, (State.CANCELLED,), withdrawn=True),
    "withdraw what two decide": Story((("U0ANA", APPROVE),), 0, (State.CANCELLED,), TWO, withdrawn=True),
}


class InOrder(Random):
    """Chance that never has a choice: the oldest job moves until it is done."""

    def randrange(self, *args: int, **more: int) -> int:  # type: ignore[override] # all we ask for
        return 0

    def random(self) -> float:
        return 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """One telling of a story: the steps at which a process could die, how many replies, what was broken."""

    points: tuple[int, ...]  # a step that ends its job has done everything: there is nothing left to kill
    replies: int
    where: tuple[str, ...]
    broken: list[str]


def tell(story: Story, *, crashes: Sequence[int] = (), lost: int | None = None) -> Told:
    """Tell it with a crash at exactly these steps, or with this reply lost."""
    scheduler = Scheduler(InOrder(0))
    office = Office(scheduler, story.policy, branches=story.branches, redelivers=False)
    last_fault, points = [office.clock.now], list[int]()
    scheduler.crash_at = _at(crashes, points, lambda: last_fault.append(office.clock.now))
    scheduler.lose_at = lost if lost is not None else 0
    office.runner.gate_failures[THREAD] = story.gate_failures
    office.runner.act_failures[THREAD] = story.act_failures
    office.runner.more = story.more
    if story.away is not None:
        office.keep_absences({story.away[0]: (story.away[1], office.clock.now + 1e6)})
    office.come_to_rest(threads=(THREAD,))
    for number, (user, verdict) in enumerate(story.votes):
        _press(office, f"gesture{number}", user, verdict, story.given)
    if story.withdrawn:
        _withdraw(office)
    office.settle(threads=(THREAD,))
    late = office.in_work_until - last_fault[-1]
    found = [*broken(office), *_other_end(office, story)]
    if crashes and late > I5:
        found.append(f"I5: still in work {late:.0f} s after the last fault")
    return Told(tuple(points), scheduler.replies, tuple(scheduler.trace), found)


def _at(crashes: Sequence[int], points: list[int], note: Callable[[], None]) -> Callable[[int, str], bool]:
    def crash(step: int, where: str) -> bool:
        points.append(step)
        if step in crashes:
            note()
        return step in crashes

    return crash


def _press(office: Office, gesture: str, user: str, verdict: Verdict, given: JSON) -> None:
    """Press on the oldest card; again, who was told nothing and still sees it live."""
    wish = (user, verdict)
    card = next((one for one in office.store.approvals if _can_press(office, one, *wish)), None)
    for attempt in range(PATIENCE):
        name = f"{gesture}.{attempt}"
        if card is None or not _can_press(office, card, *wish):
            return
        click = office.click_on(card, user, verdict, name)
        form = given if verdict is ANSWER else None
        office.someone_clicks(office.somebody(), replace(click, given=form))
        office.come_to_rest(threads=(THREAD,))
        if any(told.click.id == name and told.outcome.why is not Why.CANNOT_CHECK for told in office.told):
            return


def _can_press(office: Office, approval_id: str, user: str, verdict: Verdict) -> bool:
    approval, card = office.store.approvals[approval_id], office.store.cards[approval_id]
    voted = any(vote.by == user and vote.verdict is verdict for vote in approval.votes)
    return approval.state is State.PENDING and card.ts is not None and not voted


def _withdraw(office: Office) -> None:
    """Who asked withdraws it; again, until the wish is on record."""
    for attempt in range(PATIENCE):
        card = next((one for one in office.store.approvals if _can_press(office, one, "U0REQ", REJECT)), None)
        if card is None or office.store.runs[THREAD].cancellation is not None:
            return
        click = office.click_on(card, "U0REQ", REJECT, f"withdraw{attempt}")
        office.someone_withdraws(office.somebody(), click)
        office.come_to_rest(threads=(THREAD,))


def _other_end(office: Office, story: Story) -> list[str]:
    effects = len(set(office.runner.effects))
    states = tuple(one.state for one in office.store.approvals.values())
    if (effects, states) == (story.effects, story.states):
        return []
    return [f"the end is {effects} effects and {states}, it should be {story.effects} and {story.states}"]
