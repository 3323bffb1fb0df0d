"""A list of several `HumanInterrupt` of Agent Inbox: a row for each, and a response for each, in order."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import JSON
from bot.core.protocols import Action, inbox_action

# LangChain's decisions in Agent Inbox's words: which flag allows each, and how a response names it.
FLAGS = {
    "approve": "allow_accept",
    "edit": "allow_edit",
    "reject": "allow_ignore",
    "respond": "allow_respond",
}
TYPES = {"approve": "accept", "edit": "edit", "reject": "ignore", "respond": "response"}


def as_inbox_actions(payload: JSON) -> tuple[Action, ...] | None:
    """The actions of such a list, in order; None if it is not one."""
    match payload:
        case [_, _, *_]:
            actions = [_action(one) for one in payload]
            return tuple(action for action in actions if action) if all(actions) else None
    return None


def _action(one: JSON) -> Action | None:
    match one, inbox_action(one):
        case {"action_request": {"args": Mapping()}, "config": Mapping() as config}, Action() as known:
            allowed = frozenset(word for word, flag in FLAGS.items() if config.get(flag) is True)
            about, more = known.description, known.more
            return Action(known.name, known.args, about, allowed, more, with_words=("respond",))
    return None


def as_response(decision: Mapping[str, JSON]) -> JSON:
    """One decision as a `HumanResponse`."""
    match decision:
        case {"type": "edit", "edited_action": {"name": name, "args": args}}:
            return {"type": "edit", "args": {"action": name, "args": args}}
        case {"type": "respond", "message": words}:
            return {"type": "response", "args": words}
    return {"type": TYPES[str(decision["type"])], "args": None}


def as_decision(response: JSON) -> JSON:
    """What `as_response` made, as it was."""
    match response:
        case {"type": "edit", "args": {"action": name, "args": args}}:
            return {"type": "edit", "edited_action": {"name": name, "args": args}}
        case {"type": "response", "args": words}:
            return {"type": "respond", "message": words}
        case {"type": kind}:
            return {"type": next((word for word, named in TYPES.items() if named == kind), kind)}
    return None
