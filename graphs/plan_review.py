"""A plan that a person approves, rejects or sends back, as often as they like.

Each round passes through the graph's edges (suggest, ask, suggest again), never through a loop in one
node: so every question has its own id, and a late answer to an old plan cannot approve the new one.
"""

import re
from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel, Field

STEPS = [
    "Write down what {goal} must achieve",
    "Try it with five people and note what confuses them",
    "Tell {audience} by e-mail",
    "Look at the numbers after one week",
]
REPLACE = re.compile(r"replace (?P<old>.+) with (?P<new>.+)", re.IGNORECASE)
REMOVE = re.compile(r"(?:remove|drop|without) (?P<what>.+)", re.IGNORECASE)


class Goal(BaseModel):
    """What the plan is for."""

    goal: str = Field(title="Goal", description="What the plan should reach.", min_length=1)
    audience: str = Field("everyone", title="Audience", description="Who it is for.", min_length=1)


class Plan(TypedDict):
    """The state: the goal, the newest plan and the answer to it."""

    goal: str
    audience: str
    steps: list[str]
    version: int
    change: str
    answer: Any
    result: str


def suggest(state: Plan) -> dict[str, Any]:
    """The first plan, or the last one with the feedback in it.

    It also takes the answer away, so that new input on this thread starts with a new plan.
    """
    answer = state.get("answer")
    if verdict(answer) == "suggest":
        steps, change = revised(state["steps"], feedback(answer))
        return {"steps": steps, "version": state["version"] + 1, "change": change, "answer": None}
    asked = Goal.model_validate(state).model_dump()
    steps = [step.format_map(asked) for step in STEPS]
    return {**asked, "steps": steps, "version": 1, "change": "First version.", "answer": None}


def ask(state: Plan) -> dict[str, Any]:
    """Ask, and nothing else."""
    answer = interrupt(question(state))
    return {"answer": answer}


def decided(state: Plan) -> Literal["publish", "drop", "suggest"]:
    """Where the answer leads."""
    return verdict(state["answer"])


def publish(state: Plan) -> dict[str, Any]:
    """Say what was published."""
    return {"result": f"Plan published, version {state['version']}:\n{numbered(state['steps'])}"}


def drop(state: Plan) -> dict[str, Any]:
    """Say that nothing happened."""
    return {"result": f"Plan rejected at version {state['version']}; nothing was published."}


def verdict(answer: Any) -> Literal["publish", "drop", "suggest"]:
    """A yes is `decision == "approve"` with nothing against it; what is not understood is a no.

    `edits` are against it: a plan that somebody changed is not the plan that was shown.
    """
    match answer:
        case {"decision": "revise"}:
            return "suggest"
        case {"decision": "approve"} if answer.get("approved", True) is True and not answer.get("edits"):
            return "publish"
    return "drop"


def feedback(answer: Any) -> str:
    """The reviewer's words in one line; empty when there are none."""
    return " ".join(str(answer.get("feedback") or "").split()).rstrip(".")


def revised(steps: list[str], wish: str) -> tuple[list[str], str]:
    """The steps as wished, and what changed. A stand-in for the model that would do this."""
    if swap := REPLACE.fullmatch(wish):
        new = [step.replace(swap["old"], swap["new"]) for step in steps]
    elif cut := REMOVE.fullmatch(wish):
        new = [step for step in steps if cut["what"].lower() not in step.lower()] or steps
    else:
        new = [*steps, wish] if wish else steps
    return (
        new,
        f"Changed as asked: {wish}." if new != steps else "Nothing changed: no step fits the feedback.",
    )


def question(state: Plan) -> dict[str, Any]:
    """What the reviewer sees."""
    return {
        "title": f"Publish the plan for {state['goal']}, version {state['version']}",
        "summary": state["change"],
        "fields": {"Goal": state["goal"], "Audience": state["audience"], "Steps": len(state["steps"])},
        "body": numbered(state["steps"]),
    }


def numbered(steps: list[str]) -> str:
    """One step a line."""
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))


builder = StateGraph(Plan, input_schema=Goal)
builder.add_node(suggest)
builder.add_node(ask)
builder.add_node(publish)
builder.add_node(drop)
builder.add_edge(START, "suggest")
builder.add_edge("suggest", "ask")
builder.add_conditional_edges("ask", decided)
builder.add_edge("publish", END)
builder.add_edge("drop", END)

graph = builder.compile(name="plan_review")  # no checkpointer: whoever runs the graph brings one
