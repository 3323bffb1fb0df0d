"""What App Home offers one person is what the server would take from them, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.athome import HELD, held, offered
from bot.approvals.voting import vote
from bot.core.approvers import Approvers
from bot.core.model import Approval, Source, Verdict
from bot.core.outcome import Kind
from bot.core.policy import Policy, Rule, Stage, Why, one_stage
from bot.core.risk import Risk
from bot.ports import Offered, Record
from tests.approvals.conftest import Scene
from tests.store.samples import created

ANA, BEN, CAT, REQ = "U0ANA", "U0BEN", "U0CAT", "U0REQ"
EVERY = frozenset({Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE})
NO = EVERY - {Verdict.APPROVE}
STAGES = Policy(
    stages=(Stage("team", Approvers(frozenset({ANA}))), Stage("finance", Approvers(frozenset({ANA, BEN}))))
)


def risky(risk: Risk, **more: Any) -> Policy:
    return Policy(rules=(Rule("1 == 1", risk=risk),), **more)


async def at(scene: Scene, policy: Policy, by: str = ANA) -> Offered:
    scene.policy = replace(policy, answer="decision")
    approval = await scene.asked()
    return await offered(scene.world, by, await read(scene, approval))


async def read(scene: Scene, approval: Approval) -> Record:
    record = await scene.store.read(approval.id)
    assert record is not None
    return record


@pytest.mark.parametrize(
    ("policy", "by", "verdicts", "why"),
    [
        (Policy(), ANA, EVERY, None),
        (Policy(), REQ, NO, Why.REQUESTER),
        (Policy(requester_may_approve=True), REQ, EVERY, None),
        (Policy(stages=one_stage(users=[BEN])), ANA, frozenset(), Why.NOT_AN_APPROVER),
        (STAGES, BEN, NO, Why.OTHER_STAGE),
        (risky(Risk.HIGH, ceiling=Risk.HIGH), ANA, NO, Why.CEILING),
        (Policy(rules=(Rule("nothing_like_it > 5", quorum=2),)), ANA, NO, Why.BLOCKED),
    ],
)
async def test_only_what_would_count_is_offered(
    scene: Scene, policy: Policy, by: str, verdicts: frozenset[Verdict], why: Why | None
) -> None:
    found = await at(scene, policy, by)

    assert found.verdicts == verdicts
    assert (found.why.why if found.why else None) is why


async def test_what_must_be_typed_is_offered_and_said(scene: Scene) -> None:
    found = await at(scene, risky(Risk.HIGH, confirm_from=Risk.HIGH))

    assert (found.verdicts, found.typed, found.risky) == (EVERY, True, True)


async def test_a_rule_makes_it_risky_though_the_request_says_nothing(scene: Scene) -> None:
    assert (await at(scene, risky(Risk.MEDIUM))).risky
    assert not (await at(Scene(), risky(Risk.LOW))).risky


async def test_while_slack_is_down_nothing_is_offered(scene: Scene) -> None:
    approval = await scene.asked()
    scene.directory.down = True

    found = await offered(scene.world, ANA, await read(scene, approval))

    assert found.verdicts == frozenset()
    assert found.why is not None
    assert found.why.why is Why.CANNOT_CHECK


async def test_every_button_that_is_offered_is_taken_and_every_other_is_refused(scene: Scene) -> None:
    for policy in (Policy(), STAGES, risky(Risk.HIGH, ceiling=Risk.HIGH)):
        for by in (ANA, BEN, CAT, REQ):
            for verdict in sorted(EVERY):
                scene = Scene(policy=replace(policy, answer="decision"))
                approval = await scene.asked()
                found = await offered(scene.world, by, await read(scene, approval))
                press = scene.click(approval, verdict, by=by, source=Source.HOME, channel=None)
                press = replace(press, message_ts=None, shown=approval.request.digest)

                assert (await vote(scene.world, press)).recorded is (verdict in found.verdicts)


async def test_what_others_must_approve_now_is_told_with_the_reason(scene: Scene) -> None:
    scene.policy = replace(STAGES, answer="decision")
    first = await scene.asked()
    await vote(scene.world, scene.click(first, Verdict.APPROVE))

    [served] = await held(scene.world, ANA, set())
    assert await held(scene.world, CAT, set()) == []
    assert await held(scene.world, ANA, {first.id}) == []

    assert served.record.approval.id == first.id
    assert served.offered.why is not None
    assert (served.offered.why.kind, served.offered.why.why) == (Kind.REFUSED, Why.SERVED)


async def test_what_one_has_approved_waits_for_others(scene: Scene) -> None:
    scene.policy = replace(scene.policy, stages=one_stage(users=[ANA, BEN], quorum=2))
    first = await scene.asked()
    await vote(scene.world, scene.click(first, Verdict.APPROVE))

    [mine] = await held(scene.world, ANA, set())
    assert await held(scene.world, BEN, set()) == []

    assert mine.offered.why is not None
    assert mine.offered.why.kind is Kind.REPEATED


async def test_no_more_than_a_few_are_shown(scene: Scene) -> None:
    scene.policy = replace(STAGES, answer="decision")
    for n in range(HELD + 2):
        await created(scene.store, f"A{n}", channel="C1", revision=1)

    assert len(await held(scene.world, BEN, set())) == HELD
