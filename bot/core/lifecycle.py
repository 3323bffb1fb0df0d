"""The life of an approval as one table: everything that may happen stands here, and nothing else may.

Rule 1: whatever changes an approval's state goes through `advance`.
Rule 2: what cannot happen is written down too: the ends have empty rows.

Redis only says who was first (`store/scripts`); this table says what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.core.model import State


class Event(StrEnum):
    """What can happen to an approval."""

    DECIDE = "decide"  # enough votes, or a deadline whose outcome is a reject
    APPLY = "apply"  # the graph consumed the answer
    FAIL = "fail"  # the run raised after the decision
    EXPIRE = "expire"  # the deadline passed, the run stays paused
    SUPERSEDE = "supersede"  # the question changed or is gone
    CANCEL = "cancel"  # the run was cancelled or is lost


TRANSITIONS: Mapping[State, Mapping[Event, State]] = MappingProxyType(
    {
        State.PENDING: {
            Event.DECIDE: State.DECIDED,
            Event.EXPIRE: State.EXPIRED,
            Event.SUPERSEDE: State.SUPERSEDED,
            Event.CANCEL: State.CANCELLED,
        },
        State.DECIDED: {
            Event.APPLY: State.APPLIED,
            Event.FAIL: State.FAILED,
            Event.SUPERSEDE: State.SUPERSEDED,
        },
        State.FAILED: {
            Event.APPLY: State.APPLIED,
            Event.FAIL: State.FAILED,
            Event.SUPERSEDE: State.SUPERSEDED,
            Event.CANCEL: State.CANCELLED,
        },
        State.APPLIED: {},
        State.EXPIRED: {},
        State.SUPERSEDED: {},
        State.CANCELLED: {},
    }
)

OPEN = frozenset({State.PENDING})
IN_WORK = frozenset({State.DECIDED, State.FAILED})
# Nothing can be asked again under the same interrupt: should it still wait, it is a new question.
ANSWERED = frozenset({State.APPLIED, State.CANCELLED})
ENDS = frozenset(state for state, moves in TRANSITIONS.items() if not moves)


class ForbiddenTransition(Exception):
    """Our own code tried what the table does not allow; nothing was written."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"An approval that is {state} cannot {event}; see TRANSITIONS in core/lifecycle.py")


def advance(state: State, event: Event) -> State:
    """The state after `event`; raises `ForbiddenTransition` where the table has no entry."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise ForbiddenTransition(state, event) from None


def diagram() -> str:
    """The table as a Mermaid state diagram: the README's picture is compared with this by a test."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.PENDING.name}"]
    for state, moves in TRANSITIONS.items():
        lines += [f"    {state.name} --> {target.name}: {event}" for event, target in moves.items()]
    lines += [f"    {state.name} --> [*]" for state in State if state in ENDS]
    return "\n".join(lines)
