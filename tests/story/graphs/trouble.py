"""Graphs that misbehave; each says how. What they did is written to files in STORY_DIR."""

from __future__ import annotations

import asyncio
import operator
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt


class Given(TypedDict, total=False):
    """A name that keeps stories apart, and how bad it shall be."""

    name: str
    failures: int
    size: int
    answers: Annotated[list[Any], operator.add]
    result: str


def note(name: str) -> int:
    """Write down that something happened; how often that was."""
    path = Path(os.environ["STORY_DIR"]) / name
    with path.open("a") as file:
        file.write("once\n")
    return path.read_text().count("\n")


def question(state: Given) -> dict[str, Any]:
    """A yes-or-no question."""
    return {"answers": [interrupt({"title": f"Do {state['name']}"})]}


def fails(state: Given) -> dict[str, Any]:
    """Raise as often as told, then work."""
    if note(state["name"]) <= state["failures"]:
        raise RuntimeError("the printer is on fire")
    return {"result": f"{state['name']} is done"}


async def dawdles(state: Given) -> dict[str, Any]:
    """Work until the story lets it end."""
    may_end = Path(os.environ["STORY_DIR"]) / f"{state['name']}.may-end"
    while not may_end.exists():  # noqa: ASYNC110 - the story, another process, can only leave a file
        await asyncio.sleep(0.05)
    return {"result": f"{state['name']} is done"}


def asks_twice(state: Given) -> dict[str, Any]:
    """Ask two questions in one node; LangGraph gives both the same id."""
    first = interrupt({"title": f"First question about {state['name']}"})
    second = interrupt({"title": f"Second question about {state['name']}"})
    return {"answers": [first, second], "result": f"{state['name']} got {first} and {second}"}


def steady(state: Given) -> dict[str, Any]:
    """One of two questions at the same time."""
    return {"answers": [interrupt({"title": f"The steady question about {state['name']}"})]}


def moody(state: Given) -> dict[str, Any]:
    """The other one: each time its node runs again it asks for more."""
    price = note(f"{state['name']}.moody") * 100
    return {"answers": [interrupt({"title": f"Pay ${price} for {state['name']}"})]}


def swallows(state: Given) -> dict[str, Any]:
    """Catch the interrupt, so that nobody is ever asked."""
    try:
        interrupt({"title": f"Nobody sees {state['name']}"})
    except Exception:  # noqa: BLE001 - the mistake this graph is about
        return {"result": f"{state['name']} went on unasked"}
    return {"result": "never"}


def asks_much(state: Given) -> dict[str, Any]:
    """Show more than any card can hold."""
    body = "".join(f"line {number} of {state['name']}\n" for number in range(state["size"]))
    return {"answers": [interrupt({"title": f"Read all of {state['name']}", "body": body})]}


def asks_oddly(state: Given) -> dict[str, Any]:
    """A payload that JSON cannot hold."""
    odd = {
        "title": f"Odd {state['name']}",
        "when": datetime(2026, 1, 5, tzinfo=UTC),
        "amount": Decimal("12.50"),
        "tags": {"b", "a"},
        "raw": b"\x00\xff",
    }
    return {"answers": [interrupt(odd)]}


def asks_with_an_object(state: Given) -> dict[str, Any]:
    """A payload that no checkpoint can hold."""
    return {"answers": [interrupt({"title": state["name"], "lock": asyncio.Lock()})]}


def ends(state: Given) -> dict[str, Any]:
    """Tell the answers."""
    return {"result": f"{state['name']} got {state['answers']}"}


def chain(*nodes: Any) -> Any:
    """One node after the other."""
    builder = StateGraph(Given)
    builder.add_sequence(nodes)
    builder.add_edge(START, nodes[0].__name__)
    builder.add_edge(nodes[-1].__name__, END)
    return builder.compile()


def side_by_side(*nodes: Any) -> Any:
    """All nodes at once, then the end."""
    builder = StateGraph(Given)
    builder.add_node(ends)
    for node in nodes:
        builder.add_node(node)
        builder.add_edge(START, node.__name__)
    builder.add_edge([node.__name__ for node in nodes], "ends")
    builder.add_edge("ends", END)
    return builder.compile()


flaky = chain(question, fails)
stillborn = chain(fails, question)
slow = chain(question, dawdles)
twice = chain(asks_twice)
changing = side_by_side(steady, moody)
deaf = chain(swallows)
big = chain(asks_much, ends)
odd = chain(asks_oddly, ends)
unstorable = chain(asks_with_an_object, ends)
