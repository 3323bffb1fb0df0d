"""Everybody, doing everything, in every state, under every policy: as matrix.toml says, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import pytest

from bot.blocks.notice import sentence
from bot.core.audit import Fact
from bot.core.model import State
from bot.core.outcome import Kind
from bot.core.policy import USER_ID
from tests.approvals import cast
from tests.approvals.cast import Cell, Played, Stage, facts_of_decision, wanted_answer
from tests.approvals.conftest import Scene
from tests.approvals.table import Table

TABLE = Table("matrix.toml")
PLAYED: dict[str, Collection[str]] = {"actor": cast.ACTORS, "gesture": cast.GESTURES, "state": cast.STATES}
PLAYED |= {"policy": list(cast.POLICIES), "asks": list(cast.CONTRACTS)}

# What leaves an entry beside the record, and what one in the approval's own trail.
REFUSED = (Kind.REFUSED, Kind.UNKNOWN)


def _cells(policy: str) -> Iterator[Cell]:
    for one in TABLE.cells(policy=policy):
        yield Cell(**one)


def _told(played: Played) -> str:
    """The outcome in the words of the table."""
    if played.outcome is None:
        return "ignored"
    kind = played.outcome.kind.value.replace("_", " ")
    return f"{kind}, {played.outcome.why.replace('_', ' ')}" if played.outcome.why else kind


def _wrong(cell: Cell, played: Played) -> Iterator[str]:
    """What this cell did besides, or instead of, what the table says."""
    expected, told = TABLE.row_of(cell).expect, _told(played)
    if told != expected:
        yield f"{told}, but {expected}: {TABLE.row_of(cell).because}"
    elif expected in ("decided", "counted"):
        yield from _wrongly_recorded(cell, played, decided=expected == "decided")
    else:
        yield from _wrongly_left_alone(played)
    if played.outcome is not None and not sentence(played.outcome, played.click.user).strip():
        yield "the person is told nothing"


def _wrongly_left_alone(played: Played) -> Iterator[str]:
    """Nothing but one more entry in the trail, and that only where somebody was refused or wrote."""
    before, after, outcome = played.before, played.after, played.outcome
    trail = {"version": 0, "audit_seq": 0, "audit_head": ""}
    if replace(after, **trail) != replace(before, **trail):  # type: ignore[arg-type]
        yield "the record was changed"
    refused = outcome is not None and outcome.kind in REFUSED
    commented = outcome is not None and outcome.kind is Kind.COMMENTED
    facts = [fact for fact, _, _ in played.entries]
    wanted = [Fact.REFUSED] if refused else [Fact.COMMENTED] if commented else []
    person = played.click.user if USER_ID.fullmatch(played.click.user) else None
    if facts != wanted or [by for _, by, _ in played.entries] != [person] * len(wanted):
        yield f"the trail gained {played.entries}"
    if after.audit_seq - before.audit_seq != commented:
        yield "the record and the trail disagree"
    if played.woken:
        yield "somebody was woken up"


def _wrongly_recorded(cell: Cell, played: Played, *, decided: bool) -> Iterator[str]:
    after, click = played.after, played.click
    if (after.votes[:-1], after.votes[-1].by) != (played.before.votes, click.user):
        yield "the vote is not on record"
    if [fact for fact, _, _ in played.entries] != [Fact.VOTED, *facts_of_decision(played)]:
        yield f"the trail gained {played.entries}"
    if not decided:
        if (after.state, after.decision) != (State.PENDING, None):
            yield "one vote decided what needs two"
        return
    decision = after.decision
    if after.state is not State.DECIDED or decision is None:
        yield "nothing was decided"
    elif (decision.verdict, click.user in decision.by) != (click.verdict, True):
        yield f"decided {decision.verdict} by {decision.by}"
    elif decision.answer != wanted_answer(cell, played):
        yield f"the graph would get {decision.answer}"


def test_the_table_and_the_cast_name_the_same_things() -> None:
    assert TABLE.plays(PLAYED)


def test_every_rule_says_why() -> None:
    assert [rule.expect for rule in TABLE.rows if not rule.because.endswith(".")] == []


def test_every_rule_is_needed() -> None:
    used = {TABLE.row_of(cell).because for policy in TABLE.names["policy"] for cell in _cells(policy)}

    assert [rule.because for rule in TABLE.rows if rule.because not in used] == []


@pytest.mark.parametrize("policy", TABLE.names["policy"])
async def test_every_cell_is_as_the_table_says(scene: Scene, policy: str) -> None:
    stage = Stage(scene, await scene.asked())
    broken: list[str] = []
    for cell in _cells(policy):
        played = await stage.play(cell)
        broken += [f"{cell}: {wrong}" for wrong in _wrong(cell, played)]

    assert broken[:20] == []
