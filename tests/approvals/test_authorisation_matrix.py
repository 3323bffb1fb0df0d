"""Everybody, doing everything, in every state, under every policy: as matrix.toml says, and nothing else."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.blocks.notice import sentence
from bot.core.audit import Fact
from bot.core.model import State
from bot.core.outcome import Kind
from bot.core.policy import USER_ID
from tests.approvals import cast
from tests.approvals.cast import Cell, Played, Stage, wanted_answer
from tests.approvals.conftest import Scene

TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "matrix.toml").read_text())
NAMES: Mapping[str, list[str]] = TABLE["dimensions"]
PLAYED: dict[str, Collection[str]] = {"actor": cast.ACTORS, "gesture": cast.GESTURES, "state": cast.STATES}
PLAYED |= {"policy": list(cast.POLICIES), "asks": list(cast.CONTRACTS)}

# What leaves an entry beside the record, and what one in the approval's own trail.
REFUSED = (Kind.REFUSED, Kind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Rule:
    """Some cells, what happens in them, and why."""

    expect: str
    because: str
    about: Mapping[str, frozenset[str]]


def _rules() -> Iterator[Rule]:
    for row in TABLE["rule"]:
        about = {key: _values(key, row[key]) for key in NAMES if key in row}
        assert set(row) == {"expect", "because", *about}, row
        yield Rule(row["expect"], row["because"], about)


def _values(dimension: str, names: list[str]) -> frozenset[str]:
    sets = TABLE["sets"].get(dimension, {})
    values = frozenset(value for name in names for value in sets.get(name, [name]))
    assert values <= set(NAMES[dimension]), values - set(NAMES[dimension])
    return values


RULES = tuple(_rules())


# For each value a number whose bits are the rules that fit it: a hundred thousand cells look theirs up.
FITTING = {
    name: {
        value: sum(1 << n for n, rule in enumerate(RULES) if value in rule.about.get(name, {value}))
        for value in values
    }
    for name, values in NAMES.items()
}


def _rule_of(cell: Cell) -> Rule:
    fitting = -1
    for name, values in FITTING.items():
        fitting &= values[getattr(cell, name)]
    assert fitting, f"no rule for {cell}"
    return RULES[(fitting & -fitting).bit_length() - 1]


def _cells(policy: str) -> Iterator[Cell]:
    values = [[policy] if name == "policy" else NAMES[name] for name in NAMES]
    for one in itertools.product(*values):
        yield Cell(**dict(zip(NAMES, one, strict=True)))


def _told(played: Played) -> str:
    """The outcome in the words of the table."""
    if played.outcome is None:
        return "ignored"
    kind = played.outcome.kind.value.replace("_", " ")
    return f"{kind}, {played.outcome.why.replace('_', ' ')}" if played.outcome.why else kind


def _wrong(cell: Cell, played: Played) -> Iterator[str]:
    """What this cell did besides, or instead of, what the table says."""
    expected, told = _rule_of(cell).expect, _told(played)
    if told != expected:
        yield f"{told}, but {expected}: {_rule_of(cell).because}"
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
    if [fact for fact, _, _ in played.entries] != [Fact.VOTED, *([Fact.DECIDED] if decided else [])]:
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
    assert {name: sorted(values) for name, values in PLAYED.items()} == {
        name: sorted(values) for name, values in NAMES.items()
    }


def test_every_rule_says_why() -> None:
    assert [rule.expect for rule in RULES if not rule.because.endswith(".")] == []


def test_every_rule_is_needed() -> None:
    used = {_rule_of(cell).because for policy in NAMES["policy"] for cell in _cells(policy)}

    assert [rule.because for rule in RULES if rule.because not in used] == []


@pytest.mark.parametrize("policy", NAMES["policy"])
async def test_every_cell_is_as_the_table_says(scene: Scene, policy: str) -> None:
    stage = Stage(scene, await scene.asked())
    broken: list[str] = []
    for cell in _cells(policy):
        played = await stage.play(cell)
        broken += [f"{cell}: {wrong}" for wrong in _wrong(cell, played)]

    assert broken[:20] == []
