"""The life of an approval: what the table allows happens, and nothing else."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.lifecycle import ENDS, IN_WORK, OPEN, TRANSITIONS, Event, ForbiddenTransition, advance, diagram
from bot.core.model import State

ALLOWED = {(state, event): target for state, moves in TRANSITIONS.items() for event, target in moves.items()}


def test_the_table_is_the_one_we_promise() -> None:
    assert {(state.name, event.name, target.name) for (state, event), target in ALLOWED.items()} == {
        ("PENDING", "DECIDE", "DECIDED"),
        ("PENDING", "EXPIRE", "EXPIRED"),
        ("PENDING", "SUPERSEDE", "SUPERSEDED"),
        ("PENDING", "CANCEL", "CANCELLED"),
        ("DECIDED", "APPLY", "APPLIED"),
        ("DECIDED", "FAIL", "FAILED"),
        ("DECIDED", "SUPERSEDE", "SUPERSEDED"),
        ("FAILED", "APPLY", "APPLIED"),
        ("FAILED", "FAIL", "FAILED"),
        ("FAILED", "SUPERSEDE", "SUPERSEDED"),
        ("FAILED", "CANCEL", "CANCELLED"),
    }


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_an_event_does_what_the_table_says_or_is_refused(state: State, event: Event) -> None:
    if (state, event) in ALLOWED:
        assert advance(state, event) is ALLOWED[state, event]
    else:
        with pytest.raises(ForbiddenTransition, match=f"{state} cannot {event}"):
            advance(state, event)


def test_every_state_has_a_row_and_one_role() -> None:
    assert set(TRANSITIONS) == set(State)
    assert set(State) == OPEN | IN_WORK | ENDS
    assert len(OPEN) + len(IN_WORK) + len(ENDS) == len(State)


def test_only_a_pending_approval_can_be_decided() -> None:
    assert [state for state, event in ALLOWED if event is Event.DECIDE] == [State.PENDING]


@settings(deadline=None)
@given(st.lists(st.sampled_from(Event), max_size=12))
def test_what_is_decided_never_waits_again(events: list[Event]) -> None:
    state, been = State.PENDING, [State.PENDING]
    for event in events:
        state = TRANSITIONS[state].get(event, state)
        been.append(state)
    after = list(itertools.dropwhile(lambda one: one is State.PENDING, been))

    assert State.PENDING not in after


def test_an_end_can_be_reached_from_everywhere() -> None:
    reaching = set(ENDS)
    for _ in State:
        reaching |= {state for state, moves in TRANSITIONS.items() if reaching & set(moves.values())}

    assert reaching == set(State)


def test_the_diagram_draws_every_transition() -> None:
    drawn = diagram().splitlines()

    assert drawn[0] == "stateDiagram-v2"
    assert all(
        f"    {state.name} --> {target.name}: {event}" in drawn for (state, event), target in ALLOWED.items()
    )
    assert len(drawn) == 2 + len(ALLOWED) + len(ENDS)
