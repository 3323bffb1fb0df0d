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

from bot.approvals.announcing import announce
from bot.approvals.driving import drive
from bot.approvals.expiring import expire
from bot.approvals.reconciling import reconcile
from bot.approvals.showing import show
from bot.approvals.voting import vote
from bot.core.audit import faults
from bot.core.model import Click, Person, Verdict
from bot.core.policy import Policy, one_stage
from tests.approvals.conftest import Scene
from tests.simulation.oracle import APPROVE, REJECT, REVISE, Asked, Oracle, Press

T = TypeVar("T")
MANY = os.environ.get("MACHINE_EXAMPLES")  # so many say how far they are
PLAYED = count(1)
REQUESTER = "U0REQ"
PEOPLE = st.sampled_from(["U0ANA", "U0BEN", "U0CAT", REQUESTER])
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


class Approvals(RuleBasedStateMachine):
    """One thread from its first question on."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()
        self.oracle = Oracle(REQUESTER)
        self.pressed: list[tuple[Click, Asked, Press]] = []

    @initialize(quorum=st.sampled_from([1, 1, 2]), expires_in=st.sampled_from([None, None, 30.0]))
    def begin(self, quorum: int, expires_in: float | None) -> None:
        self._rules(quorum=quorum, expires_in=expires_in)
        done(self.scene.start())
        self.oracle.ask(1, self.scene.clock.now)
        self.work()

    # --- people -----------------------------------------------------------------------------------------

    @rule(user=PEOPLE, verdict=st.sampled_from([APPROVE, APPROVE, REJECT, REVISE]), which=st.integers(0, 9))
    def press(self, user: str, verdict: str, which: int) -> None:
        """Mostly on the newest card, sometimes on an old one."""
        self._press(user, verdict, which, bent=None)

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

    def _press(self, user: str, verdict: str, which: int, bent: str | None) -> None:
        number = len(self.oracle.asked) - 1 - (which if which < len(self.oracle.asked) else 0)
        approval = list(self.scene.store.approvals.values())[number]
        gesture = f"gesture{len(self.pressed)}"
        click = self.scene.click(approval, Verdict(verdict), user, id=gesture, **BENT.get(bent or "", {}))
        press = Press(gesture, user, verdict, ours=bent is None or bent in OURS, true=bent is None)
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
        self.oracle.rules.unfit.add(user)

    @rule(user=PEOPLE, member=st.booleans())
    def comes_or_goes(self, user: str, member: bool) -> None:
        self.scene.directory.people.pop(user, None)
        self.oracle.rules.unfit.discard(user)
        for outsiders in (self.scene.directory.outsiders, self.oracle.rules.not_members):
            (outsiders.discard if member else outsiders.add)(user)

    @rule(
        quorum=st.sampled_from([1, 2, 3]),
        may=st.booleans(),
        named=st.sampled_from([None, frozenset({"U0ANA"}), frozenset({"U0ANA", "U0BEN", REQUESTER})]),
        rejects=st.booleans(),
    )
    def policy_changes(self, quorum: int, may: bool, named: frozenset[str] | None, rejects: bool) -> None:
        self._rules(quorum=quorum, requester_may_approve=may, named=named, silence_rejects=rejects)

    def _rules(self, **changes: Any) -> None:
        rules = self.oracle.rules = replace(self.oracle.rules, **changes)
        self.scene.policy = Policy(
            answer="decision",
            stages=one_stage(users=rules.named or (), quorum=rules.quorum),
            requester_may_approve=rules.requester_may_approve,
            expires_in=rules.expires_in,
            on_expiry="reject" if rules.silence_rejects else "leave",
        )

    def _tasks(self) -> None:
        world, queue = self.scene.world, self.scene.queue
        run = {"advance": drive, "show": show, "expire": expire, "announce": announce}
        while due := [wish for wish in queue.wishes if wish.due <= self.scene.clock.now]:
            for wish in due:
                queue.wishes.remove(wish)
                done(run[wish.task](world, wish.args[0]))

    # --- always -----------------------------------------------------------------------------------------

    @invariant()
    def the_record_is_what_the_oracle_says(self) -> None:
        for found, wanted in zip(self.scene.store.approvals.values(), self.oracle.asked, strict=True):
            verdict = found.decision.verdict if found.decision else None
            assert (found.state, found.revision, verdict) == (wanted.state, wanted.revision, wanted.verdict)
            assert [(one.by, one.click) for one in found.votes] == wanted.votes

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


TestApprovals = pytest.mark.timeout(600)(Approvals.TestCase)
TestApprovals.settings = settings(
    max_examples=int(MANY or "2000"),
    stateful_step_count=50,
    deadline=None,
    derandomize=MANY is None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
