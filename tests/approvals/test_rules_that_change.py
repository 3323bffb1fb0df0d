"""The rules, or who is away, change in the middle of it: nobody decides by a mixture, or against a No."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.approvals.absences import come_back, leave
from bot.approvals.voting import vote
from bot.core.approvers import Approvers
from bot.core.model import Person, Verdict
from bot.core.outcome import Kind
from bot.core.policy import Policy, Stage, Why, one_stage
from tests.approvals.conftest import Scene
from tests.fake_slack import FakeDirectory

APPROVE, REJECT = Verdict.APPROVE, Verdict.REJECT


@dataclass(slots=True)
class SlowDirectory(FakeDirectory):
    """While Slack is asked who somebody is, approvals.toml is replaced."""

    scene: Scene | None = None
    after: Policy = field(default_factory=Policy)

    async def person(self, user_id: str) -> Person:
        if self.scene is not None:
            self.scene.policy = self.after
        return await FakeDirectory.person(self, user_id)


def stage(name: str, *users: str) -> Stage:
    return Stage(name, Approvers(frozenset(users)))


async def test_a_seat_under_the_old_rules_is_none_under_the_new_ones() -> None:
    directory = SlowDirectory()
    scene = Scene(Policy(answer="decision", stages=one_stage(users={"U0BEN"})), directory=directory)
    asked = await scene.asked()
    scene.policy = Policy(answer="decision", stages=(stage("finance", "U0ANA"), stage("boss", "U0CAT")))
    directory.scene, directory.after = scene, Policy(answer="decision", stages=one_stage(users={"U0BEN"}))

    outcome = await vote(scene.world, scene.click(asked, APPROVE, "U0ANA"))

    assert outcome.kind is Kind.COUNTED  # as it was when she pressed: one of two stages
    assert (await vote(scene.world, scene.click(asked, APPROVE, "U0BEN"))).kind is Kind.DECIDED
    decision = scene.now(asked).decision
    assert decision is not None
    assert decision.by == ("U0BEN",)


async def test_who_comes_back_and_says_no_takes_back_what_was_said_for_them(scene: Scene) -> None:
    scene.policy = Policy(
        answer="decision", stages=one_stage(users={"U0ANA", "U0BEN"}, quorum=2, reject_quorum=2)
    )
    asked = await scene.asked()
    await leave(scene.world, "U0ANA", delegate="U0CAT", until=("for", "1h"))
    assert (await vote(scene.world, scene.click(asked, APPROVE, "U0CAT"))).kind is Kind.COUNTED
    await come_back(scene.world, "U0ANA")
    assert (await vote(scene.world, scene.click(asked, REJECT, "U0ANA"))).kind is Kind.COUNTED

    last = await vote(scene.world, scene.click(asked, APPROVE, "U0BEN"))

    assert last.kind is Kind.COUNTED
    assert scene.now(asked).decision is None


async def test_nobody_says_yes_for_somebody_who_has_said_no(scene: Scene) -> None:
    scene.policy = Policy(
        answer="decision", stages=one_stage(users={"U0ANA", "U0BEN"}, quorum=2, reject_quorum=2)
    )
    asked = await scene.asked()
    await leave(scene.world, "U0ANA", delegate="U0CAT", until=("for", "1h"))
    await vote(scene.world, scene.click(asked, APPROVE, "U0CAT"))
    await vote(scene.world, scene.click(asked, REJECT, "U0ANA"))

    again = await vote(scene.world, scene.click(asked, APPROVE, "U0CAT", id="again"))

    assert (again.kind, again.why) == (Kind.REFUSED, Why.SAID_NO)


async def test_a_no_that_new_rules_make_enough_keeps_its_own_words(scene: Scene) -> None:
    scene.policy = Policy(answer="decision", stages=one_stage(reject_quorum=2))
    asked = await scene.asked()
    no = scene.click(asked, REJECT, "U0ANA", text="the invoice is wrong")
    assert (await vote(scene.world, no)).kind is Kind.COUNTED
    scene.policy = Policy(answer="decision", stages=one_stage())

    last = await vote(scene.world, scene.click(asked, APPROVE, "U0BEN", text="fine by me"))

    decision = scene.now(asked).decision
    assert last.kind is Kind.DECIDED
    assert decision is not None
    assert (decision.verdict, decision.by, decision.text) == (REJECT, ("U0ANA",), "the invoice is wrong")
