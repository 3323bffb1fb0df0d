"""People, policies and restarts in any order that Hypothesis can think of, beside an oracle written apart."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.approvals.absences import come_back, leave
from bot.approvals.reconciling import reconcile
from bot.approvals.voting import vote
from bot.core.absence import Absence
from bot.core.approvers import Approvers
from bot.core.audit import faults
from bot.core.model import JSON, Click, Person, Source, Verdict, Vote
from bot.core.policy import Escalate, Rule, Stage
from bot.core.risk import Risk
from tests.approvals.conftest import Scene
from tests.simulation.house import BLOCKING, RULES, tool_question
from tests.simulation.judge import meant
from tests.simulation.oracle import Asked, Oracle, Press
from tests.simulation.tasks import perform

T = TypeVar("T")
MANY = os.environ.get("MACHINE_EXAMPLES")  # so many say how far they are
PLAYED = count(1)
APPROVE, REJECT, ANSWER = Verdict.APPROVE, Verdict.REJECT, Verdict.ANSWER
REQUESTER = "U0REQ"
CAST = ("U0ANA", "U0BEN", "U0CAT", "U0DAN", REQUESTER)
PEOPLE = st.sampled_from(CAST)
VERDICTS = st.sampled_from([*[APPROVE] * 4, REJECT, Verdict.REVISE, *[ANSWER] * 3])
NAMED = st.sampled_from(
    [
        Approvers(members=True),
        Approvers(members=True),
        Approvers(frozenset({"U0ANA"})),
        Approvers(frozenset({"U0ANA", "U0BEN", REQUESTER})),
        Approvers(frozenset({"U0BEN", "U0CAT"})),
    ]
)
STAGES = st.lists(
    st.builds(Stage, st.none(), NAMED, st.sampled_from([1, 1, 2, 3]), st.sampled_from([1, 1, 2])),
    min_size=1,
    max_size=3,
)
RULED = st.sampled_from([(), (), (), RULES[:1], RULES[1:2], RULES[2:3], RULES[3:], RULES, (BLOCKING,)])
ESCALATES = st.sampled_from(
    [None, None, Escalate(5.0, Approvers(frozenset({"U0DAN"}))), Escalate(5.0, Approvers(), instead=True)]
)
ASKS = [{"amount": 500, "risk": "low"}, *(tool_question(risk) for risk in ("low", "high"))]
TYPED = st.sampled_from([None, "500", "500", "yes"])
AMOUNTS = st.sampled_from([7, 7, 7, 8, None])
BENT: dict[str, dict[str, Any]] = {
    "another app": {"app": "A9"},
    "another workspace": {"team": "T9"},
    "a stranger's workspace": {"user_team": "T9"},
    "another channel": {"channel": "C9"},
    "another message": {"message_ts": "9.9"},
    "another revision": {"revision": 99},
}
OURS = ("another channel", "another message", "another revision")


def done(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run what never really waits: all ports are fakes."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    raise AssertionError("a fake waited")


def seat(vote: Vote) -> tuple[object, ...]:
    """All that matters of a vote."""
    return vote.by, vote.click, vote.stage, vote.stands_for, vote.typed, vote.on_page


def form(amount: int | None) -> JSON:
    """What is filled in: other values, or none."""
    return {"1": {"decision": "edit", "args": {"amount": amount}} if amount else {"decision": "approve"}}


class Approvals(RuleBasedStateMachine):
    """One thread from its first question on."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()
        self.oracle = Oracle(REQUESTER, CAST)
        self.pressed: list[tuple[Click, Asked, Press]] = []

    @initialize(
        stages=STAGES,
        expires_in=st.sampled_from([None, None, 30.0]),
        escalate=ESCALATES,
        more=st.sampled_from([{}, {}, ASKS[0], ASKS[1], ASKS[2]]),
    )
    def begin(
        self, stages: list[Stage], expires_in: float | None, escalate: Escalate | None, more: dict[str, JSON]
    ) -> None:
        self._rules(answer="decision", stages=tuple(stages), expires_in=expires_in, escalate=escalate)
        self.scene.runner.more = self.oracle.more = more
        done(self.scene.start())
        self.oracle.ask(1, self.scene.clock.now)
        self.work()

    # --- people -----------------------------------------------------------------------------------------

    @rule(user=PEOPLE, verdict=VERDICTS, which=st.integers(0, 9), amount=AMOUNTS, typed=TYPED)
    def press(self, user: str, verdict: Verdict, which: int, amount: int | None, typed: str | None) -> None:
        """Mostly on the newest card, sometimes on an old one."""
        self._press(user, verdict, which, amount=amount, typed=typed)

    @rule(user=PEOPLE, amount=AMOUNTS)
    def approves_on_our_page(self, user: str, amount: int | None) -> None:
        """After a log-in, and with nothing to type."""
        verdict = ANSWER if amount and "action_requests" in self.oracle.more else APPROVE
        self._press(user, verdict, 0, amount=amount, on_page=True)

    @rule(verdict=VERDICTS, first=st.integers(0, 4), many=st.integers(1, 5), amount=AMOUNTS)
    def several_press(self, verdict: Verdict, first: int, many: int, amount: int | None) -> None:
        """One after the other, the same button of the newest card."""
        for user in (CAST * 2)[first : first + many]:
            self._press(user, verdict, 0, amount=amount, typed="500")

    @rule(turns=st.integers(1, 4), amount=AMOUNTS)
    def those_whose_turn_it_is_agree(self, turns: int, amount: int | None) -> None:
        """To what is proposed, or to this amount where nothing is."""
        for _ in range(turns):
            given = meant(form(amount))
            user, verdict = self.oracle.whose_turn(given, self.scene.clock.now)
            if user is not None:
                self._press(user, verdict, 0, amount=amount, typed="500")

    @rule(user=PEOPLE, which=st.integers(0, 9), bent=st.sampled_from(sorted(BENT)))
    def forge(self, user: str, which: int, bent: str) -> None:
        """A gesture that is not what it claims to be."""
        self._press(user, APPROVE, which, bent)

    @precondition(lambda self: self.pressed)
    @rule(which=st.integers(0, 9))
    def repeat(self, which: int) -> None:
        """Slack delivers a gesture once more."""
        click, one, press = self.pressed[-1 - which % len(self.pressed)]
        self._told(click, one, press)

    def _press(
        self,
        user: str,
        verdict: Verdict,
        which: int,
        bent: str | None = None,
        amount: int | None = None,
        typed: str | None = None,
        *,
        on_page: bool = False,
    ) -> None:
        number = len(self.oracle.asked) - 1 - (which if which < len(self.oracle.asked) else 0)
        approval = list(self.scene.store.approvals.values())[number]
        gesture, given = f"gesture{len(self.pressed)}", form(amount) if verdict is ANSWER else None
        click = self.scene.click(approval, verdict, user, id=gesture, given=given, typed=typed)
        click = replace(click, **BENT.get(bent or "", {}))
        click = replace(click, source=Source.WEB) if on_page else click
        ours, true = bent is None or bent in OURS, bent is None
        press = Press(gesture, user, verdict, ours, true, meant(given), typed, on_page)
        self.pressed.append((click, self.oracle.asked[number], press))
        self._told(*self.pressed[-1])

    def _told(self, click: Click, one: Asked, press: Press) -> None:
        expected = self.oracle.press(one, press, self.scene.clock.now)
        outcome = done(vote(self.scene.world, click))

        assert outcome.kind == expected, (outcome, one, press)

    # --- the world --------------------------------------------------------------------------------------

    @rule()
    def work(self) -> None:
        """Do all that is due, with a look at what is left over first."""
        self.oracle.work(self.scene.clock.now)
        done(reconcile(self.scene.world, older_than=0.0))
        self._tasks()

        live = [post.blocks[0]["approval"] for post in self.scene.messenger.live_cards()]
        pending = [one.id for one in self.scene.store.approvals.values() if one.state == "pending"]
        assert live == pending

    @rule()
    def restart(self) -> None:
        """The process dies, and the queue with all that it held."""
        self.scene.queue.wishes.clear()

    @rule(seconds=st.sampled_from([0.5, 10.0, 29.5, 30.0]))
    def wait(self, seconds: float) -> None:
        self.scene.clock.advance(seconds)
        self.scene.queue.now = self.scene.clock.now

    @rule(user=PEOPLE, kind=st.sampled_from(["is_guest", "is_deleted", "is_bot", "is_stranger"]))
    def becomes_unfit(self, user: str, kind: str) -> None:
        changes: dict[str, Any] = {kind: True}
        self.scene.directory.people[user] = Person(user, user, "T1", **changes)
        self.oracle.unfit.add(user)

    @rule(user=PEOPLE, member=st.booleans())
    def comes_or_goes(self, user: str, member: bool) -> None:
        self.scene.directory.people.pop(user, None)
        self.oracle.unfit.discard(user)
        for outsiders in (self.scene.directory.outsiders, self.oracle.outsiders):
            (outsiders.discard if member else outsiders.add)(user)

    @rule(user=PEOPLE, delegate=PEOPLE)
    def goes_away(self, user: str, delegate: str) -> None:
        """For a minute; nobody stands in for themselves, and only members of ours go or stand in."""
        absence = done(leave(self.scene.world, user, delegate=delegate, until=("for", "1m")))

        allowed = user != delegate and not {user, delegate} & self.oracle.unfit
        assert isinstance(absence, Absence) is allowed
        if allowed:
            self.oracle.away[user] = (delegate, self.scene.clock.now + 60.0)

    @rule(user=PEOPLE)
    def comes_back(self, user: str) -> None:
        done(come_back(self.scene.world, user))
        self.oracle.away.pop(user, None)

    @rule(
        stages=STAGES,
        rules=RULED,
        distinct=st.booleans(),
        requester_may_approve=st.booleans(),
        editor_may_approve=st.booleans(),
        on_expiry=st.sampled_from(["leave", "reject"]),
    )
    def policy_changes(self, stages: list[Stage], rules: tuple[Rule, ...], **flags: Any) -> None:
        self._rules(stages=tuple(stages), rules=rules, **flags)

    @rule(
        confirm_from=st.sampled_from([None, Risk.HIGH]),
        ceiling=st.sampled_from([None, None, Risk.CRITICAL]),
        escalate=ESCALATES,
    )
    def caution_changes(self, **changes: Any) -> None:
        self._rules(**changes, confirm_field="amount")

    def _rules(self, **changes: Any) -> None:
        self.oracle.policy = self.scene.policy = replace(self.scene.policy, **changes)

    def _tasks(self) -> None:
        world, queue = self.scene.world, self.scene.queue
        while due := [wish for wish in queue.wishes if wish.due <= self.scene.clock.now]:
            for wish in due:
                queue.wishes.remove(wish)
                done(perform(world, wish))

    # --- always -----------------------------------------------------------------------------------------

    @invariant()
    def the_record_is_what_the_oracle_says(self) -> None:
        for found, wanted in zip(self.scene.store.approvals.values(), self.oracle.asked, strict=True):
            verdict = found.decision.verdict if found.decision else None
            assert (found.state, found.revision, verdict) == (wanted.state, wanted.revision, wanted.verdict)
            assert found.decision is None or frozenset(found.decision.by) == wanted.by
            assert [seat(vote) for vote in found.votes] == [seat(vote) for vote in wanted.votes]

    @invariant()
    def the_effect_happened_as_often_as_it_may(self) -> None:
        assert len(self.scene.runner.effects) == self.oracle.effects
        assert self.scene.runner.misuse == []

    def teardown(self) -> None:
        for one in self.scene.store.approvals.values():
            chain = [entry for entry in self.scene.store.trail if entry.approval_id == one.id]
            assert faults(chain, b"key", head=one.audit_head) == []
        if MANY is not None and (played := next(PLAYED)) % 1_000 == 0:
            print(f"{played:,} examples of {MANY}", flush=True)


TestApprovals = pytest.mark.timeout(0 if MANY else 600)(Approvals.TestCase)
TestApprovals.settings = settings(
    max_examples=int(MANY or "2000"),
    stateful_step_count=50,
    deadline=None,
    derandomize=MANY is None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
