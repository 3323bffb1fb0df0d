"""Everybody, doing everything, after everything, under stages and rules: as matrix_of_rules.toml says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.blocks.notice import sentence
from bot.core.audit import Fact
from bot.core.model import JSON, State, Verdict
from bot.core.outcome import Kind
from tests.approvals import cast_of_rules as cast
from tests.approvals.cast import Played, facts_of_decision
from tests.approvals.cast_of_rules import Cell, Office
from tests.approvals.conftest import Scene
from tests.approvals.table import Table

TABLE = Table("matrix_of_rules.toml")

CAME_TO = {
    Verdict.APPROVE: "approved",
    Verdict.ANSWER: "approved",
    Verdict.REJECT: "rejected",
    Verdict.REVISE: "sent back",
}
RECORDED = {*CAME_TO.values(), "counted"}


def _cells(policy: str) -> Iterator[Cell]:
    for one in TABLE.cells(policy=policy):
        yield Cell(**one)


def _told(played: Played) -> str:
    """The outcome in the words of the table."""
    outcome, decision = played.outcome, played.after.decision
    if outcome is None:
        return "ignored"
    if outcome.kind is Kind.DECIDED and decision is not None:
        return CAME_TO[decision.verdict]
    kind = outcome.kind.value.replace("_", " ")
    return f"{kind}, {outcome.why.replace('_', ' ')}" if outcome.why else kind


def _wrong(cell: Cell, played: Played) -> Iterator[str]:
    """What this cell did besides, or instead of, what the table says."""
    row, told = TABLE.row_of(cell), _told(played)
    if told != row.expect and not (row.expect == "refused" and told.startswith("refused, ")):
        yield f"{told}, but {row.expect}: {row.because}"
    elif row.expect in RECORDED:
        yield from _wrongly_recorded(cell, played, row.expect)
    else:
        yield from _wrongly_left_alone(played)
    if played.outcome is not None and not sentence(played.outcome, played.click.user).strip():
        yield "the person is told nothing"


def _wrongly_left_alone(played: Played) -> Iterator[str]:
    """Nothing but one entry in the trail, and that only of a refusal."""
    before, after, outcome = played.before, played.after, played.outcome
    trail = {"version": 0, "audit_seq": 0, "audit_head": ""}
    if replace(after, **trail) != replace(before, **trail):  # type: ignore[arg-type]
        yield "the record was changed"
    wanted = [Fact.REFUSED] if outcome is not None and outcome.kind is Kind.REFUSED else []
    if [(fact, by) for fact, by, _ in played.entries] != [(fact, played.click.user) for fact in wanted]:
        yield f"the trail gained {played.entries}"
    if played.woken:
        yield "somebody was woken up"


def _wrongly_recorded(cell: Cell, played: Played, came_to: str) -> Iterator[str]:
    after, decision = played.after, played.after.decision
    given, whose = after.votes[-1], cell.place if cell.place != cell.person else None
    if after.votes[:-1] != played.before.votes:
        yield "the votes before it were changed"
    if (given.by, given.verdict, given.stands_for) != (cell.person, played.click.verdict, whose):
        yield f"the vote on record is {given}"
    if [fact for fact, _, _ in played.entries] != [Fact.VOTED, *facts_of_decision(played)]:
        yield f"the trail gained {played.entries}"
    if (after.state is State.DECIDED, decision is None) != (came_to != "counted", came_to == "counted"):
        yield f"it is {after.state}"
    if decision is not None:
        if decision.by not in _deciders(cell, came_to):
            yield f"decided by {decision.by}"
        if decision.answer != _answer(cell, came_to):
            yield f"the graph would get {decision.answer}"


def _deciders(cell: Cell, came_to: str) -> tuple[tuple[str, ...], ...]:
    """Who may be named for this decision. A No that was enough by itself may be named alone."""
    noes = cast.against(cell)
    match came_to:
        case "approved":
            return ((*cast.agreed(cell), cell.person),)
        case "rejected" if noes and cell.policy != "two noes":
            return (noes, (*noes, cell.person)) if cell.gesture == "reject" else (noes,)
        case "rejected":
            return ((*noes, cell.person),)
    return ((cell.person,),)


def _answer(cell: Cell, came_to: str) -> JSON:
    """What the graph must get, in the words of Agent Inbox."""
    match came_to:
        case "rejected":
            return [{"type": "ignore", "args": None}]
        case "sent back":
            return [{"type": "response", "args": "in two parts, please"}]
    return cast.EDIT if "edit" in cell.gesture else [{"type": "accept", "args": None}]


def test_the_table_and_the_cast_name_the_same_things() -> None:
    played = {"actor": cast.ACTORS, "gesture": cast.GESTURES, "before": cast.BEFORE}
    assert TABLE.plays(played | {"policy": cast.POLICIES, "called": cast.CALLED})


def test_every_rule_says_why() -> None:
    assert [row.expect for row in TABLE.rows if not row.because.endswith(".")] == []


def test_every_rule_is_needed() -> None:
    used = {TABLE.row_of(cell).because for policy in TABLE.names["policy"] for cell in _cells(policy)}

    assert [row.because for row in TABLE.rows if row.because not in used] == []


@pytest.mark.parametrize("policy", TABLE.names["policy"])
async def test_every_cell_is_as_the_table_says(scene: Scene, policy: str) -> None:
    office = Office(scene, await scene.asked())
    broken: list[str] = []
    for cell in _cells(policy):
        played = await office.play(cell)
        broken += [f"{cell}: {wrong}" for wrong in _wrong(cell, played)]

    assert broken[:20] == []
